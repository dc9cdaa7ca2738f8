/** @file Functions that change shape or order, or take a part: the entries stay as they are. */
import { emit, permute as permuteNodes, reshape as reshapeNodes } from "../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../errors.ts";
import { moveAxisPermutation, normalizeAxes, normalizeAxis, range, type Shape, sizeOf } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { broadcastNode, operand, requireArray, requireIntegers } from "./operands.ts";

/**
 * The same entries in row-major order under another shape; one extent may be −1.
 * @example reshape(arange(6), [2, -1])   // [[0, 1, 2], [3, 4, 5]]
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const node = operand("reshape", x);
  requireArray("reshape", "a shape", shape);
  const free = shape.filter((extent) => extent === -1).length;
  const known = sizeOf(shape.filter((extent) => extent !== -1));
  const fits = free === 0 ? known === node.size : free === 1 && known > 0 && node.size % known === 0;
  if (!fits || shape.some((extent) => !Number.isInteger(extent) || extent < -1)) {
    throw new ShapeError(
      `reshape: ${showShape(node.shape)} has ${node.size} entries and does not fit ${showShape(shape)}. ` +
        "The product of the extents must be the same; one of them may be -1.",
    );
  }
  return new Tensor(
    reshapeNodes(
      node,
      shape.map((extent) => (extent === -1 ? node.size / known : extent)),
    ),
  );
}

/**
 * One axis with all entries.
 * @example flatten(tensor([[1, 2], [3, 4]]))   // [1, 2, 3, 4]
 */
export const flatten = (x: Tensor): Tensor => reshape(new Tensor(operand("flatten", x)), [-1]);

/**
 * Output axis d is input axis `axes[d]`.
 * @example permute(zeros([2, 3, 4]), [2, 0, 1]).shape   // [4, 2, 3]
 */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  const node = operand("permute", x);
  requireArray("permute", "the axes in their new order", axes);
  const list = axes.map((axis) => normalizeAxis("permute", axis, node.shape.length));
  if (list.length !== node.shape.length || new Set(list).size !== list.length) {
    throw new ShapeError(
      `permute: expected each of the ${node.shape.length} axes of ${showShape(node.shape)} once, got ${showShape(axes)}.`,
    );
  }
  return new Tensor(permuteNodes(node, list));
}

/**
 * Exchanges two axes; without them, reverses all.
 * @example transpose(tensor([[1, 2, 3], [4, 5, 6]]))   // [[1, 4], [2, 5], [3, 6]]
 */
export function transpose(x: Tensor, first?: number, second?: number): Tensor {
  const node = operand("transpose", x);
  const rank = node.shape.length;
  if (first === undefined || second === undefined) return new Tensor(permuteNodes(node, range(rank).reverse()));
  const a = normalizeAxis("transpose", first, rank);
  const b = normalizeAxis("transpose", second, rank);
  return new Tensor(
    permuteNodes(
      node,
      range(rank).map((d) => (d === a ? b : d === b ? a : d)),
    ),
  );
}

/**
 * Moves one axis to another place and keeps the order of the others.
 * @example moveAxis(zeros([2, 3, 4]), 0, -1).shape   // [3, 4, 2]
 */
export function moveAxis(x: Tensor, from: number, to: number): Tensor {
  const node = operand("moveAxis", x);
  const rank = node.shape.length;
  const place = normalizeAxis("moveAxis", to, rank);
  return new Tensor(permuteNodes(node, moveAxisPermutation(rank, normalizeAxis("moveAxis", from, rank), place)));
}

/**
 * Inserts an axis of extent 1 so that it becomes axis `axis` of the result.
 * @example expandDims(zeros([2, 3]), -1).shape   // [2, 3, 1]
 */
export function expandDims(x: Tensor, axis: number): Tensor {
  const node = operand("expandDims", x);
  const at = normalizeAxis("expandDims", axis, node.shape.length + 1);
  return new Tensor(reshapeNodes(node, [...node.shape.slice(0, at), 1, ...node.shape.slice(at)]));
}

/**
 * Removes axes of extent 1: the given ones, or all.
 * @example squeeze(zeros([1, 3, 1]), 0).shape   // [3, 1]
 */
export function squeeze(x: Tensor, axis?: number | readonly number[]): Tensor {
  const node = operand("squeeze", x);
  const axes =
    axis === undefined
      ? range(node.shape.length).filter((d) => node.shape[d] === 1)
      : normalizeAxes("squeeze", axis, node.shape.length);
  const wide = axes.find((d) => node.shape[d] !== 1);
  if (wide !== undefined) {
    throw new ShapeError(
      `squeeze: axis ${wide} of ${showShape(node.shape)} has extent ${node.shape[wide]}; only extent 1 can go.`,
    );
  }
  return new Tensor(
    reshapeNodes(
      node,
      node.shape.filter((_, d) => !axes.includes(d)),
    ),
  );
}

/**
 * Repeats along axes of extent 1 and new leading axes, by NumPy's rules.
 * @example broadcastTo(tensor([1, 2]), [3, 2])   // [[1, 2], [1, 2], [1, 2]]
 */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  const node = operand("broadcastTo", x);
  requireArray("broadcastTo", "a shape", shape);
  const lead = shape.length - node.shape.length;
  if (lead < 0 || node.shape.some((extent, d) => extent !== 1 && extent !== shape[lead + d])) {
    throw new ShapeError(
      `broadcastTo: ${showShape(node.shape)} does not broadcast to ${showShape(shape)}. Counted from the right, its axes must be equal to the target's or 1.`,
    );
  }
  return new Tensor(broadcastNode(node, shape));
}

/**
 * Entries `start, start + step, …` up to but not including `stop` along one axis. Negatives count from the end.
 * @example slice(arange(6), 0, 1, -1, 2)   // [1, 3]
 */
export function slice(x: Tensor, axis: number, start: number, stop?: number, step = 1): Tensor {
  const node = operand("slice", x);
  const d = normalizeAxis("slice", axis, node.shape.length);
  const extent = node.shape[d];
  if (!Number.isInteger(step) || step < 1)
    throw new ArgumentError(`slice: step must be a positive integer, got ${step}. For a reversed order use flip.`);
  requireIntegers("slice", start, stop ?? 0);
  const place = (at: number): number => Math.max(0, Math.min(extent, at < 0 ? at + extent : at));
  const from = place(start);
  const count = Math.max(0, Math.ceil((place(stop ?? extent) - from) / step));
  const starts = node.shape.map((_, i) => (i === d ? from : 0));
  const steps = node.shape.map((_, i) => (i === d ? step : 1));
  const shape = node.shape.map((each, i) => (i === d ? count : each));
  return new Tensor(
    from === 0 && count === extent && step === 1 ? node : emit("slice", [node], { starts, steps, shape }),
  );
}

/**
 * Reverses the order along axes; without them along all.
 * @example flip(tensor([[1, 2], [3, 4]]), 1)   // [[2, 1], [4, 3]]
 */
export function flip(x: Tensor, axis?: number | readonly number[]): Tensor {
  const node = operand("flip", x);
  return new Tensor(emit("flip", [node], { axes: normalizeAxes("flip", axis, node.shape.length) }));
}
