/** @file Functions of float64 to 2⁻¹⁰⁰ and better, and the error of a float64 in units in the last place. */
import type { BinaryFn, UnaryFn } from "../../../kernel/loops/ir.ts";
import {
  absolute,
  angle,
  type Big,
  big,
  circle,
  cubeRoot,
  errorComplement,
  errorFunction,
  exponential,
  exponentialRest,
  isNegative,
  logarithm,
  logarithmRest,
  magnitude,
  minus,
  negate,
  ONE,
  over,
  plus,
  scaled,
  squareRoot,
  times,
  toNumber,
} from "./big.ts";

const LN2 = logarithm(big(2));

/** Values where they are finite, for finite arguments. */
export const EXACT_UNARY = {
  exp: exponential,
  exp2: (x) => exponential(times(x, LN2)),
  expm1: exponentialRest,
  log: logarithm,
  log1p: logarithmRest,
  log2: (x) => over(logarithm(x), LN2),
  sin: (x) => circle(x)[0],
  cos: (x) => circle(x)[1],
  tan: (x) => over(...circle(x)),
  tanh: (x) => {
    const q = exponentialRest(scaled(x, 1));
    return over(q, plus(q, big(2)));
  },
  sigmoid: (x) => over(ONE, plus(ONE, exponential(negate(x)))),
  erf: errorFunction,
  erfc: errorComplement,
  cbrt: cubeRoot,
  asin: (x) => angle(x, squareRoot(times(minus(ONE, x), plus(ONE, x)))),
  acos: (x) => scaled(angle(squareRoot(minus(ONE, x)), squareRoot(plus(ONE, x))), 1),
  atan: (x) => angle(x, ONE),
  // With q = exp(x) − 1, that it is (q + q / (q + 1)) / 2 keeps the digits of a small x.
  sinh: (x) => {
    const q = exponentialRest(absolute(x));
    const value = scaled(plus(q, over(q, plus(q, ONE))), -1);
    return isNegative(x) ? negate(value) : value;
  },
  cosh: (x) => {
    const power = exponential(x);
    return scaled(plus(power, over(ONE, power)), -1);
  },
  asinh: (x) => {
    const a = absolute(x);
    const square = times(a, a);
    const value = logarithmRest(plus(a, over(square, plus(ONE, squareRoot(plus(ONE, square))))));
    return isNegative(x) ? negate(value) : value;
  },
  acosh: (x) => {
    const t = minus(x, ONE);
    return logarithmRest(plus(t, squareRoot(times(t, plus(x, ONE)))));
  },
  atanh: (x) => scaled(logarithmRest(over(scaled(x, 1), minus(ONE, x))), -1),
} satisfies Partial<Record<UnaryFn, (x: Big) => Big>>;

export const EXACT_BINARY = {
  pow: (x, y) => {
    const power = exponential(times(y, logarithm(absolute(x))));
    return isNegative(x) && Math.abs(toNumber(y) % 2) === 1 ? negate(power) : power;
  },
  atan2: angle,
} satisfies Partial<Record<BinaryFn, (x: Big, y: Big) => Big>>;

/** Half a unit above the largest float64: from here on rounding goes to infinity. */
const OVERFLOW = minus(scaled(ONE, 1024), scaled(ONE, 970));

/** Distance of `got` from the exact value, in units in the last place of that value. */
export function ulpsFrom(exact: Big, got: number): number {
  if (Number.isNaN(got)) return Number.POSITIVE_INFINITY;
  if (exact.mantissa === 0n) return got === 0 ? 0 : Number.POSITIVE_INFINITY;
  const size = absolute(exact);
  const beyond = !isNegative(minus(size, OVERFLOW));
  if (!Number.isFinite(got)) {
    // Two units of room: what is nearly the largest number may round up.
    const near = !isNegative(minus(size, minus(OVERFLOW, scaled(ONE, 971))));
    return near && got > 0 !== isNegative(exact) ? (beyond ? 0 : 1) : Number.POSITIVE_INFINITY;
  }
  const unit = Math.min(Math.max(magnitude(exact), -1022), 1023) - 52;
  const off = absolute(minus(big(got), exact));
  return off.mantissa === 0n ? 0 : toNumber(scaled(off, -unit));
}
