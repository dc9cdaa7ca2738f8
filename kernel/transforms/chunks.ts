/**
 * @file Doing in chunks what does not fit in memory at once. What a computation needs is predicted only when it is large,
 * and only outside of other transforms: inside, nothing is computed yet.
 */
import { bytesOf, memoryBudget } from "../budget.ts";
import { allocate, type TypedArray } from "../dtype.ts";
import { permute, reshape } from "../emit.ts";
import { concat } from "../functions/shape.ts";
import { constantNode, type Node } from "../graph/node.ts";
import { isTransforming } from "../graph/retention.ts";
import { watchingSize } from "../graph/size-watch.ts";
import { evaluateIfSettled, predictedBytes } from "../runtime/evaluate.ts";
import { type Shape, stridesOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";

/** Results along some axis, `null` for those that do not depend on it. */
export type Rows = readonly (Node | null)[];

/** Something that can be computed for all places along axis 0 of its results at once, or for some after the other. */
export interface Chunkable {
  /** Number of places. */
  readonly size: number;
  whole(): Rows;
  /** In order, at most `chunkSize` places each. */
  parts(chunkSize: number): readonly (() => Rows)[];
}

const present = (rows: Rows): Node[] => rows.filter((row) => row !== null);
const MOST_BYTES_PER_ENTRY = 8;
/** A program holds many values; below this part of the budget for the largest, it is taken to fit without a look. */
const LOOK_FROM = 1 / 16;

/** Everything at once if that fits, else in the largest chunks that fit. */
function inFittingChunks(job: Chunkable): Rows {
  const { result: whole, largest } = watchingSize(() => job.whole());
  if (largest * MOST_BYTES_PER_ENTRY < memoryBudget() * LOOK_FROM || job.size < 2) return whole;
  const nodes = present(whole);
  if (isTransforming() || nodes.length === 0 || nodes.some((node) => node.trace !== null)) return whole;
  const needed = predictedBytes(nodes);
  if (needed <= memoryBudget()) return whole;
  const chunkSize = fittingChunk(job, nodes, needed);
  // If not even one place at a time fits, who reads the result will be told so; a part of it may still do.
  return chunkSize === null ? whole : inChunksOf(job, chunkSize);
}

function fittingChunk(job: Chunkable, whole: readonly Node[], needed: number): number | null {
  // The results of all chunks stay; what one chunk needs comes on top.
  const room = memoryBudget() - whole.reduce((sum, node) => sum + bytesOf(node), 0);
  if (room <= 0) return null;
  let size = Math.max(1, Math.min(job.size - 1, Math.floor((job.size * room) / needed)));
  while (predictedBytes(present(job.parts(size)[0]())) > room) {
    if (size === 1) return null;
    size = Math.floor(size / 2);
  }
  return size;
}

/** One chunk after the other, each evaluated before the next is begun where that is possible. */
function inChunksOf(job: Chunkable, chunkSize: number): Rows {
  const parts = job.parts(chunkSize).map((make) => {
    const part = make();
    evaluateIfSettled(present(part));
    return part;
  });
  return parts[0].map((first, i) => (first === null ? null : join(parts.map((part) => part[i]!))));
}

/** As the person asked, or as the memory budget asks. */
export const inChunks = (job: Chunkable, chunkSize: number | undefined): Rows =>
  chunkSize === undefined ? inFittingChunks(job) : chunkSize >= job.size ? job.whole() : inChunksOf(job, chunkSize);

/** The places `0 … size − 1` in ranges. */
export function ranges(size: number, chunkSize: number): { readonly start: number; readonly stop: number }[] {
  const count = Math.ceil(size / chunkSize);
  return Array.from({ length: count }, (_, i) => ({ start: i * chunkSize, stop: Math.min(size, (i + 1) * chunkSize) }));
}

/** The parts along axis 0. Those that have values are copied: a program that joins them would hold all of them twice. */
function join(parts: readonly Node[]): Node {
  const [{ shape, dtype }] = parts;
  if (parts.some((part) => part.value === null)) {
    return concat(
      parts.map((part) => new Tensor(part)),
      0,
    ).node;
  }
  const places = parts.reduce((sum, part) => sum + part.shape[0], 0);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const values = allocate(dtype, size);
  let start = 0;
  for (const part of parts) {
    values.set(part.value!, start);
    start += part.size;
  }
  return constantNode({ shape: [places, ...shape.slice(1)], dtype }, values);
}

/** Whether a value is known and has nothing behind it: what is done to it may be done at once. */
const isData = (node: Node): node is Node & { readonly value: TypedArray } =>
  node.value !== null && node.expression === null && node.trace === null;

/** Other axes over the same entries. Data needs no program for it, and no copy. */
export const reshaped = (node: Node, shape: Shape): Node =>
  isData(node) && !isTransforming() ? constantNode({ shape, dtype: node.dtype }, node.value) : reshape(node, shape);

/** Axes in another order. Data that a program could not hold twice is copied to its places here. */
export function permuted(node: Node, axes: readonly number[]): Node {
  if (!isData(node) || isTransforming() || axes.every((axis, d) => axis === d)) return permute(node, axes);
  // The program's input and output, and the result.
  if (3 * bytesOf(node) <= memoryBudget()) return permute(node, axes);
  const shape = axes.map((axis) => node.shape[axis]);
  const all = stridesOf(node.shape);
  const strides = axes.map((axis) => all[axis]);
  const values = allocate(node.dtype, node.size);
  const { value } = node;
  let to = 0;
  const copy = (axis: number, from: number): void => {
    if (axis === shape.length) {
      values[to++] = value[from];
      return;
    }
    for (let i = 0; i < shape[axis]; i++) copy(axis + 1, from + i * strides[axis]);
  };
  copy(0, 0);
  return constantNode({ shape, dtype: node.dtype }, values);
}
