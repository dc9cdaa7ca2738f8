/** @file The inverse hyperbolic functions for f64x2: logarithms of numbers in two parts. */
import { LN2_HIGH, LN2_LOW, powerOfTwo, ROUNDER } from "./exponential.ts";
import { constant, polynomial, type Value } from "./formula.ts";
import { ATANH, logOfPair, split } from "./logarithm.ts";
import { onePlus, type Pair, pairOf, productRest, quotientOf, withSignOf } from "./pairs.ts";

/** log(1 + x + more) for x ≥ 0, or log(2 `whole`) where `large` is set. */
function logOfSum({ high: x, low: more }: Pair, whole: Value, large: Value): Value {
  const { high, low } = onePlus(x);
  return logOfPair({ high: large.select(whole, high), low: low.add(more).without(large) }, large.and(constant(1)));
}

/** From here on √(x² ± 1) is x. */
const LARGE = 2 ** 28;

/** log(|x| + √(x² + 1)), as log1p of |x| + x² / (1 + √(1 + x²)). */
export function asinh(given: Value): Value {
  const x = given.abs();
  const large = x.gt(LARGE);
  const square = large.select(0, x.mul(x));
  const more = square.div(square.add(1).sqrt().add(1));
  const value = logOfSum(pairOf(x, more), x, large);
  return withSignOf(given, x.lt(Number.POSITIVE_INFINITY).select(value, x));
}

/** log(x + √(x² − 1)), as log1p of t + √(t (t + 2)) with t = x − 1; the root in two parts. */
export function acosh(x: Value): Value {
  const large = x.gt(LARGE);
  const t = x.sub(1).without(large);
  const factor = pairOf(2, t);
  const square = t.mul(factor.high);
  const squareLow = t.mulAdd(factor.low, productRest(t, factor.high, square));
  const root = square.sqrt();
  const rootLow = squareLow
    .sub(productRest(root, root, root.mul(root)).add(root.mul(root).sub(square)))
    .div(root.add(root));
  const sum = pairOf(root, t);
  const value = logOfSum({ high: sum.high, low: sum.low.add(rootLow) }, x, large);
  const finite = x.lt(Number.POSITIVE_INFINITY).select(value, x);
  return x.gt(1).select(finite, x.eq(1).select(0, Number.NaN));
}

/**
 * ½ log((1 + x) / (1 − x)). With a quotient of m · 2ᵏ, s = (m − 1) / (m + 1) is formed from the two sums themselves, and
 * the result is ½ k ln 2 + atanh s. Near 0, where k is 0, s is x.
 */
export function atanh(given: Value): Value {
  const x = given.abs();
  const above = pairOf(1, x);
  const below = pairOf(1, x.neg());
  const { exponent: k } = split(above.high.div(below.high));
  const power = powerOfTwo(k.add(ROUNDER));
  const [shifted, shiftedLow] = [below.high.mul(power), below.low.mul(power)];
  // Both are near each other, so their difference is exact.
  const denominator = above.high.add(shifted);
  const quotient = quotientOf(
    { high: above.high.sub(shifted), low: above.low.sub(shiftedLow) },
    { high: denominator, low: above.high.sub(denominator).add(shifted).add(above.low.add(shiftedLow)) },
  );
  const near = k.eq(0);
  const s = near.select(x, quotient.high);
  const square = s.mul(s);
  const rest = s.mul(square).mulAdd(polynomial(square, ATANH).mul(0.5), quotient.low.without(near));
  const sum = pairOf(k.mul(LN2_HIGH / 2), s);
  const value = sum.high.add(sum.low.add(k.mulAdd(LN2_LOW / 2, rest)));
  const inside = x.lt(1).select(value, x.eq(1).select(Number.POSITIVE_INFINITY, Number.NaN));
  return withSignOf(given, inside);
}
