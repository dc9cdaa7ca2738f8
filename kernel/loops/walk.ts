/** @file Walking expressions and kernels: operands, an order, what is read and what is written. */
import type { BufferId, Expr, Kernel, MapKernel, ReduceKernel, Store } from "./ir.ts";

const NONE: readonly Expr[] = [];

export function operands(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case "load":
      return e.index.dynamic?.map((part) => part.value) ?? NONE;
    case "unary":
    case "cast":
      return [e.x];
    case "binary":
      return [e.x, e.y];
    case "select":
      return [e.test, e.yes, e.no];
    case "const":
    case "iota":
    case "accumulator":
      return NONE;
  }
}

/** The expressions that `store` needs. */
export const storeRoots = (store: Store): readonly Expr[] => [
  store.value,
  ...(store.index.dynamic?.map((part) => part.value) ?? NONE),
];

/** All expressions below `roots`, operands first. Iterative: fused chains can be longer than the call stack. */
export function inOrder(roots: readonly Expr[]): Expr[] {
  const order: Expr[] = [];
  const seen = new Set<Expr>();
  const stack: { readonly e: Expr; readonly below: readonly Expr[]; next: number }[] = [];
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    stack.push({ e, below: operands(e), next: 0 });
  };
  for (const root of roots) {
    visit(root);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < top.below.length) visit(top.below[top.next++]);
      else {
        order.push(top.e);
        stack.pop();
      }
    }
  }
  return order;
}

type Load = Expr & { readonly kind: "load" };

/** All loads below `roots`, each once. */
export const loadsBelow = (roots: readonly Expr[]): Load[] => inOrder(roots).filter((e) => e.kind === "load");

/** `root` with every load replaced; what is shared stays shared, through `memo`. */
export function mapLoads(root: Expr, replace: (load: Load) => Expr, memo: Map<Expr, Expr>): Expr {
  const done = (e: Expr): Expr => memo.get(e)!;
  const rebuilt = (e: Expr): Expr => {
    switch (e.kind) {
      case "load": {
        const dynamic = e.index.dynamic?.map((part) => ({ stride: part.stride, value: done(part.value) }));
        return replace(dynamic === undefined ? e : { ...e, index: { ...e.index, dynamic } });
      }
      case "unary":
      case "cast":
        return { ...e, x: done(e.x) };
      case "binary":
        return { ...e, x: done(e.x), y: done(e.y) };
      case "select":
        return { ...e, test: done(e.test), yes: done(e.yes), no: done(e.no) };
      default:
        return e;
    }
  };
  for (const e of inOrder([root])) if (!memo.has(e)) memo.set(e, rebuilt(e));
  return done(root);
}

/** The expressions that a loop nest computes. */
export const nestRoots = (kernel: MapKernel | ReduceKernel): readonly Expr[] => [
  ...(kernel.kind === "reduce" ? [kernel.value] : NONE),
  ...kernel.stores.flatMap(storeRoots),
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
    case "reduce":
      return loadsBelow(nestRoots(kernel)).map((load) => load.buffer);
    case "dot":
      return [kernel.a.buffer, kernel.b.buffer];
    case "host":
      return kernel.inputs;
  }
}

export function buffersWritten(kernel: Kernel): readonly BufferId[] {
  switch (kernel.kind) {
    case "map":
    case "reduce":
      return kernel.stores.map((store) => store.buffer);
    case "dot":
      return [kernel.out.buffer];
    case "host":
      return kernel.outputs;
  }
}
