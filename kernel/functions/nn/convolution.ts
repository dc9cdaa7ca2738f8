/**
 * @file Convolution, with the names and conventions of `torch.nn.functional`: channels stand before the spatial axes, a
 * leading axis of examples is optional, and a "convolution" does not flip its kernel.
 *
 * A convolution is one product of the weight and the windows, which are a view of x: never written out as a matrix, as in
 * Chellapilla, Puri, Simard, "High performance convolutional neural networks for document processing" (2006), but gathered
 * by the panels of the product. Its derivatives are products like it.
 */
import { dot, emit, permute, reshape } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import { range, type Shape } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { describe, promotedPair } from "../operands.ts";
import { slice } from "../shape.ts";
import { EXTENTS, type PerAxis, padSpatial, perAxis, requireFit, windowsOf, withExamples } from "./spatial.ts";

export interface ConvolutionOptions {
  /** Added to every output channel: `[out]`. */
  readonly bias?: Tensor;
  /** From one window to the next. Default 1. */
  readonly stride?: PerAxis;
  /** Zeros on both sides; "valid" is none, "same" keeps the extents (stride 1 only). Default 0. */
  readonly padding?: PerAxis | "same" | "valid";
  /** From one entry of a window to the next. Default 1. */
  readonly dilation?: PerAxis;
  /** Input and output channels in as many groups that do not mix. Default 1. */
  readonly groups?: number;
}

export interface TransposedConvolutionOptions extends Omit<ConvolutionOptions, "padding"> {
  /** Entries cut off on both sides: what the convolution that this is the transpose of had as padding. Default 0. */
  readonly padding?: PerAxis;
  /** Extent added at the end: several inputs of a convolution with a stride have outputs of one extent. Default 0. */
  readonly outputPadding?: PerAxis;
}

function requireGroups(name: string, groups: number, channels: number, out: number): void {
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0 || out % groups !== 0) {
    throw new ArgumentError(
      `${name}: expected groups that divide ${channels} input and ${out} output channels evenly, got ${groups}. ` +
        "Check the first two axes of the weight.",
    );
  }
}

function withBias(name: string, out: Tensor, bias: Tensor | undefined, spatial: number): Tensor {
  if (bias === undefined) return out;
  const channels = out.shape[1];
  if (!(bias instanceof Tensor) || bias.ndim !== 1 || bias.shape[0] !== channels) {
    throw new ShapeError(
      `${name}: expected a bias [${channels}], one for each output channel, got ${describe(bias)}. Reshape it.`,
    );
  }
  return out.add(bias.reshape([channels, ...new Array<number>(spatial).fill(1)]));
}

function paddingOf(
  name: string,
  padding: PerAxis | "same" | "valid",
  extents: Shape,
  strides: Shape,
  dilations: Shape,
): [number, number][] {
  if (padding === "valid") return extents.map(() => [0, 0]);
  if (padding !== "same") {
    return perAxis(name, "padding", padding, extents.length, 0).map((width) => [width, width]);
  }
  if (strides.some((stride) => stride !== 1)) {
    throw new ArgumentError(
      `${name}: padding "same" keeps the extents only with stride 1, got stride ${showShape(strides)}. Give padding as numbers.`,
    );
  }
  return extents.map((extent, i) => {
    const total = dilations[i] * (extent - 1);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
}

function convolve(name: string, spatial: number, x: Tensor, weight: Tensor, options: ConvolutionOptions): Tensor {
  const { bias, stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const { node, finish } = withExamples(name, x, spatial);
  const [data, kernel] = promotedPair(name, new Tensor(node), weight);
  const [examples, channels] = data.shape;
  if (kernel.shape.length !== spatial + 2) {
    throw new ShapeError(
      `${name}: expected a weight [out, channels / groups, ${EXTENTS[spatial]}], got ${showShape(kernel.shape)}.`,
    );
  }
  const [out, perGroup] = kernel.shape;
  requireGroups(name, groups, channels, out);
  if (perGroup * groups !== channels) {
    throw new ShapeError(
      `${name}: x ${showShape(x.shape)} has ${channels} channels in ${groups} group${groups > 1 ? "s" : ""}, but the weight ` +
        `${showShape(kernel.shape)} is for ${perGroup} in each. Axis 1 of the weight must be ${channels / groups}.`,
    );
  }
  const extents = kernel.shape.slice(2);
  const strides = perAxis(name, "stride", stride, spatial, 1);
  const dilations = perAxis(name, "dilation", dilation, spatial, 1);
  const widths = paddingOf(name, padding, extents, strides, dilations);
  const padded = padSpatial(new Tensor(data), widths);
  requireFit(name, padded.shape.slice(2), extents, dilations, x.shape);

  // [n, …groups, channels, …counts, …extents], with an axis of groups only if there are some.
  const split = groups === 1 ? [] : [groups];
  const g = split.length;
  const grouped = reshape(padded.node, [examples, ...split, perGroup, ...padded.shape.slice(2)]);
  const windows = windowsOf(grouped, range(spatial, 2 + g), extents, strides, dilations);
  const counts = windows.shape.slice(2 + g, 2 + g + spatial);
  const filters = reshape(kernel, [...split, out / groups, perGroup, ...extents]);
  const product = dot(filters, windows, {
    contract: [range(1 + spatial, 1 + g), [1 + g, ...range(spatial, 2 + g + spatial)]],
    batch: [range(g), range(g, 1)],
  });
  // [groups, rows, n, …counts] → [n, groups, rows, …counts]
  const examplesFirst = permute(product, [1 + g, ...range(1 + g), ...range(spatial, 2 + g)]);
  const result = new Tensor(reshape(examplesFirst, [examples, out, ...counts]));
  return finish(withBias(name, result, bias, spatial));
}

function convolveTransposed(
  name: string,
  spatial: number,
  x: Tensor,
  weight: Tensor,
  options: TransposedConvolutionOptions,
): Tensor {
  const { bias, stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = options;
  const { node, finish } = withExamples(name, x, spatial);
  const [data, kernel] = promotedPair(name, new Tensor(node), weight);
  const [examples, channels, ...counts] = data.shape;
  if (kernel.shape.length !== spatial + 2 || kernel.shape[0] !== channels) {
    throw new ShapeError(
      `${name}: expected a weight [${channels}, out / groups, ${EXTENTS[spatial]}] for x ${showShape(x.shape)} with ` +
        `${channels} channels, got ${showShape(kernel.shape)}.`,
    );
  }
  const [, rows, ...extents] = kernel.shape;
  requireGroups(name, groups, channels, rows * groups);
  const strides = perAxis(name, "stride", stride, spatial, 1);
  const dilations = perAxis(name, "dilation", dilation, spatial, 1);
  const cut = perAxis(name, "padding", padding, spatial, 0);
  const added = perAxis(name, "outputPadding", outputPadding, spatial, 0);
  if (added.some((extra, i) => extra >= Math.max(strides[i], dilations[i]))) {
    throw new ArgumentError(
      `${name}: expected outputPadding smaller than stride or dilation, got outputPadding ${showShape(added)} with stride ` +
        `${showShape(strides)} and dilation ${showShape(dilations)}.`,
    );
  }
  const whole = counts.map((count, i) => (count - 1) * strides[i] + dilations[i] * (extents[i] - 1) + 1);
  if (counts.includes(0) || whole.some((extent, i) => extent - 2 * cut[i] + added[i] < 1)) {
    throw new ShapeError(
      `${name}: x ${showShape(x.shape)} and a window of ${showShape(extents)} with padding ${showShape(cut)} leave no output. ` +
        "Use less padding.",
    );
  }
  // [groups, channels, rows, …extents] · [n, groups, channels, …counts] → [groups, rows, …extents, n, …counts]
  const product = dot(
    reshape(kernel, [groups, channels / groups, rows, ...extents]),
    reshape(data, [examples, groups, channels / groups, ...counts]),
    { contract: [[1], [2]], batch: [[0], [1]] },
  );
  const out = groups * rows;
  const merged = reshape(product, [out, ...extents, examples, ...counts]);
  const order = [1 + spatial, 0, ...range(spatial, 2 + spatial), ...range(spatial, 1)];
  const sums = new Tensor(
    emit("overlapAdd", [permute(merged, order)], {
      axes: range(spatial, 2),
      extents,
      strides,
      dilations,
      shape: [examples, out, ...whole],
    }),
  );
  return finish(withBias(name, cropped(sums, whole, cut, added), bias, spatial));
}

/** The spatial axes without `cut` entries on both sides, but with `added` ones at the end. */
function cropped(x: Tensor, whole: Shape, cut: Shape, added: Shape): Tensor {
  const widths = cut.map((width, i) => [0, Math.max(0, added[i] - width)] as const);
  return cut.reduce((out, width, i) => slice(out, 2 + i, width, whole[i] - width + added[i]), padSpatial(x, widths));
}

/**
 * Convolution along one axis: x `[n, channels, length]` or `[channels, length]`, weight `[out, channels / groups, size]`,
 * result `[n, out, windows]` with `(length + 2 padding − dilation (size − 1) − 1) / stride + 1` windows.
 * @example conv1d(tensor([[1, 2, 4, 8]]), tensor([[[1, -1]]]))   // [[-1, -2, -4]]
 */
export const conv1d = (x: Tensor, weight: Tensor, options: ConvolutionOptions = {}): Tensor =>
  convolve("conv1d", 1, x, weight, options);

/**
 * Convolution along two axes: x `[n, channels, height, width]` or `[channels, height, width]`, weight
 * `[out, channels / groups, height, width]`.
 * @example conv2d(images, weight, { bias, padding: "same" }).relu().maxPool2d(2)
 */
export const conv2d = (x: Tensor, weight: Tensor, options: ConvolutionOptions = {}): Tensor =>
  convolve("conv2d", 2, x, weight, options);

/**
 * The transpose of `conv1d` as a linear map of x: x `[n, channels, length]`, weight `[channels, out / groups, size]`,
 * result of length `(length − 1) stride − 2 padding + dilation (size − 1) + outputPadding + 1`.
 * @example convTranspose1d(tensor([[1, 10]]), tensor([[[1, 2, 3]]]), { stride: 2 })   // [[1, 2, 13, 20, 30]]
 */
export const convTranspose1d = (x: Tensor, weight: Tensor, options: TransposedConvolutionOptions = {}): Tensor =>
  convolveTransposed("convTranspose1d", 1, x, weight, options);

/**
 * The transpose of `conv2d` as a linear map of x: x `[n, channels, height, width]`, weight
 * `[channels, out / groups, height, width]`.
 * @example convTranspose2d(features, weight, { stride: 2, padding: 1, outputPadding: 1 })   // twice the extents
 */
export const convTranspose2d = (x: Tensor, weight: Tensor, options: TransposedConvolutionOptions = {}): Tensor =>
  convolveTransposed("convTranspose2d", 2, x, weight, options);
