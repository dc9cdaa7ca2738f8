/**
 * @file Putting map kernels over the same points into one nest, so that a value which several others read is computed
 * once and stays in a register; then dropping stores that nobody reads any more.
 */
import type { Affine, BufferId, Expr, Kernel, MapKernel } from "../loops/ir.ts";
import { buffersRead, buffersWritten, loadsBelow, mapLoads, nestRoots } from "../loops/walk.ts";
import { sameShape } from "../shape.ts";
import type { Draft } from "./lower.ts";

/** How many kernels back a partner is looked for; keeps compilation linear in the program's length. */
const WINDOW = 64;
/** Stores of one nest: more would need more registers than there are. */
const MOST_STORES = 8;

const sameAffine = (a: Affine, b: Affine): boolean => a.offset === b.offset && sameShape(a.strides, b.strides);

const isPlain = (kernel: MapKernel): boolean =>
  kernel.stores.every((store) => !store.accumulate && !store.index.dynamic);

/** The two nests as one, the first's values handed on in registers; null when they do not fit. */
function joined(first: MapKernel, second: MapKernel): MapKernel | null {
  if (!isPlain(first) || !isPlain(second) || !sameShape(first.extents, second.extents)) return null;
  if (first.stores.length + second.stores.length > MOST_STORES) return null;
  const stored = new Map(first.stores.map((store) => [store.buffer, store]));
  if (second.stores.some((store) => stored.has(store.buffer))) return null;
  for (const load of loadsBelow(nestRoots(second))) {
    const store = stored.get(load.buffer);
    if (store === undefined) continue;
    if (load.index.dynamic || !sameAffine(load.index, store.index)) return null;
  }
  const memo = new Map<Expr, Expr>();
  const inRegister = (load: Expr & { kind: "load" }): Expr => stored.get(load.buffer)?.value ?? load;
  return {
    kind: "map",
    extents: first.extents,
    stores: [
      ...first.stores,
      ...second.stores.map((store) => ({ ...store, value: mapLoads(store.value, inRegister, memo) })),
    ],
  };
}

const disjoint = (a: readonly BufferId[], b: readonly BufferId[]): boolean => !a.some((buffer) => b.includes(buffer));

function mergeKernels(kernels: readonly Kernel[]): Kernel[] {
  const out: Kernel[] = [];
  for (const kernel of kernels) {
    if (kernel.kind !== "map" || !mergeInto(out, kernel)) out.push(kernel);
  }
  return out;
}

/** Tries to join `kernel` to one of the last kernels, moving whichever of the two may move past what is between. */
function mergeInto(out: Kernel[], kernel: MapKernel): boolean {
  const reads = buffersRead(kernel);
  const writes = buffersWritten(kernel);
  for (let i = out.length - 1; i >= Math.max(0, out.length - WINDOW); i--) {
    const candidate = out[i];
    if (candidate.kind !== "map") continue;
    const merged = joined(candidate, kernel);
    if (merged === null) continue;
    const between = out.slice(i + 1);
    const secondMovesUp = between.every((other) => {
      const written = buffersWritten(other);
      return disjoint(written, reads) && disjoint(written, writes) && disjoint(buffersRead(other), writes);
    });
    if (secondMovesUp) {
      out[i] = merged;
      return true;
    }
    const firstReads = buffersRead(candidate);
    const firstWrites = buffersWritten(candidate);
    const firstMovesDown = between.every((other) => {
      const written = buffersWritten(other);
      return (
        disjoint(written, firstReads) && disjoint(written, firstWrites) && disjoint(buffersRead(other), firstWrites)
      );
    });
    if (firstMovesDown) {
      out.splice(i, 1);
      out.push(merged);
      return true;
    }
  }
  return false;
}

/** Stores to buffers that nothing reads go, and with them kernels that have none left. */
function dropDeadStores({ kernels, outputs }: Draft): Kernel[] {
  const alive = new Set<BufferId>(outputs);
  const out: Kernel[] = [];
  for (let i = kernels.length - 1; i >= 0; i--) {
    let kernel = kernels[i];
    if (kernel.kind === "map") {
      const stores = kernel.stores.filter((store) => alive.has(store.buffer));
      kernel = { ...kernel, stores };
    }
    if (!buffersWritten(kernel).some((buffer) => alive.has(buffer))) continue;
    for (const buffer of buffersRead(kernel)) alive.add(buffer);
    out.push(kernel);
  }
  return out.reverse();
}

export function merge(draft: Draft): Draft {
  const kernels = mergeKernels(draft.kernels);
  return { ...draft, kernels: dropDeadStores({ ...draft, kernels }) };
}
