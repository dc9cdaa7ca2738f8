/** @file Functions that change shape or order, and those that put tensors together or take them apart. */

import { promote } from "../dtype.ts";
import {
  binary,
  broadcastAlong,
  broadcastInDim,
  cast,
  diagonalEmbed,
  diagonal as diagonalNode,
  emit,
  full,
  iota,
  permute as permuteNodes,
  reshape as reshapeNodes,
  select,
} from "../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { moveAxisPermutation, normalizeAxes, normalizeAxis, range, type Shape, sizeOf } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { broadcastNode, describe, numberNode, operand } from "./operands.ts";

function requireIntegers(name: string, ...values: readonly number[]): void {
  const odd = values.findIndex((value) => !Number.isInteger(value));
  if (odd >= 0) throw new ArgumentError(`${name}: expected an integer, got ${String(values[odd])}.`);
}

/** Extents and axes come as one array, not one by one. */
function requireArray(name: string, what: string, list: readonly unknown[]): void {
  if (Array.isArray(list)) return;
  throw new ArgumentError(
    `${name}: expected ${what} as an array, such as [1, 0], got ${typeof list === "number" ? String(list) : describe(list)}. Put them in brackets.`,
  );
}

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
export const flatten = (x: Tensor): Tensor => reshape(x, [-1]);

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

function promoted(name: string, tensors: readonly TensorLike[]): Node[] {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new ArgumentError(
      `${name}: expected an array of at least one tensor, got ${Array.isArray(tensors) ? "an empty one" : typeof tensors}.`,
    );
  }
  const nodes = tensors.map((each) => operand(name, each));
  const dtype = nodes.map((node) => node.dtype).reduce(promote);
  return nodes.map((node) => cast(node, dtype));
}

/**
 * One behind the other along an axis that they have.
 * @example concat([tensor([[1, 2]]), tensor([[3, 4], [5, 6]])])   // [[1, 2], [3, 4], [5, 6]]
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const nodes = promoted("concat", tensors);
  const at = normalizeAxis("concat", axis, nodes[0].shape.length);
  return new Tensor(nodes.length === 1 ? nodes[0] : emit("concat", nodes, { axis: at }));
}

/**
 * Side by side along a new axis.
 * @example stack([tensor([1, 2]), tensor([3, 4])], 1)   // [[1, 3], [2, 4]]
 */
export function stack(tensors: readonly TensorLike[], axis = 0): Tensor {
  const nodes = promoted("stack", tensors);
  const [{ shape }] = nodes;
  const odd = nodes.find(
    (node) => node.shape.length !== shape.length || node.shape.some((extent, d) => extent !== shape[d]),
  );
  if (odd !== undefined) {
    throw new ShapeError(`stack: expected equal shapes, got ${showShape(shape)} and ${showShape(odd.shape)}.`);
  }
  const at = normalizeAxis("stack", axis, shape.length + 1);
  return concat(
    nodes.map((node) => expandDims(new Tensor(node), at)),
    at,
  );
}

/**
 * Parts along an axis: `parts` of equal extent, or of the given extents.
 * @example split(arange(5), [2, 3])[1]   // [2, 3, 4]
 */
export function split(x: Tensor, parts: number | readonly number[], axis = 0): Tensor[] {
  const node = operand("split", x);
  const d = normalizeAxis("split", axis, node.shape.length);
  const extents = typeof parts === "number" ? range(parts).map(() => node.shape[d] / parts) : parts;
  if (
    extents.some((each) => !Number.isInteger(each) || each < 0) ||
    extents.reduce((a, b) => a + b, 0) !== node.shape[d]
  ) {
    throw new ShapeError(
      `split: axis ${d} of ${showShape(node.shape)} cannot be split into ${JSON.stringify(parts)}; the extents must add up to ${node.shape[d]}.`,
    );
  }
  let start = 0;
  return extents.map((each) => {
    start += each;
    return slice(new Tensor(node), d, start - each, start);
  });
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

/**
 * Shifts along an axis; what leaves at one end comes in at the other.
 * @example roll(arange(4), 1, 0)   // [3, 0, 1, 2]
 */
export function roll(x: Tensor, shift: number, axis: number): Tensor {
  const value = new Tensor(operand("roll", x));
  const d = normalizeAxis("roll", axis, value.ndim);
  requireIntegers("roll", shift);
  const extent = value.shape[d];
  const by = extent === 0 ? 0 : ((shift % extent) + extent) % extent;
  return by === 0 ? value : concat([slice(value, d, extent - by), slice(value, d, 0, extent - by)], d);
}

/**
 * Repeats the whole tensor `counts[d]` times along axis d.
 * @example tile(tensor([1, 2]), [2])   // [1, 2, 1, 2]
 */
export function tile(x: Tensor, counts: readonly number[]): Tensor {
  const node = operand("tile", x);
  requireArray("tile", "the counts", counts);
  requireIntegers("tile", ...counts);
  if (counts.some((count) => count < 0)) {
    throw new ArgumentError(`tile: expected counts of 0 or more, got ${showShape(counts)}.`);
  }
  const rank = Math.max(node.shape.length, counts.length);
  const extents = [...new Array<number>(rank - node.shape.length).fill(1), ...node.shape];
  const repeats = [...new Array<number>(rank - counts.length).fill(1), ...counts];
  const shape = extents.flatMap((extent, d) => [repeats[d], extent]);
  const spread = broadcastInDim(
    reshapeNodes(node, extents),
    shape,
    range(rank).map((d) => 2 * d + 1),
  );
  return new Tensor(
    reshapeNodes(
      spread,
      extents.map((extent, d) => extent * repeats[d]),
    ),
  );
}

/**
 * Each entry `count` times in a row along `axis`; without `axis`, of the flattened tensor.
 * @example repeat(tensor([1, 2]), 2)   // [1, 1, 2, 2]
 */
export function repeat(x: Tensor, count: number, axis?: number): Tensor {
  const node = operand("repeat", x);
  if (!Number.isInteger(count) || count < 0) {
    throw new ArgumentError(
      `repeat: expected one count, an integer of 0 or more, for shape ${showShape(node.shape)}, got ${String(count)}. ` +
        "To repeat the whole tensor use tile.",
    );
  }
  if (axis === undefined) return repeat(reshape(x, [-1]), count, 0);
  const { shape } = node;
  const d = normalizeAxis("repeat", axis, shape.length);
  const spread = broadcastInDim(
    node,
    shape.toSpliced(d + 1, 0, count),
    range(shape.length).map((i) => (i > d ? i + 1 : i)),
  );
  return new Tensor(reshapeNodes(spread, shape.with(d, shape[d] * count)));
}

/**
 * Adds `[before, after]` entries of `value` at the ends of each axis.
 * @example pad(tensor([1, 2]), [[1, 2]], 9)   // [9, 1, 2, 9, 9]
 */
export function pad(x: Tensor, widths: readonly (readonly [number, number])[], value = 0): Tensor {
  const node = operand("pad", x);
  requireArray("pad", "the widths", widths);
  widths.forEach((width) => {
    requireArray("pad", "[before, after] of an axis", width);
  });
  if (widths.length !== node.shape.length || widths.flat().some((width) => !Number.isInteger(width) || width < 0)) {
    throw new ShapeError(
      `pad: expected one [before, after] of non-negative integers for each axis of ${showShape(node.shape)}, got ${JSON.stringify(widths)}.`,
    );
  }
  const shape = node.shape.map((extent, d) => extent + widths[d][0] + widths[d][1]);
  const params = { starts: widths.map(([before]) => before), steps: widths.map(() => 1), shape };
  const placed = emit("embed", [node], params);
  if (value === 0) return new Tensor(placed);
  const inside = emit("embed", [full(1, node.shape, "bool")], params);
  return new Tensor(select(inside, placed, broadcastNode(numberNode(value, node.dtype), shape)));
}

/**
 * The diagonal of two axes (the last two by default), which goes last.
 * @example diagonal(tensor([[1, 2, 3], [4, 5, 6]]))   // [1, 5]
 */
export function diagonal(x: Tensor, first = -2, second = -1): Tensor {
  const node = operand("diagonal", x);
  const [p, q] = [first, second]
    .map((axis) => normalizeAxis("diagonal", axis, node.shape.length))
    .sort((a, b) => a - b);
  if (p === q) throw new ShapeError("diagonal: expected two different axes.");
  const extent = Math.min(node.shape[p], node.shape[q]);
  const square = slice(slice(new Tensor(node), p, 0, extent), q, 0, extent);
  return moveAxis(new Tensor(diagonalNode(square.node, p, q)), p, -1);
}

/**
 * A vector becomes a diagonal matrix; a matrix gives its diagonal.
 * @example diag(tensor([1, 2]))   // [[1, 0], [0, 2]]
 */
export function diag(x: Tensor): Tensor {
  const node = operand("diag", x);
  if (node.shape.length === 1) return new Tensor(diagonalEmbed(node, 0, 1));
  if (node.shape.length === 2) return diagonal(x);
  throw new ShapeError(
    `diag: expected a vector or a matrix, got shape ${showShape(node.shape)}. Use diagonal(x, axis, axis).`,
  );
}

/**
 * Sum of the diagonal of matrices `[…, m, n]`.
 * @example trace(tensor([[1, 2], [3, 4]]))   // 5
 */
export const trace = (x: Tensor): Tensor => diagonal(x).sum(-1);

/** Keeps the entries where column − row is at most (tril) or at least (triu) `offset`. */
function triangle(name: "tril" | "triu", x: Tensor, offset: number): Tensor {
  const node = operand(name, x);
  const rank = node.shape.length;
  if (rank < 2)
    throw new ShapeError(`${name}: expected a matrix or a stack of them, got shape ${showShape(node.shape)}.`);
  requireIntegers(name, offset);
  const shape = node.shape.slice(-2);
  const distance = binary("sub", iota(shape, 1), iota(shape, 0));
  const bound = broadcastNode(full(offset, [], "int32"), shape);
  const mask = broadcastAlong(binary(name === "tril" ? "le" : "ge", distance, bound), node.shape, range(rank - 2));
  return new Tensor(select(mask, node, full(0, node.shape, node.dtype)));
}

/**
 * The lower triangle; `offset` moves its edge up.
 * @example tril(tensor([[1, 2], [3, 4]]))   // [[1, 0], [3, 4]]
 */
export const tril = (x: Tensor, offset = 0): Tensor => triangle("tril", x, offset);
/**
 * The upper triangle; `offset` moves its edge up.
 * @example triu(tensor([[1, 2], [3, 4]]), 1)   // [[0, 2], [0, 0]]
 */
export const triu = (x: Tensor, offset = 0): Tensor => triangle("triu", x, offset);
