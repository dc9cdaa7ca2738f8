/**
 * @file pow and cbrt for f64x2. pow is 2 to the power of y log₂|x|, where the logarithm and the product are known to 65 bits and more, as
 * sums of two numbers of which the first has few digits, so that products with it are exact. The scheme is that of
 * FreeBSD's msun (e_pow.c), its table of two entries being a selection here. The cube root is from there too (s_cbrt.c): a third of the exponent's bits gives five digits, a
 * polynomial 23, and a step of Newton's method all.
 */
import { expOfPair, LN2_PARTS, nearest, scaleBy } from "./exponential.ts";
import { bits, constant, polynomial, SIGN, type Value } from "./formula.ts";
import { splitAny } from "./logarithm.ts";
import { HIGH_WORD, type Pair, pairOf, withSignOf } from "./pairs.ts";

/** Numbers m from here, √3 / 2, to twice that are near 1 or near 1.5. */
const LOWEST = 0x3febb67ae8584caan;
const ROOT_ONE_AND_HALF = Math.sqrt(1.5);

/** 3 (atanh s / s − 1 − s²/3) / s⁴ in s², for |s| up to 0.1012. */
const ATANH = [
  0.5999999999999999, 0.42857142857214653, 0.3333333325158838, 0.2727276128673583, 0.2307053364188805,
  0.20551562688225292,
];

/** 2 / (3 ln 2), as a number and in two parts. */
const SCALE = 0.9617966939259756;
const SCALE_HIGH = 0.9617967009544373;
const SCALE_LOW = -7.028461650952758e-9;

/** log₂ 1.5 in two parts. */
const LOG_HIGH = 0.58496248722076416;
const LOG_LOW = 1.350039202129748e-8;

/** The digits of x in its upper half. */
const upper = (x: Value): Value => x.and(HIGH_WORD);

/** log₂ of a positive number; the first part has at most 21 digits. */
function logarithm(x: Value): Pair {
  const { exponent, fraction: m } = splitAny(x, LOWEST);
  const far = m.gt(ROOT_ONE_AND_HALF);
  const centre = far.select(1.5, 1);
  // s = (m − c) / (m + c), in two parts.
  const above = m.sub(centre);
  const below = m.add(centre);
  const inverse = constant(1).div(below);
  const s = above.mul(inverse);
  const sHigh = upper(s);
  const belowHigh = upper(below);
  const belowLow = m.sub(belowHigh.sub(centre));
  const sLow = inverse.mul(above.sub(sHigh.mul(belowHigh)).sub(sHigh.mul(belowLow)));
  // 3 + s² + …, which s turns into 3 atanh s.
  const square = s.mul(s);
  const terms = square.mul(square).mulAdd(polynomial(square, ATANH), sLow.mul(sHigh.add(s)));
  const squareHigh = sHigh.mul(sHigh);
  const sumHigh = upper(squareHigh.add(3).add(terms));
  const sumLow = terms.sub(sumHigh.sub(3).sub(squareHigh));
  const leading = sHigh.mul(sumHigh);
  const small = sLow.mulAdd(sumHigh, sumLow.mul(s));
  const arcHigh = upper(leading.add(small));
  const arcLow = small.sub(arcHigh.sub(leading));
  const high = arcHigh.mul(SCALE_HIGH);
  const low = arcHigh.mulAdd(SCALE_LOW, arcLow.mulAdd(SCALE, far.and(constant(LOG_LOW))));
  // Plus log₂ c and the exponent.
  const offset = far.and(constant(LOG_HIGH));
  const sum = upper(high.add(low).add(offset).add(exponent));
  return { high: sum, low: low.sub(sum.sub(exponent).sub(offset).sub(high)) };
}

/** |x| to the power y, for |x| neither 0 nor ∞. */
function magnitude(x: Value, given: Value): Value {
  const log = logarithm(x);
  // Beyond this any logarithm but 0 gives 0 or ∞.
  const y = given.atMost(2 ** 64).atLeast(-(2 ** 64));
  const yHigh = upper(y);
  const low = y.sub(yHigh).mulAdd(log.high, y.mul(log.low)).atMost(1).atLeast(-1);
  const high = yHigh.mul(log.high).atMost(1200).atLeast(-1200);
  const n = nearest(high.add(low));
  const rest = high.sub(n.value);
  // Times ln 2.
  const leading = upper(rest.add(low));
  const product = leading.mul(LN2_PARTS.high);
  const small = low.sub(leading.sub(rest)).mulAdd(Math.LN2, leading.mul(LN2_PARTS.low));
  return scaleBy(expOfPair(pairOf(product, small)), n);
}

/** What x ≤ 0, ∞ and NaN give; IEEE 754-2019, 9.2.1. */
function special(x: Value, y: Value, usual: Value): Value {
  const size = x.abs();
  const whole = y.nearest().eq(y);
  const half = y.mul(0.5);
  const odd = whole.without(half.nearest().eq(half));
  const zero = size.eq(0);
  const edge = zero.or(size.eq(Number.POSITIVE_INFINITY));
  const atEdge = zero.xor(y.lt(0)).select(0, Number.POSITIVE_INFINITY);
  const value = edge.select(atEdge, x.lt(0).without(whole).without(edge).select(Number.NaN, usual));
  const signed = value.xor(odd.and(x).and(SIGN));
  const known = x.eq(x).and(y.eq(y)).select(signed, Number.NaN);
  return x.eq(1).or(y.eq(0)).select(1, known);
}

export function pow(x: Value, y: Value): Value {
  const usual = magnitude(x.abs(), y);
  const plain = x.gt(0).and(x.lt(Number.POSITIVE_INFINITY)).and(y.abs().lt(Number.POSITIVE_INFINITY));
  return usual.unless(plain.not(), special(x, y, usual));
}

/** 1 / ∛r for r near 1. */
const INVERSE_ROOT = [
  1.872549478487711, -1.8711960079922434, 1.6005207791669567, -0.7443227903277848, 0.14244851743273745,
];

/** (1023 − 1023/3 − 0.03306…) · 2²⁰: added to a third of a number's upper half, it gives that of a root. */
const OFFSET = 715094163;
/** Digits of 2⁵² hold an integer as a number. */
const INTEGERS = bits(0x4330000000000000n);

export function cbrt(given: Value): Value {
  const size = given.abs();
  const tiny = size.lt(2 ** -1022);
  const x = tiny.select(size.mul(2 ** 54), size);
  const third = x
    .shiftRight(32)
    .or(INTEGERS)
    .sub(2 ** 52)
    .mul(1 / 3)
    .add(OFFSET);
  const guess = third.add(2 ** 52).shiftLeft(32);
  const ratio = guess.mul(guess).mul(guess.div(x));
  const better = guess.mul(polynomial(ratio, INVERSE_ROOT));
  // To 23 digits, so that its square is exact.
  const t = better.addBits(bits(0x80000000n)).and(bits(0xffffffffc0000000n));
  const quotient = x.div(t.mul(t));
  const step = quotient.sub(t).div(t.add(t).add(quotient));
  const root = t.mulAdd(step, t).mul(tiny.select(2 ** -18, 1));
  const known = size.gt(0).and(size.lt(Number.POSITIVE_INFINITY));
  return withSignOf(given, known.select(root, size));
}
