/**
 * @file Normalisation over examples, channels or features, by the names and defaults of `torch.nn.functional`.
 * Everything is a pure function: PyTorch's `batch_norm` in training writes its running statistics in place, which fails
 * under vmap; here new statistics are results, to be handed to the next step.
 */
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import { normalizeAxis, range, type Shape, sameShape, sizeOf } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { maximum, rsqrt, sqrt, stopGradient } from "../elementwise.ts";
import { floatingOperand, operands, toFloating } from "../operands.ts";
import { mean, variance } from "../reduction.ts";

export interface NormalizationOptions {
  /** Multiplies each channel: `[channels]`. */
  readonly weight?: Tensor;
  /** Added to each channel: `[channels]`. */
  readonly bias?: Tensor;
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number;
}

/** One mean and one variance for each channel: `[channels]`. */
export interface ChannelStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

export interface BatchNormOptions extends NormalizationOptions, ChannelStatistics {}

export interface BatchNormTrainingOptions extends NormalizationOptions {
  /** What earlier batches left. Default: mean 0 and variance 1. */
  readonly running?: ChannelStatistics;
  /** The share of this batch in the new running statistics. Default 0.1. */
  readonly momentum?: number;
}

/** `x` `[n, channels, …]` as a floating tensor. */
function withChannels(name: string, x: Tensor): Tensor {
  const value = new Tensor(floatingOperand(name, x));
  if (value.ndim < 2) {
    throw new ShapeError(
      `${name}: expected x [n, channels, ...], got ${showShape(value.shape)}. Add an axis with expandDims, or use layerNorm.`,
    );
  }
  return value;
}

/** A value for each channel, so that it broadcasts with `x`. */
function perChannel(name: string, what: string, value: Tensor, x: Tensor): Tensor {
  const channels = x.shape[1];
  if (!(value instanceof Tensor) || !sameShape(value.shape, [channels])) {
    const got = value instanceof Tensor ? showShape(value.shape) : typeof value;
    throw new ShapeError(
      `${name}: expected ${what} [${channels}], one for each channel of x ${showShape(x.shape)}, got ${got}.`,
    );
  }
  return value.reshape([channels, ...range(x.ndim - 2).map(() => 1)]);
}

function scaledAndShifted(name: string, normal: Tensor, { weight, bias }: NormalizationOptions): Tensor {
  const scaled = weight === undefined ? normal : normal.mul(perChannel(name, "a weight", weight, normal));
  return bias === undefined ? scaled : scaled.add(perChannel(name, "a bias", bias, normal));
}

const centered = (x: Tensor, center: Tensor, spread: Tensor, eps: number): Tensor =>
  x.sub(center).mul(rsqrt(spread.add(eps)));

/** All axes but that of the channels. */
const acrossChannels = (x: Tensor): number[] => range(x.ndim).filter((d) => d !== 1);

/** How many entries each channel has; there must be some. */
function countOf(name: string, x: Tensor, axes: readonly number[]): number {
  const count = sizeOf(axes.map((d) => x.shape[d]));
  if (count > 0) return count;
  throw new ShapeError(`${name}: x ${showShape(x.shape)} has no entries to take statistics of.`);
}

/**
 * Mean and variance of each channel of x `[n, channels, …]` over all other axes; the variance with divisor n, as batch
 * normalisation uses it.
 * @example const { mean, variance } = batchStatistics(x)
 */
export function batchStatistics(x: Tensor): ChannelStatistics {
  const value = withChannels("batchStatistics", x);
  const axes = acrossChannels(value);
  countOf("batchStatistics", value, axes);
  return { mean: mean(value, axes), variance: variance(value, axes, { correction: 0 }) };
}

/**
 * Batch normalisation by given statistics, as in evaluation: `(x − mean) / √(variance + eps) · weight + bias` for each
 * channel of x `[n, channels, …]`. S. Ioffe and C. Szegedy, "Batch normalization", ICML 2015.
 * @example batchNorm(x, { ...running, weight, bias })
 */
export function batchNorm(x: Tensor, options: BatchNormOptions): Tensor {
  const value = withChannels("batchNorm", x);
  const center = perChannel("batchNorm", "a mean", options?.mean, value);
  const spread = perChannel("batchNorm", "a variance", options.variance, value);
  return scaledAndShifted("batchNorm", centered(value, center, spread, options.eps ?? 1e-5), options);
}

/**
 * Batch normalisation by the batch's own statistics, as in training, and the new running ones:
 * `(1 − momentum) · running + momentum · batch`, the variance with divisor n − 1. Nothing is changed in place, where
 * PyTorch's `batch_norm` writes into its buffers: keep `running` for the next step, or for `batchNorm`. It carries no
 * derivative. Under vmap over examples each example is its own batch; normalise outside, or use `groupNorm`.
 * @example const { out, running } = batchNormTraining(x, { running: before, weight, bias })
 */
export function batchNormTraining(
  x: Tensor,
  options: BatchNormTrainingOptions = {},
): { readonly out: Tensor; readonly running: ChannelStatistics } {
  const name = "batchNormTraining";
  const { momentum = 0.1, eps = 1e-5 } = options;
  const value = withChannels(name, x);
  const axes = acrossChannels(value);
  const count = countOf(name, value, axes);
  if (count < 2) {
    throw new ShapeError(
      `${name}: expected more than one entry for each channel, got x ${showShape(value.shape)}. Use batchNorm with given statistics.`,
    );
  }
  if (!(momentum >= 0 && momentum <= 1)) {
    throw new ArgumentError(
      `${name}: expected a momentum from 0 to 1, got ${momentum} for x ${showShape(value.shape)}.`,
    );
  }
  const center = mean(value, axes);
  const spread = variance(value, axes, { correction: 0 });
  const normal = centered(
    value,
    perChannel(name, "a mean", center, value),
    perChannel(name, "a variance", spread, value),
    eps,
  );
  const renewed = (before: Tensor | undefined, what: string, start: number, now: Tensor): Tensor => {
    if (before !== undefined) perChannel(name, what, before, value);
    const old = before === undefined ? now.mul(0).add(start) : before;
    return stopGradient(old.mul(1 - momentum).add(now.mul(momentum)));
  };
  return {
    out: scaledAndShifted(name, normal, options),
    running: {
      mean: renewed(options.running?.mean, "a running mean", 0, center),
      variance: renewed(options.running?.variance, "a running variance", 1, spread.mul(count / (count - 1))),
    },
  };
}

function normalizedInGroups(name: string, x: Tensor, groups: number, options: NormalizationOptions): Tensor {
  const value = withChannels(name, x);
  const [n, channels, ...rest] = value.shape;
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new ArgumentError(
      `${name}: expected groups that divide the ${channels} channels of x ${showShape(value.shape)} evenly, got ${groups}.`,
    );
  }
  countOf(name, value, range(value.ndim - 1, 1));
  const grouped = value.reshape([n, groups, (channels / groups) * sizeOf(rest)]);
  const center = grouped.mean(-1, { keepDims: true });
  const spread = variance(grouped, -1, { keepDims: true, correction: 0 });
  const normal = centered(grouped, center, spread, options.eps ?? 1e-5).reshape(value.shape);
  return scaledAndShifted(name, normal, options);
}

/**
 * Mean 0 and variance 1 for each example over each group of channels of x `[n, channels, …]`, then `· weight + bias` for each
 * channel. Examples do not mix, so it maps. Y. Wu and K. He, "Group normalization", ECCV 2018.
 * @example groupNorm(x, 4, { weight, bias })
 */
export const groupNorm = (x: Tensor, groups: number, options: NormalizationOptions = {}): Tensor =>
  normalizedInGroups("groupNorm", x, groups, options);

/**
 * Mean 0 and variance 1 for each example and channel of x `[n, channels, …]`, then `· weight + bias` for each channel.
 * @example instanceNorm(images)
 */
export function instanceNorm(x: Tensor, options: NormalizationOptions = {}): Tensor {
  const value = withChannels("instanceNorm", x);
  if (sizeOf(value.shape.slice(2)) < 2) {
    throw new ShapeError(
      `instanceNorm: expected more than one entry for each example and channel, got x ${showShape(value.shape)}.`,
    );
  }
  return normalizedInGroups("instanceNorm", value, value.shape[1], options);
}

/** The last axes of `x` that `normalizedShape` names; what is given of `weights` must have that shape. */
function normalizedAxes(
  name: string,
  x: Tensor,
  normalizedShape: number | Shape,
  weights: Readonly<Record<string, Tensor | undefined>>,
): number[] {
  const shape = typeof normalizedShape === "number" ? [normalizedShape] : normalizedShape;
  const count = shape.length;
  if (count === 0 || count > x.ndim || !sameShape(x.shape.slice(-count), shape)) {
    throw new ShapeError(
      `${name}: expected x [..., ${shape.join(", ")}] for the normalized shape ${showShape(shape)}, got ` +
        `${showShape(x.shape)}. Give the extents of the last axes of x.`,
    );
  }
  for (const [what, each] of Object.entries(weights)) {
    if (each === undefined || sameShape(each.shape, shape)) continue;
    throw new ShapeError(
      `${name}: expected a ${what} of the normalized shape ${showShape(shape)}, got ${showShape(each.shape)}. Reshape it.`,
    );
  }
  return shape.map((_, i) => i - count);
}

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
  const axes = normalizedAxes("layerNorm", value, normalizedShape, { weight, bias });
  const center = mean(value, axes, { keepDims: true });
  const spread = variance(value, axes, { keepDims: true, correction: 0 });
  const normal = centered(value, center, spread, eps);
  const scaled = weight === undefined ? normal : normal.mul(weight);
  return bias === undefined ? scaled : scaled.add(bias);
}

export interface RmsNormOptions {
  /** Added to the mean square. Default: the distance from 1 to the next number of the type, as in PyTorch. */
  readonly eps?: number;
}

/**
 * `x / √(mean(x²) + eps) · weight` over the last axes. B. Zhang and R. Sennrich, "Root mean square layer normalization",
 * NeurIPS 2019.
 * @param normalizedShape the extents of those axes; a number for one axis
 * @param weight of that shape
 * @example rmsNorm(hidden, 512, weight)
 */
export function rmsNorm(
  x: Tensor,
  normalizedShape: number | Shape,
  weight?: Tensor,
  { eps }: RmsNormOptions = {},
): Tensor {
  const value = new Tensor(floatingOperand("rmsNorm", x));
  const axes = normalizedAxes("rmsNorm", value, normalizedShape, { weight });
  const smallest = eps ?? (value.dtype === "float32" ? 2 ** -23 : 2 ** -52);
  const normal = value.mul(rsqrt(value.square().mean(axes, { keepDims: true }).add(smallest)));
  return weight === undefined ? normal : normal.mul(weight);
}

export interface LengthOptions {
  /** The smallest length that is divided by. */
  readonly eps?: number;
}

/** Euclidean lengths along `axis`, at least `eps`. Bounded before the root, which has no derivative at 0. */
const lengths = (x: Tensor, axis: number, eps: number): Tensor =>
  sqrt(maximum(x.square().sum(axis, { keepDims: true }), eps * eps));

/**
 * `x` divided by its Euclidean length along `axis`, or by `eps` (1e-12) where that is larger.
 * @example normalize(tensor([3, 4]))   // [0.6, 0.8]
 */
export function normalize(x: Tensor, axis = -1, { eps = 1e-12 }: LengthOptions = {}): Tensor {
  const value = new Tensor(floatingOperand("normalize", x));
  return value.div(lengths(value, normalizeAxis("normalize", axis, value.ndim), eps));
}

/**
 * Cosine of the angle between `x` and `y`, which broadcast, along `axis`. Lengths below `eps` (1e-8) count as that.
 * @example cosineSimilarity(tensor([1, 0]), tensor([1, 1]))   // 0.7071
 */
export function cosineSimilarity(x: Tensor, y: Tensor, axis = -1, { eps = 1e-8 }: LengthOptions = {}): Tensor {
  // Broadcast first: an axis that repeats is as long as the other's.
  const [a, b] = operands("cosineSimilarity", [x, y], toFloating).map((node) => new Tensor(node));
  const d = normalizeAxis("cosineSimilarity", axis, a.ndim);
  return a
    .div(lengths(a, d, eps))
    .mul(b.div(lengths(b, d, eps)))
    .sum(d);
}
