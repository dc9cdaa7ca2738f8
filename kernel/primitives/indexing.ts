/** @file Reading and adding at positions that are data: take along an axis, and its transpose. */

import { add, binary, broadcastLeading, emit, fullLike, iota, permute, reshape } from "../emit.ts";
import type { Node, TensorType } from "../graph/node.ts";
import { dynamicForm, identityForms } from "../loops/form.ts";
import type { Index } from "../loops/ir.ts";
import { scatterAddForm, takeForm } from "../onnx/forms/positions.ts";
import { define, type NDArray, type Point } from "../primitive.ts";
import { moveAxisPermutation, range, sizeOf } from "../shape.ts";
import { type Position, scattered } from "../structure/rules.ts";
import { requirePositions, resolvedPositions, resolveExpr, resolvePosition } from "./positions.ts";

interface TakeParams {
  readonly axis: number;
}
interface ScatterParams extends TakeParams {
  readonly extent: number;
}
declare module "../primitive.ts" {
  interface PrimitiveParams {
    /** `inputs[0]` at the positions `inputs[1]` (int32, any shape) along `axis`, which that shape replaces. */
    take: TakeParams;
    /** Zeros with extent `extent` along `axis`, plus each slice of `inputs[0]` at its position in `inputs[1]`. */
    scatterAdd: ScatterParams;
  }
}

/** The forms of a position in the tensor that has `extent` along `axis`, for one in the tensor with indices there. */
function throughIndices<P>(point: Point<P>, axis: number, extent: number): Index[] {
  const rank = point.inputs[1].shape.length;
  const { index, variables } = point;
  const position = resolveExpr(point.read(1, index.slice(axis, axis + rank)), extent);
  return [...index.slice(0, axis), dynamicForm(1, position, variables), ...index.slice(axis + rank)];
}

/** Visits slices: `full` counts entries of the tensor with extent along the axis, `short` of the one with indices. */
function forEachSlice(
  full: TensorType,
  indices: NDArray,
  axis: number,
  visit: (full: number, short: number) => void,
): void {
  const extent = full.shape[axis];
  const inner = sizeOf(full.shape.slice(axis + 1));
  const outer = sizeOf(full.shape.slice(0, axis));
  const count = indices.data.length;
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < count; k++) {
      const from = (o * extent + resolvePosition(indices.data[k], extent)) * inner;
      const to = (o * count + k) * inner;
      for (let i = 0; i < inner; i++) visit(from + i, to + i);
    }
  }
}

/** The positions in both tensors of each entry of the one with indices. */
function bothPositions(short: TensorType, indices: Node, axis: number, extent: number): [Position[], Position[]] {
  const rank = indices.shape.length;
  const forms = identityForms(short.shape.length);
  const table: Position = { node: resolvedPositions(indices, extent), along: range(rank, axis), below: extent };
  return [forms, [...forms.slice(0, axis), table, ...forms.slice(axis + rank)]];
}

/** With a batch axis in front, row b of the indices refers to slice b: positions in the two axes merged into one. */
function mergedIndices(indices: Node, extent: number): Node {
  const size = indices.shape[0];
  const start = binary("mul", iota(indices.shape, 0), fullLike(extent, indices));
  return reshape(add(resolvedPositions(indices, extent), start), [size * sizeOf(indices.shape.slice(1))]);
}

define("take", {
  infer([x, indices], { axis }) {
    requirePositions("take", indices);
    return { shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], dtype: x.dtype };
  },
  evaluate([x, indices], out, { axis }) {
    forEachSlice(x, indices, axis, (from, to) => {
      out.data[to] = x.data[from];
    });
  },
  derivative: {
    kind: "linear",
    wrt: () => [0],
    transpose: (cotangent, _, [x, indices], { axis }) =>
      emit("scatterAdd", [cotangent, indices], { axis, extent: x.shape[axis] }),
  },
  structure: (_, [x, indices], out, { axis }) =>
    scattered(out.shape, ...bothPositions(out, indices, axis, x.shape[axis])),
  batch([x, indices], [batchedX, batchedIndices], size, { axis }) {
    if (!batchedIndices) return emit("take", [x, indices], { axis: axis + 1 });
    if (!batchedX) {
      const taken = emit("take", [x, indices], { axis });
      return permute(taken, moveAxisPermutation(taken.shape.length, axis, 0));
    }
    // [B, …, n, …] → [B · n, …, …], one take, then back.
    const front = permute(x, moveAxisPermutation(x.shape.length, axis + 1, 1));
    const rest = front.shape.slice(2);
    const rows = reshape(front, [size * front.shape[1], ...rest]);
    const taken = emit("take", [rows, mergedIndices(indices, front.shape[1])], { axis: 0 });
    const positions = indices.shape.slice(1);
    const split = reshape(taken, [size, ...positions, ...rest]);
    const lead = range(axis, 1 + positions.length);
    const tail = range(rest.length - axis, 1 + positions.length + axis);
    return permute(split, [0, ...lead, ...range(positions.length, 1), ...tail]);
  },
  lowering: {
    kind: "point",
    cost: 4,
    at: (point) => point.read(0, throughIndices(point, point.params.axis, point.inputs[0].shape[point.params.axis])),
  },
  onnx: takeForm,
});

define("scatterAdd", {
  infer([updates, indices], { axis, extent }) {
    requirePositions("scatterAdd", indices);
    const after = updates.shape.slice(axis + indices.shape.length);
    return { shape: [...updates.shape.slice(0, axis), extent, ...after], dtype: updates.dtype };
  },
  evaluate([updates, indices], out, { axis }) {
    forEachSlice(out, indices, axis, (to, from) => {
      out.data[to] += updates.data[from];
    });
  },
  derivative: {
    kind: "linear",
    wrt: () => [0],
    transpose: (cotangent, _, [, indices], { axis }) => emit("take", [cotangent, indices], { axis }),
  },
  structure(_, [updates, indices], __, { axis, extent }) {
    const [short, long] = bothPositions(updates, indices, axis, extent);
    return scattered(updates.shape, long, short);
  },
  batch([updates, indices], [batchedUpdates, batchedIndices], size, { axis, extent }) {
    if (!batchedIndices) return emit("scatterAdd", [updates, indices], { axis: axis + 1, extent });
    const all = batchedUpdates ? updates : broadcastLeading(updates, [size]);
    // [B, …, i…, …] → [B · i…, …, …], one scatter into [B · n, …, …], then back.
    const positions = indices.shape.slice(1);
    const lead = range(axis, 1);
    const middle = range(positions.length, 1 + axis);
    const tail = range(all.shape.length - 1 - axis - positions.length, 1 + axis + positions.length);
    const front = permute(all, [0, ...middle, ...lead, ...tail]);
    const rest = front.shape.slice(1 + positions.length);
    const rows = reshape(front, [size * sizeOf(positions), ...rest]);
    const scattered = emit("scatterAdd", [rows, mergedIndices(indices, extent)], { axis: 0, extent: size * extent });
    const split = reshape(scattered, [size, extent, ...rest]);
    return permute(split, moveAxisPermutation(split.shape.length, 1, axis + 1));
  },
  lowering: {
    kind: "scatter",
    fill: () => 0,
    accumulate: () => true,
    pieces: () => [0],
    place: (point) => throughIndices(point, point.params.axis, point.params.extent),
  },
  onnx: scatterAddForm,
});
