/** @file Draws from the gamma distribution, and how they move with its shape parameter. */
import { digamma } from "../loops/special/gamma.ts";
import type { PhiloxStream } from "./philox.ts";

/**
 * The logarithm of a draw from the gamma distribution of shape `alpha` and rate 1; NaN unless `alpha` is positive. As a
 * logarithm, because for small `alpha` the draw itself is below the smallest number.
 *
 * G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000); below 1 by their
 * §6, a draw for `alpha + 1` times `U^(1/alpha)`.
 */
export function logGammaDraw(alpha: number, stream: PhiloxStream): number {
  if (!(alpha > 0 && alpha < Number.POSITIVE_INFINITY)) return alpha === Number.POSITIVE_INFINITY ? alpha : Number.NaN;
  if (alpha < 1) return logGammaDraw(alpha + 1, stream) + Math.log(stream.uniform()) / alpha;
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root ** 3;
    const u = stream.uniform();
    if (u < 1 - 0.0331 * x ** 4 || Math.log(u) < (x * x) / 2 + d * (1 - v + Math.log(v))) return Math.log(d * v);
  }
}

/** The quadrature below: what is left of the first and right of the last point is below rounding. */
const FIRST = -3.8;
const LAST = 4.3;
const STEP = 0.075;

/**
 * `d log z / d alpha` for a draw z of the gamma distribution of shape `alpha` and rate 1, where the draw's place in the
 * distribution stays: `−∂F/∂alpha / (z f)`, with F the distribution function and f its density.
 *
 * M. Figurnov, S. Mohamed and A. Mnih, "Implicit reparameterization gradients", NeurIPS 2018. F is the regularised
 * incomplete gamma function: `z f · ∂ log z/∂ alpha = −∫₀ᶻ (log t − ψ(alpha)) f(t) dt`, and since the integral over all t
 * is 0, also that from z on with the other sign. On the side of z where the logarithm does not meet ψ(alpha), nothing
 * cancels.
 */
export function logGammaSlope(alpha: number, logDraw: number): number {
  if (!(alpha > 0) || Number.isNaN(logDraw)) return Number.NaN;
  if (alpha <= 100 && logDraw <= digamma(alpha + 1)) return slopeBySeries(alpha, logDraw);
  return slopeByIntegral(alpha, logDraw);
}

/** From `F = Σₖ z^(a+k) e^(−z) / Γ(a+k+1)` (DLMF 8.7.1), term by term; all terms have one sign here. */
function slopeBySeries(alpha: number, logDraw: number): number {
  const z = Math.exp(logDraw);
  let ratio = 1;
  let psi = digamma(alpha + 1);
  let sum = 0;
  for (let k = 1; k < 10_000; k++) {
    const term = ratio * (psi - logDraw);
    sum += term;
    if (term < 1e-17 * sum) break;
    ratio *= z / (alpha + k);
    psi += 1 / (alpha + k);
  }
  return sum / alpha;
}

/**
 * With `t = z e^(∓u)` both integrals are `∫₀^∞ (|log z − ψ(alpha)| + u) exp(−(|alpha − z| u + z (e^(∓u) − 1 ± u))) du`, up
 * to the sign of `alpha − z`. By the trapezoidal rule after `u = s exp(v − e^(−v))`: H. Takahasi and M. Mori, "Double
 * exponential formulas for numerical integration", Publ. RIMS 9 (1974).
 */
function slopeByIntegral(alpha: number, logDraw: number): number {
  const z = Math.exp(logDraw);
  const gap = logDraw - digamma(alpha);
  const side = gap < 0 ? -1 : 1;
  const linear = side * (z - alpha);
  // Where the exponent is about 1.
  const scale = 2 / (Math.abs(linear) + Math.sqrt(linear * linear + 2 * z));
  let sum = 0;
  for (let v = FIRST; v < LAST; v += STEP) {
    const shrink = Math.exp(-v);
    const u = scale * Math.exp(v - shrink);
    const exponent = linear * u + z * (Math.expm1(side * u) - side * u);
    if (exponent < 745) sum += (Math.abs(gap) + u) * Math.exp(-exponent) * u * (1 + shrink);
  }
  return sum * STEP;
}
