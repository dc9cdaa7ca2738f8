/** @file Unit vectors for all entries of a tensor at once, and running a linear map over them. */
import type { DType } from "../dtype.ts";
import { add, binary, cast, diagonalEmbed, full, fullLike, iota, permute, reshape } from "../emit.ts";
import { type Node, placeholderNode, type TensorType, type Trace } from "../graph/node.ts";
import { padTo } from "../primitives/padded.ts";
import { range, type Shape, sizeOf } from "../shape.ts";
import { batchNodes } from "../walks/batch.ts";
import { inChunks, type Rows, ranges, reshaped } from "./chunks.ts";

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

export interface BasisOptions {
  /** What is computed, in words. */
  readonly label: () => string;
  /** Unit vectors at once; by default as many as fit in memory. */
  readonly chunkSize?: number;
  /** "vmap": the zeros of the unit vectors are numbers like others. */
  readonly strategy?: "structured" | "vmap";
  /** Whether the axes of the unit vectors go behind those of the results, and not before. */
  readonly behind?: boolean;
}

/**
 * Applies `map` to every unit vector of a tensor of type `type`.
 * @returns per result of `map`, its values for all unit vectors with axes `[...type.shape, ...result.shape]`, or with
 * `behind` `[...result.shape, ...type.shape]`
 */
export function overBasis(
  type: TensorType,
  map: LinearMap,
  { label, chunkSize, strategy, behind = false }: BasisOptions,
): Rows {
  const { shape, dtype } = type;
  const trace: Trace = { transform: "jacobian", open: true };
  const seed = placeholderNode(type, trace);
  const results = map(seed);
  if (shape.length === 0) return substituted(seed, full(1, [], dtype), results);
  const size = sizeOf(shape);
  const literally = (start: number, stop: number): Rows =>
    batched(seed, reshape(plainUnits(start, stop, size, dtype), [stop - start, ...shape]), stop - start, results);
  const moved = (row: Node): Node => {
    const { length } = shape;
    return behind ? permute(row, [...range(row.shape.length - length, length), ...range(length)]) : row;
  };
  const unflattened = (row: Node): Node => {
    const rest = behind ? row.shape.slice(0, -1) : row.shape.slice(1);
    return reshaped(row, behind ? [...rest, ...shape] : [...shape, ...rest]);
  };
  const all: Block = { extents: shape, starts: shape.map(() => 0) };
  const atBlock = (block: Block): Rows => atUnits(type, seed, results, block, trace);
  return inChunks(
    {
      label,
      size,
      whole: () =>
        strategy === "vmap"
          ? literally(0, size).map((row) => row && moved(reshape(row, [...shape, ...row.shape.slice(1)])))
          : atBlock(all).map((row) => row && moved(row)),
      parts: (count) =>
        strategy === "vmap"
          ? ranges(size, count).map(
              ({ start, stop }) =>
                () =>
                  literally(start, stop),
            )
          : blocksOf(shape, count).map((block) => () => flattened(atBlock(block), shape.length)),
      axisOf: (_, rest) => (behind ? rest.length : 0),
    },
    chunkSize,
    unflattened,
  );
}

/** Rows of the identity matrix of which nobody knows that they are. */
function plainUnits(start: number, stop: number, size: number, dtype: DType): Node {
  const shape = [stop - start, size];
  const row = iota(shape, 0);
  return cast(binary("eq", add(row, fullLike(start, row)), iota(shape, 1)), dtype);
}

/** A range along each axis. */
interface Block {
  readonly extents: Shape;
  readonly starts: readonly number[];
}

/** All positions in row-major order, in blocks of at most `count`: whole inner axes, a range of one axis, one of each outer. */
function blocksOf(shape: Shape, count: number): Block[] {
  const [first, ...rest] = shape;
  const inner = sizeOf(rest);
  if (count >= inner) {
    return ranges(first, Math.floor(count / inner)).map(({ start, stop }) => ({
      extents: [stop - start, ...rest],
      starts: [start, ...rest.map(() => 0)],
    }));
  }
  const blocks = blocksOf(rest, count);
  return ranges(first, 1).flatMap(({ start }) =>
    blocks.map(({ extents, starts }) => ({ extents: [1, ...extents], starts: [start, ...starts] })),
  );
}

/**
 * `results` for the unit vectors of a block. One axis of the basis at a time, innermost first; only the last rewriting
 * sees the unit vectors, and uses their structure.
 */
function atUnits(
  { shape, dtype }: TensorType,
  seed: Node,
  results: Rows,
  { extents, starts }: Block,
  trace: Trace,
): Rows {
  const zeros = extents.map(() => 0);
  const vectors = padTo(identity({ shape: extents, dtype }), [...zeros, ...starts], [...extents, ...shape]);
  let rows = results;
  let at = seed;
  for (let d = shape.length - 1; d >= 0; d--) {
    const next = d === 0 ? vectors : placeholderNode({ shape: [...extents.slice(d), ...shape], dtype }, trace);
    rows = batched(at, next, extents[d], rows);
    at = next;
  }
  return rows;
}

/** The first `rank` axes as one. */
const flattened = (rows: Rows, rank: number): Rows =>
  rows.map((row) => row && reshape(row, [sizeOf(row.shape.slice(0, rank)), ...row.shape.slice(rank)]));

function batched(seed: Node, values: Node, size: number, results: Rows): Rows {
  const present = results.filter((node) => node !== null);
  const out = batchNodes(new Map([[seed, values]]), size, present);
  let at = 0;
  return results.map((node) => (node === null ? null : out[at++]));
}

/** A scalar has one unit vector: a batch of one. */
function substituted(seed: Node, value: Node, results: Rows): Rows {
  const rows = batched(seed, reshape(value, [1]), 1, results);
  return rows.map((row) => row && reshape(row, row.shape.slice(1)));
}
