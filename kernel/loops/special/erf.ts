/**
 * @file The error function, its complement and its inverse, each to a few units in the last place wherever it is a normal
 * number: the complement keeps its digits in the tail, down to underflow at 26.5.
 */
import { polynomial } from "./polynomial.ts";

/** erf(x) / x in t = 2x² − 1 on [−1, 1]. */
export const ERF = [
  1.4543887079465116e-14, -3.8078824063194953e-13, 9.167619596865806e-12, -2.035228405815769e-10, 4.115800583208149e-9,
  -7.511569286591727e-8, 1.223382738359897e-6, -1.7537169441124866e-5, 0.00021751715604159932, -0.0022854855611441132,
  0.019852496688983708, -0.1405360890227171, 0.9654687386698673,
];

/**
 * (1 + 2x) · exp(x²) · erfc(x) in t = 7 / (3 + x) − 1 on [−1, 1], which is x from ∞ down to ½. The form is that of
 * M. M. Shepherd and J. G. Laframboise, Mathematics of Computation 36 (1981).
 */
export const SCALED_ERFC = [
  1.8001261542129724e-11, -7.887286866204886e-12, -2.064994720524174e-10, 1.627106753623906e-10, 1.3494065059462324e-9,
  -1.7673487952025182e-9, -7.231366303196027e-9, 1.4483334632739677e-8, 3.874179984762285e-8, -1.0511547933505945e-7,
  -2.410959540877587e-7, 7.238746049318552e-7, 1.9136567552589773e-6, -4.577269386184351e-6, -1.8863224923306602e-5,
  1.7479106675947786e-5, 0.00019788759756973629, 0.00024740376447234214, -0.0013920612495046407, -0.008073603938174266,
  -0.022801799598865188, -0.04180651066502497, -0.04665458534674222, -0.003496013513368036, 0.12216847723549219,
  1.2329951186255526,
];

/** erfc(x) for x ≥ ½. */
function erfcTail(x: number): number {
  if (x > 28) return 0;
  // exp(−x²) would magnify the rounding of x² by x². The square of the 24 leading bits is exact, the rest is small.
  const high = Math.fround(x);
  const leading = Math.exp(-high * high);
  const gaussian = leading + leading * Math.expm1((high - x) * (high + x));
  return (gaussian * polynomial(SCALED_ERFC, 7 / (3 + x) - 1)) / (1 + 2 * x);
}

/** 2/√π · ∫₀ˣ exp(−t²) dt; DLMF 7.2.1. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 1) return x * polynomial(ERF, 2 * x * x - 1);
  return Math.sign(x) * (1 - erfcTail(a));
}

/** 1 − erf(x), not by that subtraction where erf is near 1; DLMF 7.2.2. */
export function erfc(x: number): number {
  if (x >= 0.5) return erfcTail(x);
  if (x <= -0.5) return 2 - erfcTail(-x);
  return 1 - erf(x);
}

/** √½ is this and SQRT1_2_REST more. */
const SQRT1_2_REST = -4.833646656726457e-17;
/** Splits a double into two halves of 26 bits; T. J. Dekker, Numerische Mathematik 18 (1971). */
const SPLITTER = 2 ** 27 + 1;

/** `x · y − product`, exactly, for `product = x * y`. */
function productRest(x: number, y: number, product: number): number {
  const [a, b] = [x * SPLITTER, y * SPLITTER];
  const [xHigh, yHigh] = [a - (a - x), b - (b - y)];
  const [xLow, yLow] = [x - xHigh, y - yHigh];
  return xLow * yLow - (product - xHigh * yHigh - xLow * yHigh - xHigh * yLow);
}

/** erfc(−x/√2) / 2, the distribution function of the standard normal distribution. */
export function ndtr(x: number): number {
  if (!(Math.abs(x) < 40)) return x > 0 ? 1 : x < 0 ? 0 : Number.NaN;
  // In the left tail the rounding of x/√2 would count x² times: what it leaves out is made good by the slope there.
  const t = -x * Math.SQRT1_2;
  const rest = productRest(-x, Math.SQRT1_2, t) - x * SQRT1_2_REST;
  return erfc(t) / 2 - (Math.exp(-t * t) * rest) / Math.sqrt(Math.PI);
}

/** Where the quadratic term of erfinv's series falls below rounding. */
const LINEAR = 1e-8;

/**
 * The y with erf(y) = x, on [−1, 1]; NaN outside. Starts from the approximation of S. Winitzki (2008, "A handy
 * approximation for the error function and its inverse"), right to 0.2 %, or near 0 from two terms of the series
 * (DLMF 7.17.2). Halley's method then triples the digits per step, a little less in the tails, with the
 * residual of erf below ½ and of erfc above.
 */
export function erfinv(x: number): number {
  const a = Math.abs(x);
  if (!(a < 1)) return a === 1 ? x * Number.POSITIVE_INFINITY : Number.NaN;
  const unit = Math.sqrt(Math.PI) / 2;
  if (a < LINEAR) return unit * x;
  let y = unit * a * (1 + (Math.PI / 12) * a * a);
  if (a > 0.25) {
    const curve = 0.147;
    const logarithm = Math.log1p(-a * a);
    const middle = 2 / (Math.PI * curve) + logarithm / 2;
    y = Math.sqrt(Math.sqrt(middle * middle - logarithm / curve) - middle);
  }
  const steps = a < 0.9 ? 2 : 3;
  for (let step = 0; step < steps; step++) {
    // 1 − a is exact from ½ on.
    const residual = a < 0.5 ? erf(y) - a : 1 - a - erfc(y);
    const newton = residual * unit * Math.exp(y * y);
    y -= newton / (1 + y * newton);
  }
  return Math.sign(x) * y;
}
