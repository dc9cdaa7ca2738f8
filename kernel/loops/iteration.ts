/** @file Making the kernels of a loop's body do less: what is the same each time goes before the loop, copies go away. */
import type { Affine, BufferId, Expr, Kernel, Store } from "./ir.ts";
import { buffersRead, buffersWritten, inOrder, loadsOf, renamed } from "./walk.ts";

/** Kernels that run before a loop, and those that stay in it. */
export interface Hoisted {
  readonly once: readonly Kernel[];
  readonly each: readonly Kernel[];
}

/**
 * Takes kernels out of a body that do the same in every iteration.
 * @param varying buffers that something else changes from one iteration to the next
 */
export function hoist(kernels: readonly Kernel[], varying: Iterable<BufferId>): Hoisted {
  const changing = new Set(varying);
  const staying = new Set<Kernel>();
  // Once more as long as something was found: what adds to a buffer also binds those that write there before.
  for (let found = true; found; ) {
    found = false;
    for (const kernel of kernels) {
      if (staying.has(kernel)) continue;
      const written = buffersWritten(kernel);
      if (![...buffersRead(kernel), ...written].some((buffer) => changing.has(buffer))) continue;
      staying.add(kernel);
      for (const buffer of written) changing.add(buffer);
      found = true;
    }
  }
  return { once: kernels.filter((each) => !staying.has(each)), each: kernels.filter((each) => staying.has(each)) };
}

const sameAffine = (a: Affine, b: Affine): boolean =>
  a.offset === b.offset && a.strides.length === b.strides.length && a.strides.every((s, v) => s === b.strides[v]);

/** Whether each point of the kernel reads `carried` only where it stores to `computed`. */
function readsWhereItStores(kernel: Kernel, computed: BufferId, carried: BufferId): boolean {
  if (!buffersRead(kernel).includes(carried)) return true;
  if (kernel.kind !== "map" && kernel.kind !== "reduce") return false;
  // What a reduction folds it reads in any order; and it does one store after the other.
  if (kernel.kind === "reduce" && (kernel.stores.length > 1 || inOrder([kernel.value]).some(reads(carried))))
    return false;
  const stores = kernel.stores.filter((store: Store) => store.buffer === computed);
  return stores.every(
    (store) =>
      !store.accumulate &&
      !store.index.dynamic &&
      loadsOf(kernel).every(
        ({ buffer, index }) => buffer !== carried || (!index.dynamic && sameAffine(index, store.index)),
      ),
  );
}

const reads =
  (buffer: BufferId) =>
  (e: Expr): boolean =>
    e.kind === "load" && e.buffer === buffer;

/**
 * Lets kernels write the next value of a carry where the carry lies, if nobody needs the old one any more.
 * @param ends buffers in which the body leaves its results, those of the carries first
 * @param carried the carries, in the same order
 * @param others buffers that the body may not write
 */
export function writeInPlace(
  kernels: readonly Kernel[],
  ends: readonly BufferId[],
  carried: readonly BufferId[],
  others: ReadonlySet<BufferId>,
): { kernels: readonly Kernel[]; ends: readonly BufferId[] } {
  const moved = new Map<BufferId, BufferId>();
  carried.forEach((carry, i) => {
    const end = ends[i];
    const isOwn = !others.has(end) && !carried.includes(end) && carried.every((_, j) => j === i || ends[j] !== end);
    if (!isOwn || ends.includes(carry)) return;
    const writers = kernels.filter((kernel) => buffersWritten(kernel).includes(end));
    const [writer] = writers;
    if (writers.length !== 1 || writer.kind === "loop" || writer.kind === "branch") return;
    if (!readsWhereItStores(writer, end, carry)) return;
    const later = kernels.slice(kernels.indexOf(writer) + 1);
    if (later.some((kernel) => buffersRead(kernel).includes(carry))) return;
    moved.set(end, carry);
  });
  const rename = (buffer: BufferId): BufferId => moved.get(buffer) ?? buffer;
  return { kernels: kernels.map((kernel) => renamed(kernel, rename)), ends: ends.map(rename) };
}
