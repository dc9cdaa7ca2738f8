/**
 * @file Doing in chunks what does not fit in memory at once. What a computation needs is predicted only when it is large,
 * and only outside of other transforms: inside, nothing is computed yet.
 */
import { bytesOf, memoryBudget } from "../budget.ts";
import { allocate, type TypedArray } from "../dtype.ts";
import { permute, reshape } from "../emit.ts";
import { concat } from "../functions/joining.ts";
import { constantNode, type Node } from "../graph/node.ts";
import { isTransforming } from "../graph/retention.ts";
import { watchingSize } from "../graph/size-watch.ts";
import { working } from "../progress.ts";
import { type Data, hostOf } from "../remote.ts";
import { dispose, evaluateIfSettled, predictedBytes } from "../runtime/evaluate.ts";
import { moveAxisPermutation, type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";

/** Results along some axis, `null` for those that do not depend on it. */
export type Rows = readonly (Node | null)[];

/** Something that can be computed for all places along an axis of its results at once, or for some after the other. */
export interface Chunkable {
  /** What is computed, in words. */
  readonly label: () => string;
  /** Number of places. */
  readonly size: number;
  whole(): Rows;
  /** In order, at most `chunkSize` places each, which run along axis 0. */
  parts(chunkSize: number): readonly (() => Rows)[];
  /** Where that axis belongs in result `i`, whose other axes are `rest`. Default: 0. */
  axisOf?(i: number, rest: Shape): number;
}

const present = (rows: Rows): Node[] => rows.filter((row) => row !== null);
const MOST_BYTES_PER_ENTRY = 8;
/** A program holds many values; below this part of the budget for the largest, it is taken to fit without a look. */
const LOOK_FROM = 1 / 16;

export interface Measured<T> {
  readonly result: T;
  /** What computing it needs, when that is more than the budget. */
  readonly excess: number | null;
}

/** What `make` gives, with the rows in it measured. */
export function measured<T>(make: () => T, rowsOf: (result: T) => Rows): Measured<T> {
  const { result, largest } = watchingSize(make);
  if (largest * MOST_BYTES_PER_ENTRY < memoryBudget() * LOOK_FROM) return { result, excess: null };
  const nodes = present(rowsOf(result));
  if (isTransforming() || nodes.length === 0 || nodes.some((node) => node.trace !== null)) {
    return { result, excess: null };
  }
  const needed = predictedBytes(nodes);
  return { result, excess: needed <= memoryBudget() ? null : needed };
}

/** Everything at once if that fits, else the largest number of places at a time that fits. */
function fittingCount(job: Chunkable): Rows | number {
  const { result: whole, excess } = measured(
    () => job.whole(),
    (rows) => rows,
  );
  if (excess === null || job.size < 2) return whole;
  const chunkSize = fittingChunk(job, present(whole), excess);
  // If not even one place at a time fits, who reads the result will be told so; a part of it may still do.
  return chunkSize ?? whole;
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

/** One chunk after the other, each evaluated and put in its place before the next is begun where that is possible. */
function inChunksOf(job: Chunkable, chunkSize: number): Rows {
  const wholes: (Whole | null)[] = [];
  const waiting: Node[][] = [];
  const parts = job.parts(chunkSize);
  working({ label: job.label, total: parts.length, unit: "chunks" }, (advance) => {
    for (const make of parts) {
      const part = make();
      evaluateIfSettled(present(part));
      part.forEach((node, i) => {
        const axis = node === null ? 0 : (job.axisOf?.(i, node.shape.slice(1)) ?? 0);
        wholes[i] ??=
          node === null || node.value === null || hostOf(node.value) === null ? null : new Whole(node, job.size, axis);
        if (wholes[i] !== null) {
          wholes[i].add(node!);
          dispose(node!);
        } else if (node !== null) {
          waiting[i] ??= [];
          waiting[i].push(node);
        }
      });
      advance();
    }
  });
  return wholes.map((whole, i) => {
    if (whole !== null) return whole.node;
    const nodes = waiting[i];
    return nodes === undefined ? null : joinNodes(nodes, job.axisOf?.(i, nodes[0].shape.slice(1)) ?? 0);
  });
}

/**
 * As the person asked, or as the memory budget asks.
 * @param finish what is left to do for a result put together of chunks
 */
export function inChunks(
  job: Chunkable,
  chunkSize: number | undefined,
  finish: (row: Node) => Node = (row) => row,
): Rows {
  const count = chunkSize === undefined ? fittingCount(job) : chunkSize >= job.size ? null : chunkSize;
  if (typeof count === "number") return inChunksOf(job, count).map((row) => row && finish(row));
  return count ?? job.whole();
}

/** The places `0 … size − 1` in ranges. */
export function ranges(size: number, chunkSize: number): { readonly start: number; readonly stop: number }[] {
  const count = Math.ceil(size / chunkSize);
  return Array.from({ length: count }, (_, i) => ({ start: i * chunkSize, stop: Math.min(size, (i + 1) * chunkSize) }));
}

function joinNodes(parts: readonly Node[], axis: number): Node {
  const whole = concat(
    parts.map((part) => new Tensor(part)),
    0,
  ).node;
  return permute(whole, moveAxisPermutation(whole.shape.length, 0, axis));
}

/** What is near in one of two arrays is far in the other; square pieces of this side stay in the processor's cache. */
const TILE = 32;

/** A result while parts with values are copied to their places: a program that joins them would hold all of them twice. */
class Whole {
  readonly node: Node;
  readonly #values: TypedArray;
  readonly #places: number;
  readonly #outer: number;
  readonly #inner: number;
  #start = 0;

  constructor({ shape, dtype }: Node, places: number, axis: number) {
    const [, ...rest] = shape;
    this.#places = places;
    this.#outer = sizeOf(rest.slice(0, axis));
    this.#inner = sizeOf(rest.slice(axis));
    this.#values = allocate(dtype, this.#outer * places * this.#inner);
    this.node = constantNode({ shape: [...rest.slice(0, axis), places, ...rest.slice(axis)], dtype }, this.#values);
  }

  add({ value, shape: [count] }: Node): void {
    const [from, outer, inner] = [hostOf(value!)!, this.#outer, this.#inner];
    if (outer === 1) this.#values.set(from, this.#start * inner);
    else if (inner === 1) transposeInto(this.#values, from, count, outer, this.#places, this.#start);
    else {
      for (let o = 0; o < outer; o++) {
        for (let i = 0; i < count; i++) {
          const at = (i * outer + o) * inner;
          this.#values.set(from.subarray(at, at + inner), (o * this.#places + this.#start + i) * inner);
        }
      }
    }
    this.#start += count;
  }
}

/** `to[o][start + i] = from[i][o]`, where a row of `to` has `width` entries. */
function transposeInto(
  to: TypedArray,
  from: TypedArray,
  count: number,
  outer: number,
  width: number,
  start: number,
): void {
  for (let o0 = 0; o0 < outer; o0 += TILE) {
    const o1 = Math.min(outer, o0 + TILE);
    for (let i0 = 0; i0 < count; i0 += TILE) {
      const i1 = Math.min(count, i0 + TILE);
      for (let o = o0; o < o1; o++) {
        const row = o * width + start;
        for (let i = i0; i < i1; i++) to[row + i] = from[i * outer + o];
      }
    }
  }
}

/** Whether a value is known and has nothing behind it: what is done to it may be done at once. */
const isData = (node: Node): node is Node & { readonly value: Data } =>
  node.value !== null && node.expression === null && node.trace === null;

/** Other axes over the same entries. Data needs no program for it, and no copy. */
export const reshaped = (node: Node, shape: Shape): Node =>
  isData(node) && !isTransforming() ? constantNode({ shape, dtype: node.dtype }, node.value) : reshape(node, shape);
