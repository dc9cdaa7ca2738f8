/**
 * @file erf and erfc for f64x2: a polynomial about 0, and a rational function times exp(−x²) further out. erfc keeps its
 * digits in the tail, so there everything before the last sum is in two parts. The form (1 + 2x) exp(x²) erfc(x), which
 * stays near 1, is that of M. M. Shepherd and J. G. Laframboise, Mathematics of Computation 36 (1981); the rational
 * functions are ours (test/kernel/accuracy/coefficients-float64.py).
 */
import { exponentialBelow, reducePair, scaleBy } from "./exponential.ts";
import { constant, polynomial, type Value } from "./formula.ts";
import { HIGH_WORD, pairOf, quotientOf, withSignOf } from "./pairs.ts";

/** erf x / x − 1 in x², for |x| up to 1. */
const ERF = [
  0.12837916709551256, -0.37612638903183543, 0.11283791670945006, -0.02686617064323777, 0.0052239776071164225,
  -0.0008548325975389692, 0.00012055294904839707, -1.492473690741966e-5, 1.6447424703317362e-6, -1.6208483801871705e-7,
  1.3720064546777686e-8, -7.795898827002142e-10,
];

/** The same for |x| up to ½. */
const CENTRE = [
  0.12837916709551256, -0.3761263890318347, 0.11283791670925271, -0.026866170632859, 0.0052239773725259965,
  -0.0008548297707906897, 0.00012053332795966865, -1.4845787890421724e-5, 1.4725211252266738e-6,
];

/** exp(x²) erfc x on [1, 6], over a denominator. */
const SCALED = [
  1.0000000445111878, 1.6458830526028079, 1.3307765353703112, 0.6495148351974355, 0.2002280216603301,
  0.03718498892331365, 0.003348691204918989,
];
const SCALED_BELOW = [
  1, 2.7742626903048695, 3.461194376285588, 2.533052275434872, 1.184205780328645, 0.3578615023275213,
  0.06590872539231837, 0.005935399634411723,
];

/** (1 + 2x) exp(x²) erfc x − 1 on [½, 28], over a denominator. */
const TAIL = [
  6.699872966694166e-11, 0.8716208317752837, 1.731553300063991, 1.713138351256559, 1.0843201186686149,
  0.47881731935430133, 0.1521643504344102, 0.03473104178979638, 0.005490553097483913, 0.000546180532917817,
  2.5726541734781563e-5,
];
const TAIL_BELOW = [
  1, 3.428453649195032, 5.47730009535336, 5.386085744818825, 3.6235271701246785, 1.7506163422601677, 0.6186721291824706,
  0.15913636737205936, 0.028822252943576827, 0.003373754305387132, 0.00020039498866423526,
];

/** 1 − exp(−x²) P / Q from 1 on; the error of x² is as small as what it is taken from there. */
export function erf(given: Value): Value {
  // At 6 the result is 1; NaN passes.
  const x = given.abs().atMost(6);
  const square = x.mul(x);
  const near = x.mulAdd(polynomial(square, ERF), x);
  const tail = exponentialBelow(square.neg()).mul(polynomial(x, SCALED)).div(polynomial(x, SCALED_BELOW));
  return withSignOf(given, x.lt(1).select(near, constant(1).sub(tail)));
}

/** erfc of x ≥ ½. */
function tail(x: Value): Value {
  // −x² in two parts: the square of the upper digits is exact.
  const upper = x.and(HIGH_WORD);
  const { n, power } = reducePair({
    high: upper.mul(upper).neg(),
    low: upper.sub(x).mul(upper.add(x)),
  });
  const more = polynomial(x, TAIL).div(polynomial(x, TAIL_BELOW));
  const above = pairOf(power.high, power.high.mulAdd(more, power.low));
  const twice = x.add(x);
  const below = twice.add(1);
  const quotient = quotientOf(above, { high: below, low: constant(1).sub(below.sub(twice)) });
  return scaleBy(quotient.high.add(quotient.low), n);
}

export function erfc(given: Value): Value {
  const x = given.abs().atMost(28);
  const far = tail(x.atLeast(0.5));
  const square = x.mul(x);
  const one = pairOf(1, given.atLeast(-0.5).atMost(0.5).neg());
  const near = one.high.add(one.low.sub(given.mul(polynomial(square, CENTRE))));
  const value = given.lt(0).select(constant(2).sub(far), far);
  return x.le(0.5).select(near, x.ne(x).select(x, value));
}
