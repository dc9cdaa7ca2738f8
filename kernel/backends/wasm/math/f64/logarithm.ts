/**
 * @file log and its relatives for f64x2. A number is m · 2ᵏ with m between √½ and √2. With f = m − 1 and s = f / (2 + f),
 * log m = 2 atanh s = f − (f²/2 − s (f²/2 + s² R(s²))), the form of FreeBSD's msun (e_log.c), where only small terms are
 * rounded before the last sum.
 */
import { LN2_HIGH, LN2_LOW } from "./exponential.ts";
import { bits, constant, polynomial, type Value } from "./formula.ts";
import { HIGH_WORD, type Pair } from "./pairs.ts";

/** (2 atanh s − 2s) / s³ in s², for |s| up to 0.1716. */
export const ATANH = [
  0.666666666666667, 0.3999999999989924, 0.2857142862609589, 0.2222221111514416, 0.18182890556695602,
  0.1533167403016786, 0.1461703754879165,
];

const ROOT_HALF = 0x3fe6a09e667f3bcdn;
const FRACTION = bits((1n << 52n) - 1n);
const SMALLEST_NORMAL = 2 ** -1022;

/** Integers k are made numbers by the digits of 2⁵² + k. */
const MANTISSA_OF_INTEGERS = bits(0x4330000000000000n);

export interface Split {
  /** k. */
  readonly exponent: Value;
  /** m. */
  readonly fraction: Value;
}

/** For a normal positive number, with m from the number of these bits (√½ if nothing is said) to twice that. */
export function split(x: Value, lowest = ROOT_HALF): Split {
  // Counting the exponent from there makes m lie about 1.
  const offset = x.subBits(bits(lowest));
  const fraction = offset.and(FRACTION).addBits(bits(lowest));
  const biased = offset.addBits(bits(1023n << 52n)).shiftRight(52);
  return { exponent: biased.or(MANTISSA_OF_INTEGERS).sub(2 ** 52 + 1023), fraction };
}

/** Splits positive numbers of which some may have no leading bit. */
export function splitAny(x: Value, lowest = ROOT_HALF): Split {
  const tiny = x.lt(SMALLEST_NORMAL);
  const { exponent, fraction } = split(tiny.select(x.mul(2 ** 54), x), lowest);
  return { exponent: exponent.sub(tiny.and(constant(54))), fraction };
}

interface Series {
  readonly f: Value;
  /** f² / 2. */
  readonly half: Value;
  /** log(1 + f) − f + f² / 2. */
  readonly rest: Value;
}

function series(m: Value): Series {
  const f = m.sub(1);
  const s = f.div(f.add(2));
  const square = s.mul(s);
  const half = f.mul(f).mul(0.5);
  return { f, half, rest: s.mul(square.mulAdd(polynomial(square, ATANH), half)) };
}

/** The logarithm of a positive number, and more of it for `extra` that the number lacks, in relation to itself. */
function logOf(x: Value, extra?: Value, further?: Value): Value {
  const { exponent, fraction } = splitAny(x);
  const k = further ? exponent.add(further) : exponent;
  const { f, half, rest } = series(fraction);
  const small = k.mulAdd(LN2_LOW, extra ? rest.add(extra) : rest);
  return k.mul(LN2_HIGH).sub(half.sub(small).sub(f));
}

/** Neither 0 nor ∞ has a logarithm that a series gives; below 0 and for NaN there is none. */
function atEdges(x: Value, value: Value): Value {
  const finite = x.lt(Number.POSITIVE_INFINITY).select(value, x);
  const positive = x.gt(0).select(finite, Number.NaN);
  return x.eq(0).select(Number.NEGATIVE_INFINITY, positive);
}

export const log = (x: Value): Value => atEdges(x, logOf(x));

/** log(high + low), where `low` is what the rounding of `high` lost. */
export const logOfPair = ({ high, low }: Pair, further?: Value): Value => logOf(high, low.div(high), further);

/** log(u) for u = 1 + x, and a correction for what the rounding of u lost. */
export function log1p(x: Value): Value {
  const u = x.add(1);
  // The larger of 1 and x is taken away first.
  const low = x.gt(1).select(constant(1).sub(u.sub(x)), x.sub(u.sub(1)));
  const value = x.lt(Number.POSITIVE_INFINITY).select(logOfPair({ high: u, low }), x);
  // A sum with 1 has lost the sign of zero.
  return withSignOfZero(x, x.gt(-1).select(value, x.eq(-1).select(Number.NEGATIVE_INFINITY, Number.NaN)));
}

const withSignOfZero = (x: Value, value: Value): Value => x.eq(0).select(x, value);

/** 1 / ln 2 in two parts, the first of 32 bits: its product with 21 is exact. */
const LOG2E_HIGH = 1.4426950407214463;
const LOG2E_LOW = 1.6751713164886512e-10;

/** log m / ln 2 in two parts, so that powers of two have exact ones; the way of FreeBSD's e_log2.c. */
export function log2(x: Value): Value {
  const { exponent: k, fraction } = splitAny(x);
  const { f, half, rest } = series(fraction);
  const high = f.sub(half).and(HIGH_WORD);
  const low = f.sub(high).sub(half).add(rest);
  const leading = high.mul(LOG2E_HIGH);
  const sum = k.add(leading);
  const lost = k.sub(sum).add(leading);
  const small = low.mulAdd(LOG2E_HIGH, high.add(low).mul(LOG2E_LOW)).add(lost);
  return atEdges(x, sum.add(small));
}
