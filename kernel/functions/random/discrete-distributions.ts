/**
 * @file Draws from discrete distributions; parameters as in distributions.ts. A discrete draw does not move with a small
 * change of its parameters: its derivative is 0, which is not the derivative of its expectation.
 */
import { emit } from "../../emit.ts";
import { ArgumentError } from "../../errors.ts";
import { NO_PARAMS } from "../../graph/node.ts";
import { Tensor, type TensorLike } from "../../tensor.ts";
import { log } from "../elementwise.ts";
import { describe } from "../operands.ts";
import { argmax } from "../reduction.ts";
import {
  type DistributionOptions,
  keys,
  lastExtent,
  prepared,
  requireAtLeast,
  shapeWithLast,
  standardExponential,
  standardUniform,
} from "./distribution-request.ts";

/**
 * 1 with probability `p`, else 0, as numbers of the parameter's floating type unless `dtype` says otherwise. The
 * derivative is 0.
 * @example bernoulli(0.3, { shape: [10], dtype: "bool" })
 */
export function bernoulli(p: TensorLike, options: DistributionOptions = {}): Tensor {
  if (typeof p === "number" && !(p >= 0 && p <= 1)) {
    throw new ArgumentError(`bernoulli: expected a probability from 0 to 1, got ${p}. For logits use sigmoid of them.`);
  }
  const { request, parameters } = prepared("bernoulli", [p], options);
  return standardUniform(request)
    .lt(parameters[0])
    .to(options.dtype ?? request.dtype);
}

/**
 * Poisson distribution of the given rate, its mean; whole numbers of the rate's floating type unless `dtype` says
 * otherwise. The derivative is 0.
 * @example poisson(tensor([0.5, 4, 100]))
 */
export function poisson(rate: TensorLike, options: DistributionOptions = {}): Tensor {
  requireAtLeast("poisson", "rate", rate, 0, false);
  const { request, parameters } = prepared("poisson", [rate], options);
  const [key0, key1] = keys(request);
  const out = new Tensor(emit("poissonDraw", [parameters[0].node, key0.node, key1.node], NO_PARAMS));
  return out.to(options.dtype ?? request.dtype);
}

/** Weights of classes along the last axis: logarithms of probabilities up to a constant, or probabilities up to a factor. */
export type CategoricalWeights = Tensor | { readonly logits: Tensor } | { readonly probs: Tensor };

function logitsOf(weights: CategoricalWeights): Tensor {
  if (weights instanceof Tensor) return weights;
  const { probs, logits } = (weights ?? {}) as { readonly probs?: unknown; readonly logits?: unknown };
  if (probs instanceof Tensor) return log(probs);
  if (logits instanceof Tensor) return logits;
  throw new ArgumentError(
    `categorical: expected a tensor of logits, { logits } or { probs } with a tensor, got ${describe(weights)}. ` +
      "Wrap arrays with tensor(…).",
  );
}

/**
 * The position of a class, int32, drawn by the weights along the last axis: the largest of the logits plus Gumbel noise
 * (E. J. Gumbel, "Statistical theory of extreme values", 1954), so it needs no values and can be mapped. Differentiable
 * with derivative 0.
 * @param weights logits `[…, k]`, or `{ probs }` of that shape, which need not add up to 1
 * @param options `shape` is that of the result; without, `[…]`
 * @example categorical({ probs: tensor([0.2, 0.5, 0.3]) }, { shape: [1000] })
 */
export function categorical(weights: CategoricalWeights, options: Omit<DistributionOptions, "dtype"> = {}): Tensor {
  const logits = logitsOf(weights);
  const k = lastExtent("categorical", "weights", logits);
  const shape = shapeWithLast("categorical", options.shape, k);
  // In double precision: in single, the noise of many classes would often be equal.
  const { request, parameters } = prepared("categorical", [logits], { ...options, shape, dtype: "float64" });
  const noise = log(standardExponential(request)).neg();
  return argmax(parameters[0].add(noise), -1);
}
