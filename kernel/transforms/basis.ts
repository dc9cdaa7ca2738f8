/** @file Unit vectors for all entries of a tensor at once, and running a linear map over them. */
import { diagonalEmbed, full, reshape } from "../emit.ts";
import { concat, slice } from "../functions/shape.ts";
import { type Node, placeholderNode, type TensorType, type Trace } from "../graph/node.ts";
import { evaluateIfSettled } from "../runtime/evaluate.ts";
import { sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { batchNodes } from "../walks/batch.ts";

/** `[...shape, ...shape]`, 1 where the two positions are equal: a product of identity matrices, known as such. */
function identity({ shape, dtype }: TensorType): Node {
  let node = full(1, shape, dtype);
  const rank = shape.length;
  // Axis d of the first half is tied to axis d of the second, which is appended at the end.
  for (let d = 0; d < rank; d++) node = diagonalEmbed(node, d, rank + d);
  return node;
}

/** A linear map on nodes: `null` out is zero. */
export type LinearMap = (seed: Node) => readonly (Node | null)[];

/**
 * Applies `map` to every unit vector of a tensor of type `type`.
 * @returns per result of `map`, its values for all unit vectors with axes `[...type.shape, ...result.shape]`
 */
export function overBasis(type: TensorType, map: LinearMap, chunkSize?: number): (Node | null)[] {
  if (chunkSize !== undefined && chunkSize < sizeOf(type.shape)) return inChunks(type, map, chunkSize);
  const trace: Trace = { transform: "jacobian", open: true };
  // One axis of the basis at a time, innermost first; only the last rewriting sees the identity, and uses it.
  let seed = placeholderNode(type, trace);
  let results = map(seed);
  const { shape, dtype } = type;
  if (shape.length === 0) return substituted(seed, full(1, [], dtype), results);
  for (let d = shape.length - 1; d >= 0; d--) {
    const next = d === 0 ? identity(type) : placeholderNode({ shape: [...shape.slice(d), ...shape], dtype }, trace);
    results = batched(seed, next, shape[d], results);
    seed = next;
  }
  return [...results];
}

function batched(seed: Node, values: Node, size: number, results: readonly (Node | null)[]): (Node | null)[] {
  const present = results.filter((node) => node !== null);
  const out = batchNodes(new Map([[seed, values]]), size, present);
  let at = 0;
  return results.map((node) => (node === null ? null : out[at++]));
}

/** A scalar has one unit vector: a batch of one. */
function substituted(seed: Node, value: Node, results: readonly (Node | null)[]): (Node | null)[] {
  const rows = batched(seed, reshape(value, [1]), 1, results);
  return rows.map((row) => (row === null ? null : reshape(row, row.shape.slice(1))));
}

function inChunks(type: TensorType, map: LinearMap, chunkSize: number): (Node | null)[] {
  const size = sizeOf(type.shape);
  const trace: Trace = { transform: "jacobian", open: true };
  const seed = placeholderNode(type, trace);
  const results = map(seed);
  const basis = new Tensor(diagonalEmbed(full(1, [size], type.dtype), 0, 1));
  const parts: (Tensor | null)[][] = [];
  for (let start = 0; start < size; start += chunkSize) {
    const stop = Math.min(size, start + chunkSize);
    const rows = slice(basis, 0, start, stop).reshape([stop - start, ...type.shape]);
    const part = batched(seed, rows.node, stop - start, results);
    evaluateIfSettled(part.filter((node) => node !== null));
    parts.push(part.map((node) => (node === null ? null : new Tensor(node))));
  }
  return results.map((_, i) => {
    if (parts[0][i] === null) return null;
    const whole = concat(
      parts.map((part) => part[i]!),
      0,
    );
    return whole.reshape([...type.shape, ...whole.shape.slice(1)]).node;
  });
}
