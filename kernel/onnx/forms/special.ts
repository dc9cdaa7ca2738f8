/**
 * @file Functions for which ONNX has no operator, of float32 as of float64, by the series of `loops/special/`. Every
 * branch is computed for every entry, and `Where` chooses: what the others make of an entry does not matter.
 */
import { ERF, SCALED_ERFC } from "../../loops/special/erf.ts";
import {
  DIGAMMA_1_TO_2,
  DIGAMMA_2_TO_4,
  DIGAMMA_SERIES,
  DIGAMMA_ZERO,
  DIGAMMA_ZERO_REST,
  HALF_LOG_TWO_PI,
  LARGE,
  LGAMMA_1_TO_2,
  LGAMMA_2_TO_4,
  LGAMMA_BELOW_1,
  STIRLING,
} from "../../loops/special/gamma.ts";
import type { Formula, Rule, Term } from "./expression.ts";

/** Of several values the first whose test holds, or the last. */
function choose(f: Formula, cases: readonly (readonly [test: string, value: Term])[], otherwise: Term): string {
  return cases.reduceRight<Term>((rest, [test, value]) => f.where(test, value, rest), otherwise) as string;
}

/** erf for |x| < 1. */
const erfBelow1: Rule = (f, x) => f.mul(x, f.polynomial(ERF, f.sub(f.mul(f.square(x), 2), 1)));

/** exp(−x² · factor) for x ≥ 0: exp magnifies the rounding of what it is given, and of `round` the square is exact. */
function gaussian(f: Formula, x: string, factor: number): string {
  const round = f.div(f.op("Floor", f.mul(x, 64)), 64);
  const rest = f.mul(f.sub(x, round), f.add(x, round));
  return f.mul(f.exp(f.mul(f.square(round), -factor)), f.exp(f.mul(rest, -factor)));
}

/** erfc(x · scale) for x · scale ≥ ½; `factor` is the square of `scale`. */
function erfcTail(f: Formula, x: string, scale = 1, factor = 1): string {
  const beyond = f.greater(x, 28 / scale);
  const inside = f.where(beyond, 1, x);
  const a = scale === 1 ? inside : f.mul(inside, scale);
  const scaled = f.polynomial(SCALED_ERFC, f.sub(f.div(7, f.add(a, 3)), 1));
  const value = f.div(f.mul(gaussian(f, inside, factor), scaled), f.add(f.mul(a, 2), 1));
  return f.where(beyond, 0, value);
}

export function erf(f: Formula, x: string): string {
  const size = f.abs(x);
  const outer = f.mul(f.sign(x), f.sub(1, erfcTail(f, f.op("Max", size, 0.5))));
  return f.where(f.less(size, 1), erfBelow1(f, x), outer);
}

function scaledErfc(f: Formula, x: string, scale: number, factor: number): string {
  const size = f.abs(x);
  const tail = erfcTail(f, f.op("Max", size, 0.5 / scale), scale, factor);
  const outer = f.where(f.greater(x, 0), tail, f.sub(2, tail));
  const inner = f.sub(1, erfBelow1(f, scale === 1 ? x : f.mul(x, scale)));
  return f.where(f.less(size, 0.5 / scale), inner, outer);
}

export const erfc: Rule = (f, x) => scaledErfc(f, x, 1, 1);

/** erfc(−x / √2) / 2, without rounding x / √2 where that counts. */
export const ndtr: Rule = (f, x) => f.mul(scaledErfc(f, f.neg(x), Math.SQRT1_2, 0.5), 0.5);

/** As `loops/special/erf.ts`: an approximation, and Halley's steps until all digits are there. */
export function erfinv(f: Formula, x: string): string {
  const unit = Math.sqrt(Math.PI) / 2;
  const curve = 0.147;
  const a = f.abs(x);
  const near0 = f.mul(f.mul(a, unit), f.add(f.mul(f.square(a), Math.PI / 12), 1));
  const logarithm = f.log1p(f.neg(f.square(a)));
  const middle = f.add(f.mul(logarithm, 0.5), 2 / (Math.PI * curve));
  const beyond = f.sqrt(f.sub(f.sqrt(f.sub(f.square(middle), f.div(logarithm, curve))), middle));
  let y = f.where(f.greater(a, 0.25), beyond, near0);
  // There erf is below 1, and has all digits of its own; 1 − a is exact in the tail.
  const isTail = f.greater(a, 0.75);
  const rest = f.sub(1, a);
  for (let step = 0; step < (f.dtype === "float32" ? 2 : 3); step++) {
    const residual = f.where(isTail, f.sub(rest, erfcTail(f, y)), f.sub(erfBelow1(f, y), a));
    const newton = f.mul(f.mul(residual, unit), f.exp(f.square(y)));
    y = f.sub(y, f.div(newton, f.add(f.mul(y, newton), 1)));
  }
  const size = choose(
    f,
    [
      [f.less(a, 1), y],
      [f.equal(a, 1), Number.POSITIVE_INFINITY],
    ],
    Number.NaN,
  );
  return f.mul(f.sign(x), size);
}

/** `x` less the nearest integer: the sine of π times it is that of πx, up to sign. */
const fraction: Rule = (f, x) => f.sub(x, f.op("Round", x));

/** lgamma for x ≥ ½. */
function lgammaFromHalf(f: Formula, x: string): string {
  // From 4 to 10: down to between 3 and 4, by factors.
  let [low, product] = [x, ""];
  for (let step = 1; step <= LARGE - 4; step++) {
    const lower = f.sub(x, step);
    const isAbove = f.op("GreaterOrEqual", x, 3 + step);
    product = f.mul(product || 1, f.where(isAbove, lower, 1));
    low = f.where(isAbove, lower, low);
  }
  const [minus1, minus2] = [f.sub(x, 1), f.sub(x, 2)];
  const from4 = f.add(f.log(product), f.mul(f.sub(low, 2), f.polynomial(LGAMMA_2_TO_4, f.sub(low, 3))));
  const inverse = f.div(1, x);
  const series = f.mul(f.polynomial(STIRLING, f.square(inverse)), inverse);
  return choose(
    f,
    [
      [f.less(x, 1), f.mul(minus1, f.polynomial(LGAMMA_BELOW_1, f.sub(f.mul(x, 4), 3)))],
      [f.less(x, 2), f.mul(f.mul(minus1, minus2), f.polynomial(LGAMMA_1_TO_2, f.sub(f.mul(x, 2), 3)))],
      // Up to 4 there are no factors, and their logarithm is 0.
      [f.less(x, LARGE), from4],
    ],
    f.add(f.mul(f.sub(x, 0.5), f.sub(f.log(x), 1)), f.add(series, HALF_LOG_TWO_PI - 0.5)),
  );
}

/** What is below ½ is moved above by the recurrence, or from −2 down reflected. */
export function lgamma(f: Formula, x: string): string {
  const [above, positive] = [f.op("GreaterOrEqual", x, 0.5), f.greater(x, 0)];
  const [overMinus1, overMinus2] = [f.greater(x, -1), f.greater(x, -2)];
  const plus1 = f.add(x, 1);
  const moved = choose(
    f,
    [
      [above, x],
      [positive, plus1],
      [overMinus1, f.add(x, 2)],
      [overMinus2, f.add(x, 3)],
    ],
    f.sub(1, x),
  );
  const value = lgammaFromHalf(f, moved);
  const negative = f.neg(x);
  const factors = f.mul(f.mul(negative, plus1), f.sub(-2, x));
  const sine = f.abs(f.op("Sin", f.mul(fraction(f, x), Math.PI)));
  return choose(
    f,
    [
      [above, value],
      [positive, f.sub(value, f.log(x))],
      [overMinus1, f.sub(f.sub(value, f.log(negative)), f.log1p(x))],
      [overMinus2, f.sub(value, f.log(factors))],
      [f.equal(x, Number.NEGATIVE_INFINITY), Number.POSITIVE_INFINITY],
    ],
    f.sub(f.log(f.div(Math.PI, sine)), value),
  );
}

/** Digamma for x ≥ 1. */
function digammaFrom1(f: Formula, x: string): string {
  // The zero as a sum of two numbers of the type.
  const zero = f.dtype === "float32" ? Math.fround(DIGAMMA_ZERO) : DIGAMMA_ZERO;
  const rest = f.dtype === "float32" ? DIGAMMA_ZERO - zero : DIGAMMA_ZERO_REST;
  const steps = f.op("Max", f.op("Ceil", f.sub(LARGE, x)), 0);
  // The small terms first.
  let shift: Term = 0;
  for (let k = LARGE - 5; k >= 0; k--) {
    shift = f.add(shift, f.where(f.greater(steps, k), f.div(1, f.add(x, k)), 0));
  }
  const large = f.add(x, steps);
  const inverse = f.div(1, large);
  const square = f.square(inverse);
  const series = f.add(f.mul(inverse, 0.5), f.mul(square, f.polynomial(DIGAMMA_SERIES, square)));
  const fromZero = f.sub(f.sub(x, zero), rest);
  return choose(
    f,
    [
      [f.op("LessOrEqual", x, 2), f.mul(fromZero, f.polynomial(DIGAMMA_1_TO_2, f.sub(f.mul(x, 2), 3)))],
      [f.less(x, 4), f.polynomial(DIGAMMA_2_TO_4, f.sub(x, 3))],
    ],
    f.sub(f.log(large), f.add(shift, series)),
  );
}

/** π / tan(πx); NaN where x is an integer. */
function cotangent(f: Formula, x: string): string {
  const part = fraction(f, x);
  const size = f.abs(part);
  // Of the angle to the axis that is nearer.
  const isNear = f.op("LessOrEqual", size, 0.25);
  const angle = f.mul(f.where(isNear, size, f.sub(0.5, size)), Math.PI);
  const [sine, cosine] = [f.op("Sin", angle), f.op("Cos", angle)];
  const quotient = f.where(isNear, f.div(cosine, sine), f.div(sine, cosine));
  return f.where(f.equal(size, 0), Number.NaN, f.mul(f.mul(f.sign(part), Math.PI), quotient));
}

export function digamma(f: Formula, x: string): string {
  const [negative, below1] = [f.less(x, 0), f.less(x, 1)];
  const value = digammaFrom1(
    f,
    choose(
      f,
      [
        [negative, f.sub(1, x)],
        [below1, f.add(x, 1)],
      ],
      x,
    ),
  );
  return choose(
    f,
    [
      [negative, f.sub(value, cotangent(f, x))],
      [below1, f.sub(value, f.div(1, x))],
    ],
    value,
  );
}
