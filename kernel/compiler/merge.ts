/**
 * @file Putting map kernels over the same points into one nest, so that a value which several others read is computed
 * once and stays in a register; then dropping stores that nobody reads any more.
 */
import type { Affine, BufferId, Expr, Kernel, MapKernel, Store } from "../loops/ir.ts";
import { sameShape } from "../shape.ts";
import type { Draft } from "./lower.ts";

/** How many kernels back a partner is looked for; keeps compilation linear in the program's length. */
const WINDOW = 64;
/** Stores of one nest: more would need more registers than there are. */
const MOST_STORES = 8;

/** All loads in some expressions, each once. */
export function loadsOf(roots: readonly Expr[]): (Expr & { kind: "load" })[] {
  const seen = new Set<Expr>();
  const loads: (Expr & { kind: "load" })[] = [];
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    switch (expr.kind) {
      case "load":
        loads.push(expr);
        for (const part of expr.index.dynamic ?? []) visit(part.value);
        break;
      case "unary":
      case "cast":
        visit(expr.x);
        break;
      case "binary":
        visit(expr.x);
        visit(expr.y);
        break;
      case "select":
        visit(expr.test);
        visit(expr.yes);
        visit(expr.no);
        break;
    }
  };
  roots.forEach(visit);
  return loads;
}

/** The expressions of a store: its value, and what its position depends on. */
export const storeRoots = (store: Store): Expr[] => [
  store.value,
  ...(store.index.dynamic ?? []).map((part) => part.value),
];

const readBuffers = new WeakMap<Kernel, readonly BufferId[]>();

/** The buffers a kernel reads. Kernels do not change, so each is searched once. */
export function buffersRead(kernel: Kernel): readonly BufferId[] {
  let buffers = readBuffers.get(kernel);
  if (buffers === undefined) {
    buffers = [...new Set(findReads(kernel))];
    readBuffers.set(kernel, buffers);
  }
  return buffers;
}

function findReads(kernel: Kernel): readonly BufferId[] {
  switch (kernel.kind) {
    case "map":
      return loadsOf(kernel.stores.flatMap(storeRoots)).map((load) => load.buffer);
    case "reduce":
      return loadsOf([kernel.value, ...kernel.stores.flatMap(storeRoots)]).map((load) => load.buffer);
    case "dot":
      return [kernel.a.buffer, kernel.b.buffer];
    case "host":
      return kernel.inputs;
  }
}

export function buffersWritten(kernel: Kernel): BufferId[] {
  switch (kernel.kind) {
    case "map":
    case "reduce":
      return kernel.stores.map((store) => store.buffer);
    case "dot":
      return [kernel.out.buffer];
    case "host":
      return [...kernel.outputs];
  }
}

const sameAffine = (a: Affine, b: Affine): boolean => a.offset === b.offset && sameShape(a.strides, b.strides);

type Load = Expr & { readonly kind: "load" };

/** `expr` with every load replaced; what is shared stays shared, through `memo`. */
export function mapLoads(expr: Expr, replace: (load: Load) => Expr, memo: Map<Expr, Expr>): Expr {
  const known = memo.get(expr);
  if (known !== undefined) return known;
  const go = (inner: Expr): Expr => mapLoads(inner, replace, memo);
  let out: Expr;
  switch (expr.kind) {
    case "load": {
      const dynamic = expr.index.dynamic?.map((part) => ({ stride: part.stride, value: go(part.value) }));
      out = replace(dynamic === undefined ? expr : { ...expr, index: { ...expr.index, dynamic } });
      break;
    }
    case "unary":
    case "cast":
      out = { ...expr, x: go(expr.x) };
      break;
    case "binary":
      out = { ...expr, x: go(expr.x), y: go(expr.y) };
      break;
    case "select":
      out = { ...expr, test: go(expr.test), yes: go(expr.yes), no: go(expr.no) };
      break;
    default:
      out = expr;
  }
  memo.set(expr, out);
  return out;
}

const isPlain = (kernel: MapKernel): boolean =>
  kernel.stores.every((store) => !store.accumulate && !store.index.dynamic);

/** The two nests as one, the first's values handed on in registers; null when they do not fit. */
function joined(first: MapKernel, second: MapKernel): MapKernel | null {
  if (!isPlain(first) || !isPlain(second) || !sameShape(first.extents, second.extents)) return null;
  if (first.stores.length + second.stores.length > MOST_STORES) return null;
  const stored = new Map(first.stores.map((store) => [store.buffer, store]));
  if (second.stores.some((store) => stored.has(store.buffer))) return null;
  for (const load of loadsOf(second.stores.flatMap(storeRoots))) {
    const store = stored.get(load.buffer);
    if (store === undefined) continue;
    if (load.index.dynamic || !sameAffine(load.index, store.index)) return null;
  }
  const memo = new Map<Expr, Expr>();
  const inRegister = (load: Load): Expr => stored.get(load.buffer)?.value ?? load;
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
