/** @file The hyperbolic functions and the logistic one for f64x2, from exp. */
import { powerOfTwo, ROUNDER, reduce, scaleBy, type Whole } from "./exponential.ts";
import { bits, constant, polynomial, type Value } from "./formula.ts";
import { type Pair, pairOf, withSignOf } from "./pairs.ts";

/** (sinh x / x − 1) / x² in x², for |x| up to 1. */
const SINH = [
  0.16666666666666666, 0.008333333333333299, 0.00019841269841324198, 2.7557319191381816e-6, 2.5052117695907823e-8,
  1.6057679623801638e-10, 7.746178593018827e-13,
];

/** (tanh x / x − 1) / x² in x², for |x| up to 0.625, over a denominator. */
const TANH = [-0.3333333333333333, -0.020498797014128274, -0.00019917792421746068];
const TANH_BELOW = [1, 0.4614963910423813, 0.023291328284948218, 0.00020653360964084977];

/** x + x³ P(x²) / Q(x²), and 1 − 2 / (exp(2|x|) + 1) from 0.625 on, with one division for both. */
export function tanh(given: Value): Value {
  // At 20 the result is 1; NaN passes.
  const x = given.abs().atMost(20);
  const small = x.lt(0.625);
  const square = x.mul(x);
  const { n, high, rest } = reduce(x.add(x));
  const power = high.add(rest).add(1).mul(powerOfTwo(n.integer));
  const above = small.select(x.mul(square).mul(polynomial(square, TANH)), -2);
  const below = small.select(polynomial(square, TANH_BELOW), power.add(1));
  return withSignOf(given, small.select(x, 1).add(above.div(below)));
}

/** With e = exp(−|x|) it is 1 / (1 + e), or e / (1 + e) for negative x. */
export function sigmoid(given: Value): Value {
  const { n, high, rest } = reduce(given.abs().neg().atLeast(-760));
  const p = pairOf(1, high.add(rest));
  const e = scaleBy(p.high, n);
  const below = pairOf(1, e);
  const negative = given.lt(0);
  const quotient = negative.select(e, 1).div(below.high);
  // What the roundings of e and of 1 + e lost; they matter only where n is small.
  const lost = p.low.mul(powerOfTwo(n.value.atLeast(-1022).add(ROUNDER)));
  const reciprocal = negative.select(constant(1).sub(quotient), quotient);
  const correction = negative.select(lost, 0).sub(quotient.mul(below.low.add(lost)));
  return correction.mulAdd(reciprocal, quotient);
}

/** exp(|x|) / 2 as a pair over 2ⁿ⁻¹, and 2ⁿ. */
function halfPower(x: Value): { readonly p: Pair; readonly n: Whole; readonly inverse: Value } {
  const { n, high, rest } = reduce(x.abs().atMost(730));
  const p = pairOf(1, high.add(rest));
  // 2⁻²ⁿ / p: beside p it is nothing from n = 60 on.
  const count = n.value.atMost(60);
  return { p, n, inverse: powerOfTwo(constant(ROUNDER).sub(count.add(count))).div(p.high) };
}

const lessOne = ({ value, integer }: Whole): Whole => ({ value: value.sub(1), integer: integer.subBits(bits(1n)) });

export function cosh(given: Value): Value {
  const { p, n, inverse } = halfPower(given);
  return scaleBy(p.high.add(p.low.add(inverse)), lessOne(n));
}

export function sinh(given: Value): Value {
  const { p, n, inverse } = halfPower(given);
  const large = scaleBy(p.high.add(p.low.sub(inverse)), lessOne(n));
  const x = given.abs();
  const square = x.mul(x);
  const small = x.mul(square).mulAdd(polynomial(square, SINH), x);
  return withSignOf(given, x.lt(1).select(small, large));
}
