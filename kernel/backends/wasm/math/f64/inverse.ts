/**
 * @file The inverse circular functions for f64x2. atan turns the argument by 0, atan ½ or π/4 first, so that a short
 * polynomial does; asin and acos take a square root above ½, in two parts where it is large, as FreeBSD's msun does.
 */
import { constant, polynomial, SIGN, type Value } from "./formula.ts";
import { HIGH_WORD, pairOf, quotientOf, withSignOf } from "./pairs.ts";

const HALF_PI = Math.PI / 2;
/** π/2 − HALF_PI. */
const HALF_PI_REST = 6.123233995736766e-17;

/** (asin x / x − 1) / x² in x², for |x| up to ½. */
const ASIN = [
  0.16666666666666669, 0.07499999999998425, 0.04464285714637338, 0.030381944137085216, 0.022372173002005596,
  0.017352391265909227, 0.013971235301124539, 0.011478952690257387, 0.010324318288744113, 0.00545087818772055,
  0.017419357964884856, -0.014881409392818066, 0.02877844261259304,
];

/** (atan x / x − 1) / x² in x², for |x| up to 0.28. */
const ATAN = [
  -0.3333333333333333, 0.19999999999993795, -0.14285714283602075, 0.11111110833679595, -0.09090890788563641,
  0.07691626772747183, -0.06651686999563582, 0.056877927726924876, -0.03856717328706671,
];

/** atan ½ and π/4, each in two parts. */
const ATAN_HALF = 0.4636476090008061;
const ATAN_HALF_REST = 2.2698777452961687e-17;
const QUARTER_PI = Math.PI / 4;
const QUARTER_PI_REST = HALF_PI_REST / 2;

/**
 * The angle of (x, y), from 0 to π; `above` ≥ 0 is the smaller of |x| and |y|, `below` the larger one. Where y was the
 * larger, the angle is taken from the other axis.
 */
function angle(above: Value, below: Value, swapped: Value, left?: Value): Value {
  const near = above.gt(below.mul(0.71875));
  const middle = above.gt(below.mul(0.28)).without(near);
  const turn = near.select(1, middle.and(constant(0.5)));
  const [numerator, denominator] = [above.sub(turn.mul(below)), turn.mul(above).add(below)];
  const quotient = quotientOf({ high: numerator, low: constant(0) }, { high: denominator, low: constant(0) });
  // A quotient of 1 and x is taken from π/2, where its last digit does not count. That of a tiny t counts still less, and
  // might be wrong where digits end.
  const t = left ? quotient.high : numerator.div(denominator);
  const square = t.mul(t);
  const high = near.select(QUARTER_PI, middle.and(constant(ATAN_HALF)));
  const low = near.select(QUARTER_PI_REST, middle.and(constant(ATAN_HALF_REST)));
  // high + t + rest, of which the last is small.
  const rest = t
    .mul(square)
    .mulAdd(polynomial(square, ATAN), left ? low.add(quotient.low.and(t.abs().gt(2 ** -60))) : low);
  // ±(high + t + rest) + base: π/2 − it where x was the smaller, and π − that on the left.
  const negative = left ? swapped.xor(left) : swapped;
  const base = left ? swapped.select(HALF_PI, left.and(constant(Math.PI))) : swapped.and(constant(HALF_PI));
  const baseLow = left
    ? swapped.select(HALF_PI_REST, left.and(constant(2 * HALF_PI_REST)))
    : swapped.and(constant(HALF_PI_REST));
  const sign = negative.and(SIGN);
  const first = pairOf(base, high.xor(sign));
  const second = pairOf(first.high, t.xor(sign));
  return second.high.add(second.low.add(first.low.add(baseLow.add(rest.xor(sign)))));
}

export function atan(given: Value): Value {
  const x = given.abs();
  const swapped = x.gt(1);
  const above = swapped.select(1, x);
  const below = swapped.select(x, 1);
  const value = x.lt(Number.POSITIVE_INFINITY).select(angle(above, below, swapped), x.ne(x).select(x, HALF_PI));
  return withSignOf(given, value);
}

export function atan2(y: Value, x: Value): Value {
  const [sizeX, sizeY] = [x.abs(), y.abs()];
  const swapped = sizeY.gt(sizeX);
  const larger = swapped.select(sizeY, sizeX);
  const smaller = swapped.select(sizeX, sizeY);
  // Neither so large that a sum overflows nor so small that a product loses digits.
  const scale = larger.gt(2 ** 1000).select(2 ** -100, larger.lt(2 ** -900).select(2 ** 120, 1));
  const left = constant(0).gtBits(x);
  const usual = angle(smaller.mul(scale), larger.mul(scale), swapped, left);
  // Where both are 0 or both ∞ there is no quotient, and the angle is as if it were 0 or 1.
  const special = larger.eq(0).or(larger.eq(Number.POSITIVE_INFINITY)).or(x.ne(x)).or(y.ne(y));
  const both = smaller.eq(Number.POSITIVE_INFINITY);
  const axis = both.select(
    left.select(0.75 * Math.PI, QUARTER_PI),
    swapped.select(HALF_PI, left.and(constant(Math.PI))),
  );
  const edge = x.eq(x).and(y.eq(y)).select(axis, Number.NaN);
  return withSignOf(y, usual.unless(special, edge));
}

const rest = (square: Value): Value => square.mul(polynomial(square, ASIN));

/** asin of |x| > ½ from √((1 − |x|) / 2): that root in two parts, the first of 21 digits, and half the complement. */
function complement(x: Value): { readonly z: Value; readonly root: Value; readonly high: Value; readonly low: Value } {
  const z = constant(1).sub(x).mul(0.5);
  const root = z.sqrt();
  const high = root.and(HIGH_WORD);
  return { z, root, high, low: z.sub(high.mul(high)).div(root.add(high)) };
}

/** Above ½ it is π/2 − 2 asin √((1 − |x|) / 2). */
export function asin(given: Value): Value {
  const x = given.abs();
  const large = x.gt(0.5);
  const { z, root, high, low } = complement(x);
  const series = rest(large.select(z, x.mul(x)));
  const small = x.mulAdd(series, x);
  // π/2 − 2 (high + low + root · series)
  const first = constant(HALF_PI).sub(high.add(high));
  const lost = constant(HALF_PI).sub(first).sub(high.add(high));
  const far = first.add(lost.add(constant(HALF_PI_REST).sub(root.mulAdd(series, low).mul(2))));
  return withSignOf(given, large.select(x.eq(1).select(HALF_PI, far), small));
}

/** π/2 − asin x up to ½, else 2 asin √((1 − |x|) / 2) or π less that. */
export function acos(given: Value): Value {
  const x = given.abs();
  const large = x.gt(0.5);
  const { z, root, high, low } = complement(x);
  const series = rest(large.select(z, x.mul(x)));
  // asin of x or of the root, in two parts.
  const small = pairOf(HALF_PI, given.neg());
  const near = small.high.add(small.low.add(constant(HALF_PI_REST).sub(given.mul(series))));
  const arcLow = root.mulAdd(series, low);
  const right = high.add(arcLow).mul(2);
  const opposite = pairOf(Math.PI, high.mul(-2));
  const left = opposite.high.add(opposite.low.add(constant(2 * HALF_PI_REST).sub(arcLow.mul(2))));
  const far = given.lt(0).select(left, x.eq(1).select(0, right));
  return large.select(given.eq(-1).select(Math.PI, far), near);
}
