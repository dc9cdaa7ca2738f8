/** @file Losses by the names of `torch.nn.functional`. They compare two tensors of one shape, or scores with classes. */
import { isFloating } from "../../dtype.ts";
import { emit } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import { sameShape } from "../../shape.ts";
import { Tensor, type TensorLike } from "../../tensor.ts";
import { where } from "../choice.ts";
import { positionsNode } from "../indexing/positions.ts";
import { floatingOperand, operand } from "../operands.ts";

export interface LossOptions {
  /** How the losses of the entries become one number: their mean (default), their sum, or "none" to keep them all. */
  readonly reduction?: "mean" | "sum" | "none";
}

/** Losses of entries as what the options ask for. */
function reduced(name: string, losses: Tensor, { reduction = "mean" }: LossOptions): Tensor {
  switch (reduction) {
    case "mean":
      return losses.mean();
    case "sum":
      return losses.sum();
    case "none":
      return losses;
    default:
      throw new ArgumentError(
        `${name}: there is no reduction ${JSON.stringify(reduction)} of losses of shape ${showShape(losses.shape)}; expected "mean", "sum" or "none".`,
      );
  }
}

/** Both as tensors of one shape: that `[n]` and `[n, 1]` would broadcast to `[n, n]` is never what is wanted. */
function compared(name: string, input: Tensor, target: TensorLike): [Tensor, TensorLike] {
  const value = new Tensor(floatingOperand(name, input));
  operand(name, target);
  if (target instanceof Tensor && !sameShape(target.shape, value.shape)) {
    throw new ShapeError(
      `${name}: expected a target of the input's shape ${showShape(value.shape)}, got ${showShape(target.shape)}. ` +
        "Reshape one of them.",
    );
  }
  return [value, target];
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
