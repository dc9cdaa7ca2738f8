/** @file Pieces of neural networks, with the names and defaults of `torch.nn.functional`. */
import { isFloating } from "../../dtype.ts";
import { emit } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import { type Shape, sameShape } from "../../shape.ts";
import { Tensor, type TensorLike } from "../../tensor.ts";
import { where } from "../choice.ts";
import { ones } from "../creation.ts";
import { add, rsqrt } from "../elementwise.ts";
import { positionsNode } from "../indexing/positions.ts";
import { floatingOperand, operand } from "../operands.ts";
import { matmul } from "../product.ts";
import { softmax, variance } from "../reduction.ts";
import { transpose, tril } from "../shape.ts";
import { compared, type LossOptions, reduced } from "./losses.ts";

export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
}

/**
 * Mean 0 and variance 1 over the last axes, then `· weight + bias`.
 * @param normalizedShape the extents of those axes; a number for one axis
 * @param weight of that shape, as is `bias`
 * @example layerNorm(tensor([1, 3]), 2, undefined, undefined, { eps: 0 })   // [-1, 1]
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: number | Shape,
  weight?: Tensor,
  bias?: Tensor,
  { eps = 1e-5 }: LayerNormOptions = {},
): Tensor {
  const value = new Tensor(floatingOperand("layerNorm", x));
  const shape = typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
  const count = shape.length;
  if (count === 0 || count > value.ndim || !sameShape(value.shape.slice(-count), shape)) {
    throw new ShapeError(
      `layerNorm: expected x [..., ${shape.join(", ")}] for the normalized shape ${showShape(shape)}, got ` +
        `${showShape(value.shape)}. Give the extents of the last axes of x.`,
    );
  }
  for (const [name, each] of Object.entries({ weight, bias })) {
    if (each === undefined || sameShape(each.shape, shape)) continue;
    throw new ShapeError(
      `layerNorm: expected a ${name} of the normalized shape ${showShape(shape)}, got ${showShape(each.shape)}. Reshape it.`,
    );
  }
  const axes = shape.map((_, i) => i - count);
  const centered = value.sub(value.mean(axes, { keepDims: true }));
  const spread = variance(value, axes, { keepDims: true, correction: 0 });
  const normal = centered.mul(rsqrt(spread.add(eps)));
  const scaled = weight === undefined ? normal : normal.mul(weight);
  return bias === undefined ? scaled : scaled.add(bias);
}

/**
 * `(input − target)²`, for a target of the input's shape or a number; by default the mean of all entries.
 * @example mseLoss(tensor([1, 2]), tensor([1, 4]))   // 2
 */
export function mseLoss(input: Tensor, target: TensorLike, options: LossOptions = {}): Tensor {
  const [x, y] = compared("mseLoss", input, target);
  return reduced("mseLoss", x.sub(y).square(), options);
}

/**
 * `|input − target|`, for a target of the input's shape or a number; by default the mean of all entries.
 * @example l1Loss(tensor([1, 2]), tensor([1, 4]))   // 1
 */
export function l1Loss(input: Tensor, target: TensorLike, options: LossOptions = {}): Tensor {
  const [x, y] = compared("l1Loss", input, target);
  return reduced("l1Loss", x.sub(y).abs(), options);
}

export interface HuberOptions extends LossOptions {
  /** Where the parabola becomes a line. Default 1. */
  readonly delta?: number;
}

/**
 * `½ d²` for differences `d` up to `delta`, beyond it `delta · (|d| − ½ delta)`.
 * @example huberLoss(tensor([1, 2]), tensor([1, 5]))   // 1.25
 */
export function huberLoss(input: Tensor, target: TensorLike, options: HuberOptions = {}): Tensor {
  const { delta = 1 } = options;
  const [x, y] = compared("huberLoss", input, target);
  if (!(delta > 0)) {
    throw new ArgumentError(
      `huberLoss: expected a positive delta, got ${delta} for input ${showShape(x.shape)}. Leave it out for 1.`,
    );
  }
  const difference = x.sub(y);
  // One formula for both parts: c · (d − ½ c) with d clipped to c. It has no kink at 0 and squares nothing large.
  const clipped = difference.clip(-delta, delta);
  return reduced("huberLoss", clipped.mul(difference.sub(clipped.mul(0.5))), options);
}

export interface KlDivOptions extends Omit<LossOptions, "reduction"> {
  /** As for other losses, or "batchMean": the sum divided by the extent of axis 0, which is the divergence per example. */
  readonly reduction?: LossOptions["reduction"] | "batchMean";
  /** Whether the target is given as logarithms too. Default false. */
  readonly logTarget?: boolean;
}

/**
 * Kullback–Leibler divergence of probabilities `target` from those whose logarithms are `input`: entries
 * `target · (log target − input)`, 0 where the target is.
 * @example klDiv(logits.logSoftmax(-1), target, { reduction: "batchMean" })
 */
export function klDiv(input: Tensor, target: Tensor, options: KlDivOptions = {}): Tensor {
  const [x, given] = compared("klDiv", input, target);
  const y = new Tensor(floatingOperand("klDiv", given));
  const { reduction, logTarget = false } = options;
  // What is not a probability, a NaN too, stays visible: only zeros count as nothing.
  const zero = y.eq(0);
  const losses = logTarget ? y.exp().mul(y.sub(x)) : where(zero, 0, y.mul(where(zero, 1, y).log().sub(x)));
  if (reduction !== "batchMean") return reduced("klDiv", losses, { reduction });
  if (losses.ndim === 0) {
    throw new ShapeError('klDiv: expected examples along axis 0 for the reduction "batchMean", got []. Use "sum".');
  }
  return losses.sum().div(losses.shape[0]);
}

/**
 * Cross entropy of probabilities `target` and `sigmoid(logits)`, without overflow.
 * @example binaryCrossEntropyWithLogits(tensor([0, 1000]), tensor([1, 1]))   // 0.3466
 */
export function binaryCrossEntropyWithLogits(logits: Tensor, target: TensorLike, options: LossOptions = {}): Tensor {
  const [x, y] = compared("binaryCrossEntropyWithLogits", logits, target);
  return reduced("binaryCrossEntropyWithLogits", x.softplus().sub(x.mul(y)), options);
}

/** Classes are along axis 1, or 0 of a vector. */
function classAxis(name: string, input: Tensor): number {
  if (input.ndim === 0) {
    throw new ShapeError(
      `${name}: expected scores [classes] or [n, classes, ...], got []. Add an axis with expandDims.`,
    );
  }
  return Math.min(1, input.ndim - 1);
}

/** The negative of the entry of each target's class, for logarithms of probabilities `[n, classes, …]`. */
function negativeOfTargets(name: string, logProbabilities: Tensor, targets: Tensor): Tensor {
  const axis = classAxis(name, logProbabilities);
  const { shape } = logProbabilities;
  const expected = shape.filter((_, d) => d !== axis);
  if (!(targets instanceof Tensor) || !sameShape(targets.shape, expected)) {
    const got = targets instanceof Tensor ? showShape(targets.shape) : typeof targets;
    throw new ShapeError(
      `${name}: expected targets ${showShape(expected)}, a class for each row of ${showShape(shape)} with the classes ` +
        `along axis ${axis}, got ${got}. Reshape the targets, or move the classes there with moveAxis.`,
    );
  }
  const positions = positionsNode(name, targets, logProbabilities.node, axis, 0);
  const lines = new Tensor(positions).expandDims(axis);
  return new Tensor(emit("takeAlongAxis", [logProbabilities.node, lines.node], { axis })).squeeze(axis).neg();
}

/**
 * Negative log likelihood: logarithms of probabilities `[n, classes, …]` and target classes `[n, …]`, integers.
 * @example nllLoss(tensor([[-1, -2], [-3, -4]]), tensor([0, 1], { dtype: "int32" }))   // 2.5
 */
export function nllLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const value = new Tensor(floatingOperand("nllLoss", input));
  return reduced("nllLoss", negativeOfTargets("nllLoss", value, target), options);
}

/**
 * Cross entropy of target classes and `softmax(logits)`: logits `[n, classes, …]` and integer targets `[n, …]`, or
 * `[classes]` and a scalar. Floating targets of the logits' shape are probabilities of the classes.
 * @example crossEntropy(tensor([[0, 0], [0, 0]]), tensor([0, 1], { dtype: "int32" }))   // 0.6931
 */
export function crossEntropy(logits: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const value = new Tensor(floatingOperand("crossEntropy", logits));
  const axis = classAxis("crossEntropy", value);
  const logProbabilities = value.logSoftmax(axis);
  const losses =
    target instanceof Tensor && isFloating(target.dtype) && sameShape(target.shape, value.shape)
      ? logProbabilities.mul(target).sum(axis).neg()
      : negativeOfTargets("crossEntropy", logProbabilities, target);
  return reduced("crossEntropy", losses, options);
}

/**
 * The rows of `weight` `[count, features]` at integer positions of any shape: `[…indices.shape, features]`.
 * @example embedding(tensor([[1, 2], [3, 4]]), [1, 0, 1])   // [[3, 4], [1, 2], [3, 4]]
 */
export function embedding(weight: Tensor, indices: Tensor | readonly number[]): Tensor {
  const node = operand("embedding", weight);
  if (node.shape.length !== 2) {
    throw new ShapeError(
      `embedding: expected a weight [count, features], got ${showShape(node.shape)}. Give the weight first, then the indices.`,
    );
  }
  return new Tensor(emit("take", [node, positionsNode("embedding", indices, node, 0, 0)], { axis: 0 }));
}

export interface AttentionOptions {
  /** Position i sees the positions up to i. */
  readonly causal?: boolean;
  /** Broadcasts to `[…, queries, keys]`. Truth values: true takes part. Numbers: added to the scores. */
  readonly mask?: Tensor;
  /** Of the scores. Default `1 / √features`. */
  readonly scale?: number;
}

/**
 * Scaled dot-product attention, `softmax(query · keyᵀ · scale) · value`: query `[…, L, E]`, key `[…, S, E]`, value
 * `[…, S, V]`, result `[…, L, V]`. Leading axes broadcast.
 * @example attention(zeros([2, 3]), zeros([4, 3]), ones([4, 5]))   // [[1, 1, 1, 1, 1], [1, 1, 1, 1, 1]]
 */
export function attention(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor {
  const shapes = [query, key, value].map((each) => operand("attention", each).shape);
  const fits =
    shapes.every((shape) => shape.length >= 2) &&
    shapes[0].at(-1) === shapes[1].at(-1) &&
    shapes[1].at(-2) === shapes[2].at(-2);
  if (!fits) {
    throw new ShapeError(
      "attention: expected query [..., L, E], key [..., S, E] and value [..., S, V], got " +
        `${shapes.map(showShape).join(", ")}. Check the last two axes of each.`,
    );
  }
  const { causal = false, mask, scale = 1 / Math.sqrt(query.shape.at(-1) ?? 1) } = options;
  let scores = matmul(query, transpose(key, -2, -1)).mul(scale);
  const keep = (test: Tensor): void => {
    scores = where(test, scores, Number.NEGATIVE_INFINITY);
  };
  if (causal) keep(tril(ones(scores.shape.slice(-2), { dtype: "bool" })));
  if (mask?.dtype === "bool") keep(mask);
  else if (mask !== undefined) scores = add(scores, mask);
  return matmul(softmax(scores, -1), value);
}
