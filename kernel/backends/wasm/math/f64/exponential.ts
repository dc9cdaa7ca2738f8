/**
 * @file exp and its relatives for f64x2. With n the integer nearest to x / ln 2 and r = x − n ln 2, exp(x) is
 * 2ⁿ (1 + r + r² q(r)). The reduction by a ln 2 in two parts is that of W. J. Cody and W. Waite, Software Manual for the
 * Elementary Functions (1980), with the parts of FreeBSD's msun; the polynomials are ours
 * (test/kernel/accuracy/coefficients-float64.py).
 */
import { bits, constant, polynomial, type Value } from "./formula.ts";
import { type Pair, pairOf, withSignOf } from "./pairs.ts";

/** ln 2 in two parts, the first of 33 bits, so that its product with n is exact. */
export const LN2_HIGH = 0.6931471803691238;
export const LN2_LOW = 1.9082149292705877e-10;

/** (exp r − 1 − r) / r² for |r| up to ½ ln 2. */
const EXP = [
  0.5000000000000001, 0.16666666666666669, 0.04166666666662413, 0.008333333333330062, 0.0013888888917213717,
  0.00019841269863053618, 2.4801521295954376e-5, 2.7557268459997064e-6, 2.7620088445409746e-7, 2.510038549551032e-8,
];

/** (2ʳ − 1 − r ln 2) / r² for |r| up to ½. */
const EXP2 = [
  0.24022650695910075, 0.05550410866482158, 0.00961812910761865, 0.0013333558146423204, 0.0001540353042481424,
  1.5252733820815906e-5, 1.321545160506755e-6, 1.0178067252442298e-7, 7.070984300546448e-9, 4.4541068401718915e-10,
];

/** Added to a number below 2⁵¹ it leaves the nearest integer in the low bits. */
export const ROUNDER = 1.5 * 2 ** 52;

/** A whole number, and the bits whose low half is that number as an integer. */
export interface Whole {
  readonly value: Value;
  readonly integer: Value;
}

export function nearest(x: Value, factor = 1): Whole {
  const integer = factor === 1 ? x.add(ROUNDER) : x.mul(factor).add(ROUNDER);
  return { value: integer.sub(ROUNDER), integer };
}

const BIAS = bits(1023n);

/** 2ⁿ for an integer in the low bits, if that is a normal number. */
export const powerOfTwo = (integer: Value): Value => integer.addBits(BIAS).shiftLeft(52);

/** x · 2ⁿ, rounded once; in two factors, since 2ⁿ alone may be too large or too small. */
export function scaleBy(x: Value, { integer }: Whole): Value {
  const half = integer.halveLow();
  return x.mul(powerOfTwo(half)).mul(powerOfTwo(integer.subBits(half)));
}

interface Reduced {
  readonly n: Whole;
  /** r as x − n ln 2 exactly up to here… */
  readonly high: Value;
  /** …and exp(r) − 1 − `high`. */
  readonly rest: Value;
}

/** The remainder of x and its exponential. */
export function reduce(x: Value): Reduced {
  const n = nearest(x, Math.LOG2E);
  const high = x.sub(n.value.mul(LN2_HIGH));
  const low = n.value.mul(LN2_LOW);
  const r = high.sub(low);
  return { n, high, rest: r.mul(r).mulAdd(polynomial(r, EXP), low.neg()) };
}

/** exp(x) for x from −700 to 0, where 2ⁿ is a normal number. */
export function exponentialBelow(x: Value): Value {
  const { n, high, rest } = reduce(x);
  return high.add(rest).add(1).mul(powerOfTwo(n.integer));
}

/** exp(high + low) as 2ⁿ times a pair, where `low` is small. */
export function reducePair({ high: x, low: more }: Pair): { readonly n: Whole; readonly power: Pair } {
  const n = nearest(x, Math.LOG2E);
  const high = x.sub(n.value.mul(LN2_HIGH));
  const low = n.value.mulSubFrom(LN2_LOW, more);
  const r = high.add(low);
  return { n, power: pairOf(1, high.add(r.mul(r).mulAdd(polynomial(r, EXP), low))) };
}

/** ln 2 again, the first part of 30 bits. */
export const LN2_PARTS = { high: 0.6931471806019545, low: -4.2009150726810846e-11 };

/** exp(r) for a remainder in two parts. */
export function expOfPair({ high, low }: Pair): Value {
  const rest = high.mul(high).mulAdd(polynomial(high, EXP), low.mulAdd(high, low));
  return high.add(rest).add(1);
}

/** From here on exp is no normal number, or about to overflow. */
const EXTREME = constant(708);
const HIGHEST = 709.8;
const LOWEST = -745.2;

export function exp(x: Value): Value {
  const { n, high, rest } = reduce(x);
  const power = high.add(rest).add(1);
  const edges = x.gt(HIGHEST).select(Number.POSITIVE_INFINITY, x.lt(LOWEST).select(0, scaleBy(power, n)));
  // Compared as integers, since NaN is above all numbers so: a sum of bits would spoil it.
  return power.addBits(n.integer.shiftLeft(52)).unless(x.abs().gtBits(EXTREME), edges);
}

export function exp2(given: Value): Value {
  const x = given.atMost(1040).atLeast(-1090);
  const n = nearest(x);
  const r = x.sub(n.value);
  return scaleBy(r.mul(r).mulAdd(polynomial(r, EXP2), r.mul(Math.LN2)).add(1), n);
}

export function expm1(given: Value): Value {
  const { n, high, rest } = reduce(given.atMost(709.9).atLeast(-60));
  const p = pairOf(high, rest);
  // Half of it, as 2¹⁰²⁴ is no float64; and not where that would lose the last bit of a tiny p.
  const half = powerOfTwo(n.integer.subBits(bits(1n)));
  const sum = pairOf(half.sub(0.5), half.mul(p.high));
  const result = sum.high.add(half.mulAdd(p.low, sum.low)).mul(2);
  return withSignOf(given, n.value.eq(0).select(p.high, result));
}
