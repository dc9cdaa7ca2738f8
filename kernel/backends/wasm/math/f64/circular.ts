/**
 * @file sin, cos and tan for f64x2. The remainder of x by π/2 is taken with three parts of π/2 (W. J. Cody and W. Waite)
 * and kept as a sum of two numbers, so it is right near the zeros too. Very large arguments go to JavaScript's functions,
 * lane by lane.
 */
import { unaryFunctions } from "../../../../loops/scalar.ts";
import type { ModuleBuilder } from "../../code/module.ts";
import { nearest } from "./exponential.ts";
import { bits, eachLane, polynomial, SIGN, type Value } from "./formula.ts";
import { type Pair, pairOf, quotientOf } from "./pairs.ts";

/** π/2 in parts of 33, 33 and 53 bits, those of FreeBSD's e_rem_pio2.c: n times each of the first two is exact. */
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487959506e-21;
/** Above this JavaScript's function is called: n would be too long. */
const LARGE = 2 ** 20;

/** (r − sin r) / r³ in r², for |r| up to π/4. */
const SIN = [
  0.16666666666666666, -0.008333333333330948, 0.00019841269836756774, -2.7557316101617874e-6, 2.505113165023518e-8,
  -1.5918115263265974e-10,
];

/** (cos r − 1 + r²/2) / r⁴ in r², for |r| up to π/4. */
const COS = [
  0.041666666666666664, -0.0013888888888887398, 2.480158729876456e-5, -2.7557317271145144e-7, 2.087614614655861e-9,
  -1.1382623647474604e-11,
];

interface Remainder {
  /** Quarter turns, in the low bits. */
  readonly turns: Value;
  /** From −π/4 to π/4. */
  readonly r: Pair;
}

function remainder(x: Value): Remainder {
  const { value: n, integer } = nearest(x, 2 / Math.PI);
  const first = x.sub(n.mul(HALF_PI_1));
  const second = n.mul(HALF_PI_2);
  const rest = first.sub(second);
  // What that difference lost and the last part, with the sign that keeps −0.
  const low = n.mul(HALF_PI_3).sub(first.sub(rest).sub(second));
  const high = rest.sub(low);
  return { turns: integer, r: { high, low: rest.sub(high).sub(low) } };
}

/** How much a remainder's first part is above its sine; so signed, taking it away keeps −0. */
function sinRest({ high, low }: Pair, square: Value): Value {
  return high.mul(square).mulAdd(polynomial(square, SIN), low.mulAdd(square.mul(0.5), low.neg()));
}

/** cos of a remainder. */
function cosParts({ high, low }: Pair, square: Value): Pair {
  const leading = pairOf(1, square.mul(-0.5));
  const rest = high.mulSubFrom(low, square.mul(square).mulAdd(polynomial(square, COS), leading.low));
  return { high: leading.high, low: rest };
}

/** For each lane all bits, where the integer's lowest bit is set. */
const oddTurns = (turns: Value): Value => turns.and(bits(1n)).eqBits(bits(1n));

/** `shift` quarter turns are added: none for sin, one for cos. */
function circular(x: Value, module: ModuleBuilder, fn: "sin" | "cos", shift: bigint): Value {
  const { turns, r } = remainder(x);
  const square = r.high.mul(r.high);
  const sin = r.high.sub(sinRest(r, square));
  const { high, low } = cosParts(r, square);
  const cos = high.add(low);
  const quarter = shift === 0n ? turns : turns.addBits(bits(shift));
  const value = oddTurns(quarter).select(cos, sin).xor(quarter.shiftLeft(62).and(SIGN));
  return value.unless(x.abs().gt(LARGE), eachLane(javascript(module, fn), x));
}

const javascript = (module: ModuleBuilder, fn: "sin" | "cos" | "tan") =>
  module.sharedImport(`${fn}:f64`, ["f64"], ["f64"], unaryFunctions[fn]);

export const sin = (x: Value, module: ModuleBuilder): Value => circular(x, module, "sin", 0n);
export const cos = (x: Value, module: ModuleBuilder): Value => circular(x, module, "cos", 1n);

/** sin / cos, or −cos / sin for odd numbers of quarter turns, both in two parts. */
export function tan(x: Value, module: ModuleBuilder): Value {
  const { turns, r } = remainder(x);
  const square = r.high.mul(r.high);
  const sin = pairOf(r.high, sinRest(r, square).neg());
  const parts = cosParts(r, square);
  const cos = pairOf(parts.high, parts.low);
  const odd = oddTurns(turns);
  const above = { high: odd.select(cos.high, sin.high), low: odd.select(cos.low, sin.low) };
  const below = { high: odd.select(sin.high, cos.high), low: odd.select(sin.low, cos.low) };
  const { high, low } = quotientOf(above, below);
  const value = x.eq(0).select(x, high.add(low).xor(odd.and(SIGN)));
  return value.unless(x.abs().gt(LARGE), eachLane(javascript(module, "tan"), x));
}
