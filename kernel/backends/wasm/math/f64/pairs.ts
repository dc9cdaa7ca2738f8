/**
 * @file Numbers of twice the digits, as sums of two; T. J. Dekker, Numerische Mathematik 18 (1971). None of it relies on
 * multiplication and addition being one instruction.
 */
import { bits, constant, SIGN, type Value } from "./formula.ts";

/** The upper half of a number's bits: its sign, its exponent and 21 binary digits. */
export const HIGH_WORD = bits(0xffffffff00000000n);

/** A sum that is not rounded: `high`, and what it lacks. */
export interface Pair {
  readonly high: Value;
  readonly low: Value;
}

/** x + y as a pair, for |x| ≥ |y|; T. J. Dekker, Numerische Mathematik 18 (1971). */
export function pairOf(x: Value | number, y: Value): Pair {
  const first = typeof x === "number" ? constant(x) : x;
  const high = first.add(y);
  return { high, low: y.sub(high.sub(first)) };
}

/** 1 + x as a pair, whichever is the larger; D. Knuth, The Art of Computer Programming 2, 4.2.2. */
export function onePlus(x: Value): Pair {
  const high = x.add(1);
  const share = high.sub(1);
  return { high, low: constant(1).sub(high.sub(share)).add(x.sub(share)) };
}

/** What `product` = a · b lost by rounding: `product` = a · b rounded; all but the last product are exact. */
export function productRest(a: Value, b: Value, product: Value): Value {
  const [aHigh, bHigh] = [a.and(HIGH_WORD), b.and(HIGH_WORD)];
  const [aLow, bLow] = [a.sub(aHigh), b.sub(bHigh)];
  return aHigh.mul(bHigh).sub(product).add(aHigh.mul(bLow)).add(aLow.mul(bHigh)).add(aLow.mul(bLow));
}

/** A quotient as a pair, where the divisor's second part is small. */
export function quotientOf(above: Pair, below: Pair): Pair {
  const high = above.high.div(below.high);
  const product = high.mul(below.high);
  const left = above.high.sub(product).sub(productRest(high, below.high, product));
  return { high, low: left.add(above.low.sub(high.mul(below.low))).div(below.high) };
}

/** A value that is not negative, or NaN, with the sign of x. */
export const withSignOf = (x: Value, value: Value): Value => value.or(x.and(SIGN));
