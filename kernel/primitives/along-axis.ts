/** @file Reading and adding at positions that differ from line to line: take along an axis, and its transpose. */

import { broadcastLeading, emit } from "../emit.ts";
import { ShapeError, showShape } from "../errors.ts";
import type { Node, TensorType } from "../graph/node.ts";
import { dynamicForm, identityForms } from "../loops/form.ts";
import type { Index } from "../loops/ir.ts";
import { scatterAddAlongAxisForm, takeAlongAxisForm } from "../onnx/forms/positions.ts";
import { define, type NDArray, type Point } from "../primitive.ts";
import { range, sameShape, sizeOf } from "../shape.ts";
import { type Position, scattered } from "../structure/rules.ts";
import { requirePositions, resolvedPositions, resolveExpr, resolvePosition } from "./positions.ts";

interface AlongParams {
  readonly axis: number;
}
interface ScatterParams extends AlongParams {
  readonly extent: number;
}
declare module "../primitive.ts" {
  interface PrimitiveParams {
    /** `out[…, k, …] = inputs[0][…, inputs[1][…, k, …], …]`; the two have equal extents but along `axis`. */
    takeAlongAxis: AlongParams;
    /** Zeros with extent `extent` along `axis`, plus each entry of `inputs[0]` at its position in `inputs[1]`. */
    scatterAddAlongAxis: ScatterParams;
  }
}

const withExtent = (shape: readonly number[], axis: number, extent: number): number[] =>
  shape.map((each, d) => (d === axis ? extent : each));

/** The forms of an entry in the tensor that is `extent` long, for one in the tensor that is as long as the positions. */
function throughPositions<P>(point: Point<P>, axis: number, extent: number): Index[] {
  const position = resolveExpr(point.read(1, point.index), extent);
  return point.index.map((form, d) => (d === axis ? dynamicForm(1, position, point.variables) : form));
}

/** Visits pairs of entries: `long` counts those of the tensor with `extent`, `short` those of the positions. */
function forEachPosition(
  extent: number,
  positions: NDArray,
  axis: number,
  visit: (long: number, short: number) => void,
): void {
  const count = positions.shape[axis];
  const inner = sizeOf(positions.shape.slice(axis + 1));
  const outer = sizeOf(positions.shape.slice(0, axis));
  let short = 0;
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < count; k++) {
      for (let i = 0; i < inner; i++) {
        visit((o * extent + resolvePosition(positions.data[short], extent)) * inner + i, short);
        short++;
      }
    }
  }
}

/** The positions in both tensors of each entry of the one that is as long as the positions. */
function bothPositions(positions: Node, axis: number, extent: number): [Position[], Position[]] {
  const rank = positions.shape.length;
  const forms: Position[] = identityForms(rank);
  return [forms, forms.with(axis, { node: resolvedPositions(positions, extent), along: range(rank), below: extent })];
}

/** Both inputs with the batch axis in front. */
const bothBatched = (inputs: readonly Node[], batched: readonly boolean[], size: number): Node[] =>
  inputs.map((input, i) => (batched[i] ? input : broadcastLeading(input, [size])));

define("takeAlongAxis", {
  infer([x, positions], { axis }): TensorType {
    requirePositions("takeAlongAxis", positions);
    if (
      positions.shape.length !== x.shape.length ||
      !sameShape(withExtent(x.shape, axis, 0), withExtent(positions.shape, axis, 0))
    ) {
      throw new ShapeError(
        `takeAlongAxis: expected positions shaped like ${showShape(x.shape)} but along axis ${axis}, got ` +
          `${showShape(positions.shape)}. Broadcast one of them.`,
      );
    }
    return { shape: positions.shape, dtype: x.dtype };
  },
  evaluate([x, positions], out, { axis }) {
    forEachPosition(x.shape[axis], positions, axis, (from, to) => {
      out.data[to] = x.data[from];
    });
  },
  derivative: {
    kind: "linear",
    wrt: () => [0],
    transpose: (cotangent, _, [x, positions], { axis }) =>
      emit("scatterAddAlongAxis", [cotangent, positions], { axis, extent: x.shape[axis] }),
  },
  structure: (_, [x, positions], out, { axis }) =>
    scattered(out.shape, ...bothPositions(positions, axis, x.shape[axis])),
  batch: (inputs, batched, size, { axis }) =>
    emit("takeAlongAxis", bothBatched(inputs, batched, size), { axis: axis + 1 }),
  lowering: {
    kind: "point",
    cost: 4,
    at: (point) => point.read(0, throughPositions(point, point.params.axis, point.inputs[0].shape[point.params.axis])),
  },
  onnx: takeAlongAxisForm,
});

define("scatterAddAlongAxis", {
  infer([updates, positions], { axis, extent }): TensorType {
    requirePositions("scatterAddAlongAxis", positions);
    if (!sameShape(updates.shape, positions.shape)) {
      throw new ShapeError(
        `scatterAddAlongAxis: expected a position for each entry, got ${showShape(updates.shape)} and ` +
          `${showShape(positions.shape)}. Broadcast one of them.`,
      );
    }
    return { shape: withExtent(updates.shape, axis, extent), dtype: updates.dtype };
  },
  evaluate([updates, positions], out, { axis, extent }) {
    forEachPosition(extent, positions, axis, (to, from) => {
      out.data[to] += updates.data[from];
    });
  },
  derivative: {
    kind: "linear",
    wrt: () => [0],
    transpose: (cotangent, _, [, positions], { axis }) => emit("takeAlongAxis", [cotangent, positions], { axis }),
  },
  structure(_, [updates, positions], __, { axis, extent }) {
    const [short, long] = bothPositions(positions, axis, extent);
    return scattered(updates.shape, long, short);
  },
  batch: (inputs, batched, size, { axis, extent }) =>
    emit("scatterAddAlongAxis", bothBatched(inputs, batched, size), { axis: axis + 1, extent }),
  lowering: {
    kind: "scatter",
    fill: () => 0,
    accumulate: () => true,
    pieces: () => [0],
    place: (point) => throughPositions(point, point.params.axis, point.params.extent),
  },
  onnx: scatterAddAlongAxisForm,
});
