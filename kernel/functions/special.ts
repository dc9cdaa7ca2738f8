/**
 * @file Special functions: error functions and the normal distribution, the gamma function's family, and functions that
 * need care at a point. docs/accuracy.md has the measured error of each.
 */
import { add, binary, div, fullLike, mul, neg, select, sub, unary } from "../emit.ts";
import { ArgumentError, showShape } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import type { UnaryFn } from "../loops/ir.ts";
import { toStored } from "../primitives/elementwise.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { floatingOperand, operands, toFloating } from "./operands.ts";

const real = (fn: UnaryFn, x: TensorLike): Tensor => new Tensor(unary(fn, floatingOperand(fn, x)));

/**
 * Error function `2/√π · ∫₀ˣ exp(−t²) dt`, entry by entry; ±1 at ±∞. DLMF 7.2.1.
 * @example erf(tensor([0, 0.5, 1]))
 */
export const erf = (x: TensorLike): Tensor => real("erf", x);

/**
 * Complementary error function `1 − erf(x)`, which keeps its digits where erf is near 1, down to underflow (at 26.5 in
 * float64). DLMF 7.2.2.
 * @example erfc(tensor(10, { dtype: "float64" })) // 2.088e-45, where 1 − erf(10) is 0
 */
export const erfc = (x: TensorLike): Tensor => real("erfc", x);

/**
 * Inverse error function: the y with `erf(y) = x`. ±∞ at ±1, NaN beyond.
 * @example erfinv(erf(x)) // x
 */
export const erfinv = (x: TensorLike): Tensor => real("erfinv", x);

/**
 * Distribution function of the standard normal distribution, `erfc(−x/√2) / 2`; the left tail keeps its digits. DLMF 7.2.2.
 * @example ndtr(tensor([-1.96, 0, 1.96])) // [0.025, 0.5, 0.975]
 */
export const ndtr = (x: TensorLike): Tensor => real("ndtr", x);

/**
 * Logarithm of the absolute value of the gamma function. +∞ at the poles 0, −1, −2, … and at ±∞. Exact to rounding for
 * positive x, the zeros 1 and 2 included; near the zeros between negative poles the error is absolute. DLMF 5.2.1.
 * @example lgamma(n.add(1)) // log n!
 */
export const lgamma = (x: TensorLike): Tensor => real("lgamma", x);

/**
 * The derivative of `lgamma`, also called ψ. ∓∞ at ±0; NaN at the poles −1, −2, …, where it comes from −∞ on one side and
 * from +∞ on the other. DLMF 5.2.2.
 * @example digamma(1) // −0.5772, less Euler's constant
 */
export const digamma = (x: TensorLike): Tensor => real("digamma", x);

/**
 * Hurwitz' zeta function `Σ (x + k)⁻ˢ` over k = 0, 1, …, for s > 1; with x = 1 it is Riemann's. For negative x, s must be
 * an integer, else NaN. +∞ at s = 1 and at the poles x = 0, −1, …; NaN for s < 1. It can be differentiated with respect
 * to x only: a derivative with respect to s is an ArgumentError. DLMF 25.11.1.
 * @example zeta(2) // π²/6
 */
export function zeta(s: TensorLike, x: TensorLike = 1): Tensor {
  const [order, at] = operands("zeta", [s, x], toFloating);
  return new Tensor(binary("zeta", order, at));
}

function factorial(n: number): number {
  let product = 1;
  for (let k = 2; k <= n; k++) product *= k;
  return product;
}

/**
 * The n-th derivative of `digamma`, which `polygamma(0, x)` is; above, `(−1)ⁿ⁺¹ n! ζ(n + 1, x)`. DLMF 25.11.12.
 * @param n a whole number up to 170, or 34 in float32, so that n! is finite
 * @example polygamma(1, x) // trigamma
 */
export function polygamma(n: number, x: TensorLike): Tensor {
  const node = floatingOperand("polygamma", x);
  const whole = Number.isInteger(n) && n >= 0;
  const scale = whole ? toStored(factorial(n) * (n % 2 === 0 ? -1 : 1), node.dtype) : 0;
  if (!whole || !Number.isFinite(scale)) {
    const largest = node.dtype === "float32" ? 34 : 170;
    throw new ArgumentError(
      `polygamma: expected n a whole number from 0 to ${largest}, got ${n} for x ${showShape(node.shape)}, ${node.dtype}. ` +
        'Between, there is no such derivative; above, n! is infinite: use zeta(n + 1, x), or x.to("float64").',
    );
  }
  if (n === 0) return new Tensor(unary("digamma", node));
  return new Tensor(mul(fullLike(scale, node), binary("zeta", fullLike(n + 1, node), node)));
}

/**
 * `x · log(y)`, and 0 where x is 0 and y is no NaN, as entropies need it. Its derivative with respect to x is log y, but 0
 * where both are 0.
 * @example xlogy(p, p).sum().neg() // entropy
 */
export function xlogy(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = operands("xlogy", [x, y], toFloating);
  const infinite = binary("eq", b, fullLike(Number.POSITIVE_INFINITY, b));
  const without = binary("or", binary("le", b, fullLike(0, b)), infinite);
  const nothing = binary("and", binary("eq", a, fullLike(0, a)), without);
  return new Tensor(mul(a, unary("log", select(nothing, fullLike(1, b), b))));
}

/**
 * `log(x / (1 − x))`, the inverse of `sigmoid`, accurate at ½ and at both ends. ∓∞ at 0 and 1, NaN outside.
 * @example logit(sigmoid(x)) // x
 */
export function logit(x: TensorLike): Tensor {
  const node = floatingOperand("logit", x);
  const [half, two, one] = [0.5, 2, 1].map((value) => fullLike(value, node));
  const central = binary("lt", unary("abs", sub(node, half)), fullLike(0.25, node));
  // Near ½ the logarithms would cancel; 2x − 1 is exact there. Each form gets a harmless argument where it is not used.
  const middle = sub(mul(two, select(central, node, half)), one);
  const logarithms = sub(unary("log", node), unary("log1p", neg(node)));
  return new Tensor(select(central, mul(two, unary("atanh", middle)), logarithms));
}

/** (−1)ᵏ / (2k + 1)!, the highest k first: sin(u)/u in u², for u up to π/4. */
const SINC = Array.from({ length: 11 }, (_, i) => (i % 2 === 0 ? 1 : -1) / factorial(2 * (10 - i) + 1));

/**
 * `sin(πx) / (πx)`, 1 at 0 and exactly 0 at the other integers; NaN at ±∞. All its derivatives are right at 0 too.
 * @example sinc(linspace(-3, 3, 100))
 */
export function sinc(x: TensorLike): Tensor {
  const node = floatingOperand("sinc", x);
  const constant = (value: number): Node => fullLike(value, node);
  const small = binary("lt", unary("abs", node), constant(0.25));
  // The quotient loses the derivatives at 0, the series has them.
  const u = mul(constant(Math.PI), select(small, node, constant(0)));
  const square = mul(u, u);
  const series = SINC.slice(1).reduce((sum, term) => add(mul(sum, square), constant(term)), constant(SINC[0]));
  // sin(πx) from the distance to the nearest integer, which is exact, and the sign by whether that is odd.
  const far = select(small, constant(0.5), node);
  const whole = unary("round", far);
  const odd = sub(whole, mul(constant(2), unary("floor", mul(constant(0.5), whole))));
  const sine = mul(sub(constant(1), mul(constant(2), odd)), unary("sin", mul(constant(Math.PI), sub(far, whole))));
  return new Tensor(select(small, series, div(sine, mul(constant(Math.PI), far))));
}
