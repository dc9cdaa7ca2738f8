/**
 * @file log and its relatives for f64x2. A number is m · 2ᵏ with m between √½ and √2. With f = m − 1 and s = f / (2 + f),
 * log m = 2 atanh s = f − (f²/2 − s (f²/2 + s² R(s²))), the form of FreeBSD's msun (e_log.c), where only small terms are
 * rounded before the last sum.
 */
import { LN2_HIGH, LN2_LOW } from "./exponential.ts";
import { bits, constant, polynomial, SIGN, type Value } from "./formula.ts";
import { HIGH_WORD, onePlus, type Pair } from "./pairs.ts";

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

/** log of a number in its parts; `extra` is what the number lacks, in relation to itself. */
function logOf({ exponent: k, fraction }: Split, extra?: Value): Value {
  const { f, half, rest } = series(fraction);
  const small = k.mulAdd(LN2_LOW, extra ? rest.add(extra) : rest);
  return k.mul(LN2_HIGH).sub(half.sub(small).sub(f));
}

/** `formula` of a number's parts; numbers without a leading bit, 0, ∞ and what has no logarithm take a path of their own. */
function ofPositive(x: Value, formula: (parts: Split) => Value): Value {
  const finite = x.lt(Number.POSITIVE_INFINITY).select(formula(splitAny(x)), x);
  const edges = x.eq(0).select(Number.NEGATIVE_INFINITY, x.gt(0).select(finite, Number.NaN));
  const normal = x.ge(SMALLEST_NORMAL).and(x.lt(Number.POSITIVE_INFINITY));
  return formula(split(x)).unless(normal.not(), edges);
}

export const log = (x: Value): Value => ofPositive(x, (parts) => logOf(parts));

/** log(high + low) and `further` ln 2, where `high` is a normal number and `low` what its rounding lost. */
export function logOfPair({ high, low }: Pair, further?: Value): Value {
  const { exponent, fraction } = split(high);
  return logOf({ exponent: further ? exponent.add(further) : exponent, fraction }, low.div(high));
}

/** log(u) for u = 1 + x, and a correction for what the rounding of u lost. */
export function log1p(x: Value): Value {
  const value = logOfPair(onePlus(x));
  const edges = x.eq(Number.POSITIVE_INFINITY).select(x, x.eq(-1).select(Number.NEGATIVE_INFINITY, Number.NaN));
  const inside = x.gt(-1).and(x.lt(Number.POSITIVE_INFINITY));
  // A sum with 1 has lost the sign of −0.
  return value.unless(inside.not(), edges).or(x.and(SIGN));
}

/** 1 / ln 2 in two parts, the first of 32 bits: its product with 21 is exact. */
const LOG2E_HIGH = 1.4426950407214463;
const LOG2E_LOW = 1.6751713164886512e-10;

/** log m / ln 2 in two parts, so that powers of two have exact ones; the way of FreeBSD's e_log2.c. */
function log2Of({ exponent: k, fraction }: Split): Value {
  const { f, half, rest } = series(fraction);
  const high = f.sub(half).and(HIGH_WORD);
  const low = f.sub(high).sub(half).add(rest);
  const leading = high.mul(LOG2E_HIGH);
  const sum = k.add(leading);
  const lost = k.sub(sum).add(leading);
  return sum.add(low.mulAdd(LOG2E_HIGH, high.add(low).mul(LOG2E_LOW)).add(lost));
}

export const log2 = (x: Value): Value => ofPositive(x, log2Of);
