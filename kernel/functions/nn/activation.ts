/** @file Activation functions by the names and defaults of `torch.nn.functional`; `sigmoid` and `tanh` are in elementwise.ts. */
import { add as addNodes, binary, fullLike, mul as mulNodes, select, unary } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import type { Node } from "../../graph/node.ts";
import { normalizeAxis } from "../../shape.ts";
import { Tensor, type TensorLike } from "../../tensor.ts";
import { where } from "../choice.ts";
import { div, mul, sigmoid, tanh } from "../elementwise.ts";
import { broadcastNode, floatingOperand, numberNode, operand, requireNumber } from "../operands.ts";
import { draw, type GeneratorOption, sharedGenerator } from "../random/draw.ts";
import { slice } from "../shape.ts";

/** The argument of the function of that name, for functions made of others, which would speak of theirs. */
const floating = (name: string, x: TensorLike): Tensor => new Tensor(floatingOperand(name, x));

const filled = (value: number, like: Node): Node => broadcastNode(numberNode(value, like.dtype), like.shape);

/**
 * x where it is positive, else 0. Its derivative at 0 is 0.
 * @example relu(tensor([-1, 2]))   // [0, 2]
 */
export const relu = (x: TensorLike): Tensor => {
  const node = operand("relu", x);
  const zero = fullLike(0, node);
  // Derivative 0 at 0, as in PyTorch; maximum(x, 0) would give ½. NaN is not at or below 0, and stays.
  return new Tensor(select(binary("le", node, zero), zero, node));
};

/**
 * `x` where it is positive, else `negativeSlope · x`.
 * @example leakyRelu(tensor([-1, 2]))   // [-0.01, 2]
 */
export function leakyRelu(x: TensorLike, negativeSlope = 0.01): Tensor {
  const node = floatingOperand("leakyRelu", x);
  requireNumber("leakyRelu", "negativeSlope", negativeSlope);
  return new Tensor(select(binary("gt", node, fullLike(0, node)), node, mulNodes(filled(negativeSlope, node), node)));
}

/** `x` where it is positive, else `alpha · (exp(x / divisor) − 1)`, times `scale`. */
function exponentialLinear(name: string, x: TensorLike, alpha: number, divisor: number, scale: number): Tensor {
  const node = floatingOperand(name, x);
  requireNumber(name, "alpha", alpha);
  const zero = fullLike(0, node);
  const positive = binary("gt", node, zero);
  // The exponential of a large entry is not taken: infinite, it would make the derivative NaN where it is not used.
  const exponent = binary("div", select(positive, zero, node), filled(divisor, node));
  const curve = mulNodes(filled(alpha, node), unary("expm1", exponent));
  return new Tensor(mulNodes(filled(scale, node), select(positive, node, curve)));
}

/**
 * `x` where it is positive, else `alpha · (exp(x) − 1)`.
 * @example elu(tensor([-1, 2]))   // [-0.6321, 2]
 */
export function elu(x: TensorLike, alpha = 1): Tensor {
  const node = floatingOperand("elu", x);
  requireNumber("elu", "alpha", alpha);
  const zero = fullLike(0, node);
  const positive = binary("gt", node, zero);
  // The exponential of a large entry is not taken: infinite, it would make the derivative NaN where it is not used.
  const curve = unary("expm1", select(positive, zero, node));
  return new Tensor(select(positive, node, mulNodes(filled(alpha, node), curve)));
}

/**
 * Self-normalising: `1.0507… · x` where positive, else `1.0507… · 1.6733… · (exp(x) − 1)`. G. Klambauer et al.,
 * "Self-normalizing neural networks", NeurIPS 2017.
 * @example selu(tensor([-1, 2]))   // [-1.1113, 2.1014]
 */
export const selu = (x: TensorLike): Tensor => exponentialLinear("selu", x, 1.6732632423543772, 1, 1.0507009873554805);

/**
 * `x` where positive, else `alpha · (exp(x / alpha) − 1)`: continuously differentiable for every `alpha`.
 * @example celu(x, 0.5)
 */
export const celu = (x: TensorLike, alpha = 1): Tensor => exponentialLinear("celu", x, alpha, alpha, 1);

/**
 * `log(1 + exp(x))` without overflow.
 * @example softplus(tensor([-1000, 1000]))   // [0, 1000]
 */
export const softplus = (x: TensorLike): Tensor => {
  const node = floatingOperand("softplus", x);
  const zero = fullLike(0, node);
  const positive = binary("gt", node, zero);
  // Chosen by `select` where max and abs would do for the value: their derivatives at 0 would lose the curvature there.
  const magnitude = select(positive, unary("neg", node), node);
  return new Tensor(addNodes(select(positive, node, zero), unary("log1p", unary("exp", magnitude))));
};

/**
 * `log(sigmoid(x))`, that is `−softplus(−x)`: accurate where the sigmoid underflows.
 * @example logSigmoid(-800) // −800
 */
export const logSigmoid = (x: TensorLike): Tensor => {
  const node = floatingOperand("logSigmoid", x);
  return new Tensor(unary("neg", softplus(new Tensor(unary("neg", node))).node));
};

/**
 * `x · sigmoid(x)`.
 * @example silu(tensor([0, 50]))   // [0, 50]
 */
export const silu = (x: TensorLike): Tensor => mul(x, sigmoid(x));

/**
 * `x · Φ(x)` with the normal distribution function Φ, exact form.
 * @example gelu(tensor([-1, 1]))   // [-0.1587, 0.8413]
 */
export const gelu = (x: TensorLike): Tensor => {
  const node = floatingOperand("gelu", x);
  return new Tensor(mulNodes(node, unary("ndtr", node)));
};

/**
 * `x` kept within `low … high`. The derivative is 0 at the bounds, as in PyTorch; that of `clip` is 1 there.
 * @example hardtanh(tensor([-3, 0.5]))   // [-1, 0.5]
 */
export function hardtanh(x: TensorLike, low = -1, high = 1): Tensor {
  const node = floatingOperand("hardtanh", x);
  requireNumber("hardtanh", "low", low);
  requireNumber("hardtanh", "high", high);
  if (!(low <= high)) {
    throw new ArgumentError(
      `hardtanh: expected low ≤ high, got ${low} and ${high} for shape ${showShape(node.shape)}.`,
    );
  }
  const [bottom, top] = [filled(low, node), filled(high, node)];
  const below = select(binary("ge", node, top), top, node);
  return new Tensor(select(binary("le", node, bottom), bottom, below));
}

/** `x` kept within 0 … 6.
 * @example relu6(tensor([-1, 3, 8]))   // [0, 3, 6]
 */
export const relu6 = (x: TensorLike): Tensor => hardtanh(floating("relu6", x), 0, 6);

/** `(x + 3) / 6` kept within 0 … 1: a sigmoid of three lines.
 * @example hardsigmoid(tensor([-4, 0, 4]))   // [0, 0.5, 1]
 */
export function hardsigmoid(x: TensorLike): Tensor {
  const node = floatingOperand("hardsigmoid", x);
  return relu6(new Tensor(addNodes(node, fullLike(3, node)))).div(6);
}

/** `x · hardsigmoid(x)`.
 * @example hardswish(tensor([-4, 1, 4]))   // [0, 0.6667, 4]
 */
export function hardswish(x: TensorLike): Tensor {
  const value = floating("hardswish", x);
  return mul(value, hardsigmoid(value));
}

/** `x · tanh(softplus(x))`.
 * @example mish(tensor([1]))   // [0.8651]
 */
export function mish(x: TensorLike): Tensor {
  const value = floating("mish", x);
  return mul(value, tanh(softplus(value)));
}

/** `x / (1 + |x|)`.
 * @example softsign(tensor([-3, 1]))   // [-0.75, 0.5]
 */
export function softsign(x: TensorLike): Tensor {
  const value = floating("softsign", x);
  return div(value, value.abs().add(1));
}

/**
 * `x` where it is positive, else `weight · x`: a leaky relu whose slopes are learnt.
 * @param weight a scalar, or one slope for each channel of x `[n, channels, …]`
 * @example prelu(x, tensor([0.25]))
 */
export function prelu(x: Tensor, weight: TensorLike): Tensor {
  const node = floatingOperand("prelu", x);
  const slope = new Tensor(
    typeof weight === "number" ? numberNode(weight, node.dtype) : floatingOperand("prelu", weight),
  );
  const channels = node.shape.length < 2 ? 1 : node.shape[1];
  if (slope.ndim > 1 || (slope.size !== 1 && slope.size !== channels)) {
    throw new ShapeError(
      `prelu: expected one slope, or ${channels}, one for each channel of x ${showShape(node.shape)}, got ${showShape(slope.shape)}.`,
    );
  }
  const value = new Tensor(node);
  const shaped = slope.reshape(slope.size === 1 ? [] : [channels, ...node.shape.slice(2).map(() => 1)]);
  return where(value.gt(0), value, value.mul(shaped));
}

/**
 * Gated linear unit: the first half along `axis` times the sigmoid of the second. Y. Dauphin et al., "Language modeling with
 * gated convolutional networks", ICML 2017.
 * @example glu(linear(x, weight))   // [n, 2 k] → [n, k]
 */
export function glu(x: Tensor, axis = -1): Tensor {
  const value = new Tensor(floatingOperand("glu", x));
  const d = normalizeAxis("glu", axis, value.ndim);
  if (value.shape[d] % 2 !== 0) {
    throw new ShapeError(`glu: expected an even extent along axis ${d}, two halves, got ${showShape(value.shape)}.`);
  }
  const half = value.shape[d] / 2;
  return mul(slice(value, d, 0, half), sigmoid(slice(value, d, half)));
}

export interface DropoutOptions extends GeneratorOption {
  /** Without training `x` is returned as it is. Default true. */
  readonly training?: boolean;
}

/**
 * Each entry is 0 with probability `rate`, else divided by `1 − rate`, so that the mean stays. Inside vmap say what draws do:
 * `{ randomness: "different" }` for a mask per example, `"same"` for one.
 * @example dropout(hidden, 0.1, { generator })
 */
export function dropout(x: Tensor, rate = 0.5, options: DropoutOptions = {}): Tensor {
  const { training = true, generator = sharedGenerator } = options;
  const node = floatingOperand("dropout", x);
  requireNumber("dropout", "rate", rate);
  if (!(rate >= 0 && rate <= 1)) {
    throw new ArgumentError(`dropout: expected a rate from 0 to 1, got ${rate} for shape ${showShape(node.shape)}.`);
  }
  const value = new Tensor(node);
  if (!training || rate === 0) return value;
  const kept = draw("dropout", node.shape, "bool", (count) => generator.bernoulli(1 - rate, count));
  const zero = new Tensor(fullLike(0, node));
  return rate === 1 ? zero : where(kept, value.div(1 - rate), zero);
}
