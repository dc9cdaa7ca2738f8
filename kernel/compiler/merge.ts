/**
 * @file Putting kernels over the same points into one nest, so that a value which several others read is computed once and
 * stays in a register: maps with maps, and maps of finished sums with the reduction that makes these. And dropping stores
 * that nobody reads any more.
 */
import type { Affine, BufferId, Expr, Kernel, MapKernel, ReduceKernel, Store } from "../loops/ir.ts";
import { buffersRead, buffersWritten, inOrder, type Load, loadsOf, mapLoads, nestRoots } from "../loops/walk.ts";
import { sameShape, sizeOf } from "../shape.ts";
import type { Draft } from "./lower.ts";

type Nest = MapKernel | ReduceKernel;

/** How many kernels back a partner is looked for; keeps compilation linear in the program's length. */
const WINDOW = 64;
/** Stores of one nest: more would need more registers than there are. */
const MOST_STORES = 8;
/** After a fold of fewer entries, functions are better evaluated in a nest of their own, in vectors. */
const LONG_FOLD = 32;

const isNest = (kernel: Kernel): kernel is Nest => kernel.kind === "map" || kernel.kind === "reduce";

const sameAffine = (a: Affine, b: Affine): boolean => a.offset === b.offset && sameShape(a.strides, b.strides);

const isPlain = ({ stores }: Nest): boolean => stores.every((store) => !store.accumulate && !store.index.dynamic);

const NATIVE = new Set(["neg", "abs", "sqrt", "floor", "ceil", "trunc", "round", "sign", "not", "isNaN", "isFinite"]);
const callsFunction = (e: Expr): boolean =>
  (e.kind === "unary" && !NATIVE.has(e.fn)) ||
  (e.kind === "binary" && (e.fn === "pow" || e.fn === "atan2" || e.fn === "zeta" || e.fn === "remainder"));

/** Whether the points of `second` may be done where those of `first` are finished. */
function mayFollow(first: Nest, second: MapKernel): boolean {
  if (!sameShape(first.extents, second.extents)) return false;
  if (first.stores.length + second.stores.length > MOST_STORES) return false;
  if (!isPlain(first) || !isPlain(second)) return false;
  if (first.kind === "map" || sizeOf(first.reduceExtents) >= LONG_FOLD) return true;
  return !inOrder(nestRoots(second)).some(callsFunction);
}

/** The two nests as one, the first's values handed on in registers; null when they do not fit. */
function joined(first: Nest, second: MapKernel): Nest | null {
  const stored = new Map(first.stores.map((store) => [store.buffer, store]));
  if (second.stores.some((store) => stored.has(store.buffer))) return null;
  for (const load of loadsOf(second)) {
    const store = stored.get(load.buffer);
    if (store === undefined) continue;
    if (load.index.dynamic || !sameAffine(load.index, store.index)) return null;
  }
  // The first has read all of a buffer before the second writes there; together, other points still would.
  if (second.stores.some((store) => buffersRead(first).includes(store.buffer))) return null;
  const memo = new Map<Expr, Expr>();
  const inRegister = (load: Load): Expr => stored.get(load.buffer)?.value ?? load;
  const moved = second.stores.map((store): Store => ({ ...store, value: mapLoads(store.value, inRegister, memo) }));
  return { ...first, stores: [...first.stores, ...moved] };
}

/** What some kernels touch, all together. */
class Touched {
  readonly #read = new Set<BufferId>();
  readonly #written = new Set<BufferId>();

  add(kernel: Kernel): void {
    for (const buffer of buffersRead(kernel)) this.#read.add(buffer);
    for (const buffer of buffersWritten(kernel)) this.#written.add(buffer);
  }

  /** Whether `kernel` may run before all of them instead of after, or the other way round. */
  isIndependentOf(kernel: Kernel): boolean {
    return (
      buffersRead(kernel).every((buffer) => !this.#written.has(buffer)) &&
      buffersWritten(kernel).every((buffer) => !this.#written.has(buffer) && !this.#read.has(buffer))
    );
  }
}

/** Tries to join `kernel` to one of the last kernels, moving whichever of the two may move past what is between. */
function mergeInto(out: Kernel[], kernel: MapKernel): boolean {
  const between = new Touched();
  let movesUp = true;
  for (let i = out.length - 1; i >= Math.max(0, out.length - WINDOW); i--) {
    const candidate = out[i];
    if (isNest(candidate) && mayFollow(candidate, kernel) && (movesUp || between.isIndependentOf(candidate))) {
      const merged = joined(candidate, kernel);
      if (merged !== null) {
        if (movesUp) out[i] = merged;
        else {
          out.splice(i, 1);
          out.push(merged);
        }
        return true;
      }
    }
    between.add(candidate);
    movesUp &&= between.isIndependentOf(kernel);
  }
  return false;
}

function mergeKernels(kernels: readonly Kernel[]): Kernel[] {
  const out: Kernel[] = [];
  for (const kernel of kernels) {
    if (kernel.kind !== "map" || !mergeInto(out, kernel)) out.push(kernel);
  }
  return out;
}

/** Stores to buffers that nothing reads go, and with them kernels that have none left. */
export function dropDeadStores(draft: Draft): Draft {
  const { kernels } = draft;
  const alive = new Set<BufferId>(draft.outputs);
  const out: Kernel[] = [];
  for (let i = kernels.length - 1; i >= 0; i--) {
    let kernel = kernels[i];
    if (isNest(kernel) && !kernel.stores.every((store) => alive.has(store.buffer))) {
      kernel = { ...kernel, stores: kernel.stores.filter((store) => alive.has(store.buffer)) };
    }
    if (!buffersWritten(kernel).some((buffer) => alive.has(buffer))) continue;
    for (const buffer of buffersRead(kernel)) alive.add(buffer);
    out.push(kernel);
  }
  return { ...draft, kernels: out.reverse() };
}

export const merge = (draft: Draft): Draft => ({ ...draft, kernels: mergeKernels(draft.kernels) });
