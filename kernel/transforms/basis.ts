/** @file Unit vectors for all entries of a tensor at once, and running a linear map over them. */
import { diagonalEmbed, full, reshape } from "../emit.ts";
import { slice } from "../functions/shape.ts";
import { type Node, placeholderNode, type TensorType, type Trace } from "../graph/node.ts";
import { padTo } from "../primitives/padded.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { batchNodes } from "../walks/batch.ts";
import { type Chunkable, inChunksOf, inFittingChunks, type Rows } from "./chunks.ts";

/** `[...shape, ...shape]`, 1 where the two positions are equal: a product of identity matrices, known as such. */
function identity({ shape, dtype }: TensorType): Node {
  let node = full(1, shape, dtype);
  const rank = shape.length;
  // Axis d of the first half is tied to axis d of the second, which is appended at the end.
  for (let d = 0; d < rank; d++) node = diagonalEmbed(node, d, rank + d);
  return node;
}

/** A linear map on nodes: `null` out is zero. */
export type LinearMap = (seed: Node) => Rows;

/**
 * Applies `map` to every unit vector of a tensor of type `type`.
 * @param chunkSize unit vectors at once; by default as many as fit in memory
 * @returns per result of `map`, its values for all unit vectors with axes `[...type.shape, ...result.shape]`
 */
export function overBasis(type: TensorType, map: LinearMap, chunkSize?: number): Rows {
  const { shape, dtype } = type;
  const trace: Trace = { transform: "jacobian", open: true };
  const seed = placeholderNode(type, trace);
  const results = map(seed);
  if (shape.length === 0) return substituted(seed, full(1, [], dtype), results);

  // The longest axis is the one that can be divided most finely.
  const axis = shape.indexOf(Math.max(...shape));
  const job: Chunkable = {
    size: shape[axis],
    axis,
    whole: () => atUnits(type, seed, results, shape, 0, trace),
    part(start, stop) {
      const part = [...shape];
      part[axis] = stop - start;
      return atUnits(type, seed, results, part, start, trace);
    },
  };
  if (chunkSize === undefined) return inFittingChunks(job);
  const size = sizeOf(shape);
  if (chunkSize >= size) return job.whole();
  const perPlace = size / shape[axis];
  if (chunkSize >= perPlace) return inChunksOf(job, Math.floor(chunkSize / perPlace));
  return rowByRow(type, seed, results, chunkSize);
}

/**
 * `results` for the unit vectors at positions `[...units]`, those of one axis beginning at `start`. One axis of the basis
 * at a time, innermost first; only the last rewriting sees the unit vectors, and uses their structure.
 */
function atUnits(
  { shape, dtype }: TensorType,
  seed: Node,
  results: Rows,
  units: Shape,
  start: number,
  trace: Trace,
): Rows {
  const starts = [...units.map(() => 0), ...shape.map((extent, d) => (extent === units[d] ? 0 : start))];
  const vectors = padTo(identity({ shape: units, dtype }), starts, [...units, ...shape]);
  let rows = results;
  let at = seed;
  for (let d = shape.length - 1; d >= 0; d--) {
    const next = d === 0 ? vectors : placeholderNode({ shape: [...units.slice(d), ...shape], dtype }, trace);
    rows = batched(at, next, units[d], rows);
    at = next;
  }
  return rows;
}

function batched(seed: Node, values: Node, size: number, results: Rows): Rows {
  const present = results.filter((node) => node !== null);
  const out = batchNodes(new Map([[seed, values]]), size, present);
  let at = 0;
  return results.map((node) => (node === null ? null : out[at++]));
}

/** A scalar has one unit vector: a batch of one. */
function substituted(seed: Node, value: Node, results: Rows): Rows {
  const rows = batched(seed, reshape(value, [1]), 1, results);
  return rows.map((row) => (row === null ? null : reshape(row, row.shape.slice(1))));
}

/** Chunks smaller than one place of the longest axis: the unit vectors in row-major order, some at a time. */
function rowByRow({ shape, dtype }: TensorType, seed: Node, results: Rows, chunkSize: number): Rows {
  const size = sizeOf(shape);
  const all = new Tensor(diagonalEmbed(full(1, [size], dtype), 0, 1));
  const part = (start: number, stop: number): Rows => {
    const vectors = slice(all, 0, start, stop).reshape([stop - start, ...shape]);
    return batched(seed, vectors.node, stop - start, results);
  };
  const rows = inChunksOf({ size, axis: 0, part, whole: () => part(0, size) }, chunkSize);
  return rows.map((row) => (row === null ? null : reshape(row, [...shape, ...row.shape.slice(1)])));
}
