/** @file Putting tensors together, taking them apart again, and repeating, rotating or padding the entries of one. */
import { promote } from "../dtype.ts";
import { broadcastInDim, cast, emit, full, reshape as reshapeNodes, select } from "../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { normalizeAxis, range } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { broadcastNode, numberNode, operand, requireArray, requireIntegers } from "./operands.ts";
import { expandDims, reshape, slice } from "./shape.ts";

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
