/**
 * @file Pooling over sliding windows, with the names and conventions of `torch.nn.functional`, and the windows themselves. A
 * window is a view, so nothing is moved.
 */
import { cast } from "../../emit.ts";
import { ArgumentError, showShape } from "../../errors.ts";
import type { Node } from "../../graph/node.ts";
import { distinctAxes, range, sizeOf } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { ones } from "../creation.ts";
import { notBool, operand, toFloating } from "../operands.ts";
import { max, sum } from "../reduction.ts";
import { type PerAxis, padSpatial, perAxis, requireFit, windowsOf, withExamples } from "./spatial.ts";

export interface MaxPoolOptions {
  /** Default: the extents of the window. */
  readonly stride?: PerAxis;
  /** Entries on both sides that are never the largest. At most half a window. Default 0. */
  readonly padding?: PerAxis;
  /** Default 1. */
  readonly dilation?: PerAxis;
}

export interface AvgPoolOptions {
  /** Default: the extents of the window. */
  readonly stride?: PerAxis;
  /** Zeros on both sides. At most half a window. Default 0. */
  readonly padding?: PerAxis;
  /** Whether the zeros of the padding count in the divisor. Default true. */
  readonly countIncludePad?: boolean;
}

export interface WindowOptions {
  /** From one window to the next. Default 1. */
  readonly stride?: PerAxis;
  /** From one entry of a window to the next. Default 1. */
  readonly dilation?: PerAxis;
}

interface Pool {
  /** Windows at the end, for an input with examples. */
  readonly windows: Node;
  readonly axes: readonly number[];
  readonly extents: readonly number[];
  finish(out: Tensor): Tensor;
  /** Windows of another tensor with the same spatial extents, padded with zeros. */
  windowsLike(other: Tensor): Node;
}

function pooled(
  name: string,
  spatial: number,
  x: Tensor,
  kernel: PerAxis,
  options: MaxPoolOptions,
  edge: number,
): Pool {
  const { node, finish } = withExamples(name, x, spatial);
  const value = cast(node, notBool(node.dtype));
  const extents = perAxis(name, "the window", kernel, spatial, 1);
  const strides = perAxis(name, "stride", options.stride ?? extents, spatial, 1);
  const dilations = perAxis(name, "dilation", options.dilation ?? 1, spatial, 1);
  const widths = perAxis(name, "padding", options.padding ?? 0, spatial, 0);
  if (widths.some((width, i) => 2 * width > extents[i])) {
    throw new ArgumentError(
      `${name}: expected padding of at most half a window, got ${showShape(widths)} for a window of ${showShape(extents)}.`,
    );
  }
  const sides = widths.map((width) => [width, width] as const);
  const axes = range(spatial, 2);
  const inner = range(spatial, 2 + spatial);
  const windows = (each: Tensor, fill: number): Node => {
    const padded = padSpatial(each, sides, fill);
    requireFit(name, padded.shape.slice(2), extents, dilations, x.shape);
    return windowsOf(padded.node, axes, extents, strides, dilations);
  };
  return {
    windows: windows(new Tensor(value), edge),
    axes: inner,
    extents,
    finish,
    windowsLike: (other) => windows(other, 0),
  };
}

function maxPool(name: string, spatial: number, x: Tensor, kernel: PerAxis, options: MaxPoolOptions): Tensor {
  const { windows, axes, finish } = pooled(name, spatial, x, kernel, options, Number.NEGATIVE_INFINITY);
  return finish(max(new Tensor(windows), axes));
}

function avgPool(name: string, spatial: number, x: Tensor, kernel: PerAxis, options: AvgPoolOptions): Tensor {
  const { countIncludePad = true, ...rest } = options;
  const { windows, axes, extents, finish, windowsLike } = pooled(name, spatial, x, kernel, rest, 0);
  const total = sum(new Tensor(windows), axes);
  if (countIncludePad) return finish(total.div(sizeOf(extents)));
  const inside = ones([1, 1, ...x.shape.slice(-spatial)], { dtype: toFloating(x.dtype) });
  return finish(total.div(sum(new Tensor(windowsLike(inside)), axes)));
}

/**
 * Windows of `size` entries that slide along `axis`, or along several axes; the positions inside a window are new last
 * axes, and the axis itself counts the windows. A view: nothing is copied. NumPy's `sliding_window_view`, and `unfold`
 * of PyTorch.
 * @example slidingWindows(arange(5), 3)   // [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
 */
export function slidingWindows(
  x: Tensor,
  size: PerAxis,
  axis: number | readonly number[] = -1,
  { stride = 1, dilation = 1 }: WindowOptions = {},
): Tensor {
  const node = operand("slidingWindows", x);
  const axes = distinctAxes("slidingWindows", typeof axis === "number" ? [axis] : axis, node.shape.length);
  const extents = perAxis("slidingWindows", "size", size, axes.length, 1);
  const dilations = perAxis("slidingWindows", "dilation", dilation, axes.length, 1);
  const along = axes.map((d) => node.shape[d]);
  requireFit("slidingWindows", along, extents, dilations, node.shape);
  const strides = perAxis("slidingWindows", "stride", stride, axes.length, 1);
  return new Tensor(windowsOf(node, axes, extents, strides, dilations));
}

/**
 * The largest entry of each window of x `[n, channels, length]` or `[channels, length]`. At a tie the derivative is
 * shared in equal parts, as `max` does; PyTorch gives all of it to the first.
 * @example maxPool1d(tensor([[1, 3, 2, 5]]), 2)   // [[3, 5]]
 */
export const maxPool1d = (x: Tensor, kernel: PerAxis, options: MaxPoolOptions = {}): Tensor =>
  maxPool("maxPool1d", 1, x, kernel, options);

/**
 * The largest entry of each window of x `[n, channels, height, width]` or `[channels, height, width]`. At a tie the
 * derivative is shared in equal parts, as `max` does; PyTorch gives all of it to the first.
 * @example maxPool2d(images, 3, { stride: 2, padding: 1 })
 */
export const maxPool2d = (x: Tensor, kernel: PerAxis, options: MaxPoolOptions = {}): Tensor =>
  maxPool("maxPool2d", 2, x, kernel, options);

/**
 * The mean of each window of x `[n, channels, length]` or `[channels, length]`.
 * @example avgPool1d(tensor([[1, 3, 2, 6]]), 2)   // [[2, 4]]
 */
export const avgPool1d = (x: Tensor, kernel: PerAxis, options: AvgPoolOptions = {}): Tensor =>
  avgPool("avgPool1d", 1, x, kernel, options);

/**
 * The mean of each window of x `[n, channels, height, width]` or `[channels, height, width]`.
 * @example avgPool2d(images, [2, 3], { stride: 1, padding: [1, 0], countIncludePad: false })
 */
export const avgPool2d = (x: Tensor, kernel: PerAxis, options: AvgPoolOptions = {}): Tensor =>
  avgPool("avgPool2d", 2, x, kernel, options);
