/**
 * @file The logarithm of the gamma function and its derivative. Positive arguments: a few units in the last place, the
 * zeros included (1 and 2 of lgamma, 1.46 of digamma). Negative arguments, by reflection: the error is of that size in
 * relation to 1 near the zeros that lie between the poles, elsewhere to the value.
 */
import { polynomial } from "./polynomial.ts";

/** lgamma(x) / (x − 1) in t = 4x − 3, for x from ½ to 1. */
export const LGAMMA_BELOW_1 = [
  -2.5837575860405e-12, 8.089253938855183e-12, -1.0517965424869715e-11, 3.3249822123557004e-11, -1.4254690974156298e-10,
  4.5146983088809824e-10, -1.3814283765582231e-9, 4.4073691581292014e-9, -1.4165591268478893e-8, 4.558181389468679e-8,
  -1.4742126834106425e-7, 4.798240459380385e-7, -1.5730960597667722e-6, 5.202372388789411e-6, -1.738896097180771e-5,
  5.890823348185131e-5, -0.00020310341263709403, 0.0007175147282112107, -0.0026288591590196138, 0.010237880772523219,
  -0.04499788189766013, 0.27273707406129066, -0.8131238057251815,
];

/** lgamma(x) / ((x − 1)(x − 2)) in t = 2x − 3, for x from 1 to 2. */
export const LGAMMA_1_TO_2 = [
  -3.700571132904742e-12, 1.1577613910649688e-11, -1.5936042537298723e-11, 5.030067090605482e-11,
  -2.075322954216366e-10, 6.5655031582108e-10, -2.0184741279133343e-9, 6.430366506216791e-9, -2.0619851263731666e-8,
  6.623870571642316e-8, -2.138638060528023e-7, 6.948428393704062e-7, -2.2742472358027586e-6, 7.511391846837954e-6,
  -2.5094328700900636e-5, 8.510090373634476e-5, -0.0002945507015164312, 0.001049818664454635, -0.003913560937626331,
  0.015727850268641097, -0.07297994795715304, 0.4831289505409809,
];

/** lgamma(x) / (x − 2) in t = x − 3, for x from 2 to 4. */
export const LGAMMA_2_TO_4 = [
  3.824237590538785e-12,
  -1.1986322564223948e-11,
  1.6615631513434723e-11,
  -5.261124226491528e-11,
  2.1708542320069314e-10,
  -6.894815488528734e-10,
  2.131268383013902e-9,
  -6.830316734817313e-9,
  2.206295596086916e-8,
  -7.153346739596511e-8,
  2.336839003159971e-7,
  -7.707139075191171e-7,
  2.571980126848825e-6,
  -8.712850164144727e-6,
  3.0101124183958596e-5,
  -0.00010678360725634564,
  0.0003931272714204524,
  -0.0015286783000982636,
  0.006484486727877138,
  -0.03217012111440847,
  0.22963715453852182,
  Math.LN2,
];

/** B₂ₖ / (2k (2k − 1)), B the Bernoulli numbers. DLMF 5.11.1. */
export const STIRLING = [
  -1.3924322169059011, 0.17964437236883057, -0.029550653594771242, 0.00641025641025641, -0.0019175269175269176,
  0.0008417508417508417, -0.0005952380952380953, 0.0007936507936507937, -0.002777777777777778, 0.08333333333333333,
];

/** digamma(x) / (x − zero) in t = 2x − 3, for x from 1 to 2. */
export const DIGAMMA_1_TO_2 = [
  -9.720300404202244e-12, 2.916093601085364e-11, -2.9161179626023815e-11, 8.748420037436287e-11,
  -4.1555064115551965e-10, 1.2466690231864029e-9, -3.509235492410718e-9, 1.0528133851878114e-8, -3.1807298477301726e-8,
  9.543261570760428e-8, -2.8621216825577647e-7, 8.589062683365892e-7, -2.578133701610713e-6, 7.741234441368395e-6,
  -2.325823275895313e-5, 6.99501882655044e-5, -0.00021074841284590126, 0.0006368880303847901, -0.0019350666647392832,
  0.005936795278301875, -0.018550615381739702, 0.06013562106019684, -0.21181371064073024, 0.9510558760318328,
];

/** digamma(x) in t = x − 3, for x from 2 to 4. */
export const DIGAMMA_2_TO_4 = [
  7.108977174651833e-12, -2.1332191571834103e-11, 2.1363796247022648e-11, -6.4144390367226e-11, 3.046124298704505e-10,
  -9.147759692625141e-10, 2.579267241968924e-9, -7.752903093043211e-9, 2.3481158346701657e-8, -7.069062318489005e-8,
  2.1297418115106333e-7, -6.430211938810789e-7, 1.945929605753433e-6, -5.907358013123235e-6, 1.801262758814673e-5,
  -5.5267825392302674e-5, 0.0001711061979683179, -0.0005367773819947723, 0.0017180619844478504, -0.005677755143366058,
  0.019823233711138217, -0.07705690315959436, 0.39493406684822646, 0.9227843350984671,
];

/** B₂ₖ / (2k). DLMF 5.11.2. */
export const DIGAMMA_SERIES = [
  -26.456212121212122, 3.0539543302701198, -0.4432598039215686, 0.08333333333333333, -0.021092796092796094,
  0.007575757575757576, -0.004166666666666667, 0.003968253968253968, -0.008333333333333333, 0.08333333333333333,
];

/** The positive zero of digamma, as a sum of two doubles. */
export const DIGAMMA_ZERO = 1.4616321449683622;
export const DIGAMMA_ZERO_REST = 9.549995429965697e-17;

/** From here on the asymptotic series are exact to rounding. */
export const LARGE = 10;
export const HALF_LOG_TWO_PI = 0.9189385332046727;

/** `x` less the nearest integer; exact. sin(πx) and tan(πx) only depend on it, up to sign. */
const fraction = (x: number): number => x - Math.round(x);

/** log |Γ(x)|; +∞ at the poles 0, −1, −2, … and at both infinities, as C's lgamma. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x <= 0) {
    if (Number.isInteger(x) || x === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
    // DLMF 5.5.1 twice: near the poles these factors are exact, a sine would not be.
    if (x > -1) return lgamma(2 + x) - Math.log(-x) - Math.log1p(x);
    if (x > -2) return lgamma(3 + x) - Math.log(-x * (1 + x) * (-2 - x));
    // DLMF 5.5.3
    return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * fraction(x)))) - lgamma(1 - x);
  }
  if (x < 0.5) return lgamma(1 + x) - Math.log(x);
  if (x < 1) return (x - 1) * polynomial(LGAMMA_BELOW_1, 4 * x - 3);
  if (x < 2) return (x - 1) * (x - 2) * polynomial(LGAMMA_1_TO_2, 2 * x - 3);
  if (x < 4) return (x - 2) * polynomial(LGAMMA_2_TO_4, x - 3);
  if (x < LARGE) {
    let [rest, product] = [x, 1];
    while (rest >= 4) product *= --rest;
    return Math.log(product) + lgamma(rest);
  }
  const inverse = 1 / x;
  const series = polynomial(STIRLING, inverse * inverse) * inverse;
  return (x - 0.5) * (Math.log(x) - 1) + (HALF_LOG_TWO_PI - 0.5 + series);
}

/** π / tan(πx) for x that is no integer. */
function cotangent(x: number): number {
  const part = fraction(x);
  if (Math.abs(part) <= 0.25) return Math.PI / Math.tan(Math.PI * part);
  return Math.sign(part) * Math.PI * Math.tan(Math.PI * (0.5 - Math.abs(part)));
}

/** The derivative of lgamma, DLMF 5.2.2: ∓∞ at ±0, NaN at the other poles, whose sides differ, and at −∞. */
export function digamma(x: number): number {
  if (Number.isNaN(x) || x === 0) return -1 / x;
  if (x < 0) {
    if (Number.isInteger(x) || x === Number.NEGATIVE_INFINITY) return Number.NaN;
    // DLMF 5.5.4
    return digamma(1 - x) - cotangent(x);
  }
  if (x < 1) return digamma(1 + x) - 1 / x;
  if (x <= 2) return (x - DIGAMMA_ZERO - DIGAMMA_ZERO_REST) * polynomial(DIGAMMA_1_TO_2, 2 * x - 3);
  if (x < 4) return polynomial(DIGAMMA_2_TO_4, x - 3);
  if (x === Number.POSITIVE_INFINITY) return x;
  // DLMF 5.5.2, the small terms first
  const steps = Math.max(0, Math.ceil(LARGE - x));
  let shift = 0;
  for (let k = steps - 1; k >= 0; k--) shift += 1 / (x + k);
  const large = x + steps;
  const inverse = 1 / large;
  const square = inverse * inverse;
  return Math.log(large) - (shift + (inverse / 2 + square * polynomial(DIGAMMA_SERIES, square)));
}
