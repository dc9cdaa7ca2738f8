/**
 * @file Kernels that go over the same large matrix row by row, as softmax does for the largest entry, the exponentials,
 * their sum and the quotients, become one: it takes a few rows through all of them while they are in the cache, so memory
 * is read once and written once. Nothing is computed twice for it, unlike where such kernels are fused into one nest.
 */
import { bytesPerElement } from "../dtype.ts";
import type { Affine, BufferId, Index, Kernel, MapKernel, ReduceKernel, RowsKernel, Store } from "../loops/ir.ts";
import { buffersRead, buffersWritten, inOrder, loadsOf, nestRoots, renamed } from "../loops/walk.ts";
import { sizeOf } from "../shape.ts";
import { isInjective, isSamePlace } from "./in-place.ts";
import type { Draft } from "./lower.ts";

type Nest = MapKernel | ReduceKernel;

/** A matrix that fits into the nearer caches is as fast to read again. */
const LARGE_BYTES = 2 ** 17;
/** Entries of a row: of a shorter one, loops of their own cost more; a longer one does not stay in the cache. */
const SHORTEST = 64;
const LONGEST = 2 ** 13;
const FEWEST_ROWS = 4;
const MOST_KERNELS = 16;

const loopsOf = (nest: Nest): readonly number[] =>
  nest.kind === "map" ? nest.extents : [...nest.extents, ...nest.reduceExtents];

const isPlain = (nest: Kernel): nest is Nest =>
  (nest.kind === "map" || nest.kind === "reduce") &&
  !loopsOf(nest).includes(0) &&
  nest.stores.length > 0 &&
  nest.stores.every((store) => !store.accumulate && !store.index.dynamic) &&
  loadsOf(nest).every((load) => !load.index.dynamic) &&
  !buffersWritten(nest).some((buffer) => buffersRead(nest).includes(buffer));

/** How many loops, from the outermost on, are the same in all nests and leave rows of a fit length; 0 if none do. */
function leadOf(nests: readonly Nest[]): number {
  const shortest = Math.min(...nests.map(({ extents }) => extents.length));
  let common = 0;
  while (common < shortest && nests.every(({ extents }) => extents[common] === nests[0].extents[common])) common++;
  for (let lead = common; lead > 0; lead--) {
    const row = Math.max(...nests.map((nest) => sizeOf(loopsOf(nest).slice(lead))));
    if (row >= SHORTEST) {
      const rows = sizeOf(nests[0].extents.slice(0, lead));
      return row <= LONGEST && rows >= FEWEST_ROWS ? lead : 0;
    }
  }
  return 0;
}

/** How far `index` moves from one row to the next; undefined where that is not always the same. */
function rowStride({ strides }: Affine, extents: readonly number[]): number | undefined {
  let stride: number | undefined;
  let reach = 0;
  for (let v = extents.length - 1; v >= 0; v--) {
    if (extents[v] === 1) continue;
    if (stride === undefined) stride = strides[v];
    else if (strides[v] !== reach) return undefined;
    reach = strides[v] * extents[v];
  }
  return stride;
}

interface Access {
  readonly buffer: BufferId;
  readonly index: Index;
  readonly loops: readonly number[];
}

const accessesOf = (nest: Nest): Access[] =>
  [...loadsOf(nest), ...nest.stores].map(({ buffer, index }) => ({ buffer, index, loops: loopsOf(nest) }));

const formsOf = (nest: Nest): Affine[] => [
  ...nest.stores.map((store) => store.index),
  ...inOrder(nestRoots(nest)).flatMap((e) => (e.kind === "load" || e.kind === "iota" ? [e.index] : [])),
];

/** Whether all accesses to one buffer are, in each row, within a stretch that belongs to the row alone. */
function staysInRow(accesses: readonly Access[], lead: number): boolean {
  const stride = rowStride(accesses[0].index, accesses[0].loops.slice(0, lead));
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { index, loops } of accesses) {
    if (rowStride(index, loops.slice(0, lead)) !== stride) return false;
    let [first, last] = [index.offset, index.offset];
    for (let v = lead; v < index.strides.length; v++) {
      const reach = index.strides[v] * (loops[v] - 1);
      if (reach < 0) first += reach;
      else last += reach;
    }
    low = Math.min(low, first);
    high = Math.max(high, last);
  }
  return stride !== undefined && high - low < Math.abs(stride);
}

/**
 * The number of leading loops along which the nests may go together; 0 where they may not. What lies across the rows of a
 * large matrix, such as sums down its columns, may not for the sake of the cache.
 */
function together(nests: readonly Nest[], isLarge: (buffer: BufferId) => boolean): number {
  const lead = leadOf(nests);
  if (lead === 0) return 0;
  for (const nest of nests) {
    const rows = nest.extents.slice(0, lead);
    if (formsOf(nest).some((form) => rowStride(form, rows) === undefined)) return 0;
  }
  const written = new Set(nests.flatMap(buffersWritten));
  const accesses = nests.flatMap(accessesOf).filter(({ buffer }) => written.has(buffer) || isLarge(buffer));
  const inRows = [...new Set(accesses.map(({ buffer }) => buffer))].every((buffer) =>
    staysInRow(
      accesses.filter((access) => access.buffer === buffer),
      lead,
    ),
  );
  return inRows ? lead : 0;
}

class Grouping {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  run(): readonly Kernel[] {
    const { kernels } = this.#draft;
    const out: Kernel[] = [];
    for (let k = 0; k < kernels.length; ) {
      const group = this.#groupAt(k);
      if (group === undefined) out.push(kernels[k++]);
      else {
        out.push(this.#inPlace(group, k));
        k += group.kernels.length;
      }
    }
    return out;
  }

  /** The longest group that begins with kernel `k`. */
  #groupAt(k: number): RowsKernel | undefined {
    const { kernels } = this.#draft;
    const nests: Nest[] = [];
    let found: RowsKernel | undefined;
    for (const kernel of kernels.slice(k, k + MOST_KERNELS)) {
      if (!isPlain(kernel)) break;
      if (nests.length > 0 && !this.#shareLarge(nests, kernel)) break;
      nests.push(kernel);
      if (nests.length === 1) continue;
      const lead = together(nests, this.#isLarge);
      if (lead === 0) break;
      found = { kind: "rows", lead, kernels: [...nests] };
    }
    return found;
  }

  #shareLarge(nests: readonly Nest[], next: Nest): boolean {
    const touched = new Set(nests.flatMap((nest) => [...buffersRead(nest), ...buffersWritten(nest)]));
    return [...buffersRead(next), ...buffersWritten(next)].some(
      (buffer) => touched.has(buffer) && this.#isLarge(buffer),
    );
  }

  readonly #isLarge = (buffer: BufferId): boolean => {
    const { size, dtype } = this.#draft.buffers[buffer];
    return size * bytesPerElement(dtype) >= LARGE_BYTES;
  };

  /** Intermediate results that the group alone needs lie where what is made of them will. */
  #inPlace(group: RowsKernel, k: number): RowsKernel {
    const { kernels, inputs, outputs } = this.#draft;
    const outside = [...kernels.slice(0, k), ...kernels.slice(k + group.kernels.length)];
    const elsewhere = new Set([
      ...inputs,
      ...outputs,
      ...outside.flatMap((kernel) => [...buffersRead(kernel), ...buffersWritten(kernel)]),
    ]);
    let out = group;
    for (const buffer of new Set(group.kernels.flatMap(buffersWritten))) {
      const heir = elsewhere.has(buffer) ? undefined : this.#heirOf(buffer, out);
      if (heir === undefined) continue;
      const moved = renamed(out, (each) => (each === buffer ? heir : each)) as RowsKernel;
      if (together(moved.kernels, this.#isLarge) > 0) out = moved;
    }
    return out;
  }

  /** The buffer that the last reader of `buffer` writes, entry by entry from those at the same place. */
  #heirOf(buffer: BufferId, { kernels }: RowsKernel): BufferId | undefined {
    const { buffers, inputs } = this.#draft;
    const last = kernels.findLast((kernel) => buffersRead(kernel).includes(buffer));
    const writers = kernels.filter((kernel) => buffersWritten(kernel).includes(buffer));
    if (last === undefined || last.kind !== "map" || kernels.indexOf(writers.at(-1)!) > kernels.indexOf(last))
      return undefined;
    const isFree = (heir: BufferId): boolean =>
      !inputs.includes(heir) &&
      buffers[heir].dtype === buffers[buffer].dtype &&
      buffers[heir].size === buffers[buffer].size &&
      kernels
        .slice(0, kernels.indexOf(last) + 1)
        .every(
          (kernel) =>
            !buffersRead(kernel).includes(heir) && (kernel === last || !buffersWritten(kernel).includes(heir)),
        );
    const fits = (store: Store): boolean =>
      isFree(store.buffer) &&
      last.stores.every((other) => other === store || other.buffer !== store.buffer) &&
      loadsOf(last).every((load) => load.buffer !== buffer || isSamePlace(load, store, last.extents)) &&
      isInjective(store, last.extents);
    return last.stores.find(fits)?.buffer;
  }
}

export const groupRows = (draft: Draft): Draft => ({ ...draft, kernels: new Grouping(draft).run() });
