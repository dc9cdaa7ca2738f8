/** @file Walking expressions and kernels: operands, an order, what is read and what is written. */
import type { BufferId, Copy, DotDimension, Expr, Kernel, MapKernel, ReduceKernel, RowsKernel, Store } from "./ir.ts";

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
  const path: Expr[] = [];
  // Per expression on the path, its operands and how many of them were visited.
  const below: (readonly Expr[])[] = [];
  const visited: number[] = [];
  for (const root of roots) {
    if (seen.has(root)) continue;
    let e = root;
    for (;;) {
      seen.add(e);
      path.push(e);
      below.push(operands(e));
      visited.push(0);
      // Up to the next expression that has an operand left.
      let next: Expr | undefined;
      while (next === undefined && path.length > 0) {
        const top = path.length - 1;
        const list = below[top];
        while (visited[top] < list.length && next === undefined) {
          const operand = list[visited[top]++];
          if (!seen.has(operand)) next = operand;
        }
        if (next === undefined) {
          order.push(path.pop()!);
          below.pop();
          visited.pop();
        }
      }
      if (next === undefined) break;
      e = next;
    }
  }
  return order;
}

export type Load = Expr & { readonly kind: "load" };

/** The same expression of other operands; the same object where they are the same. */
export function withOperands(e: Expr, rewrite: (operand: Expr) => Expr): Expr {
  switch (e.kind) {
    case "load": {
      const { dynamic } = e.index;
      if (dynamic === undefined) return e;
      const moved = dynamic.map((part) => ({ stride: part.stride, value: rewrite(part.value) }));
      return moved.every((part, i) => part.value === dynamic[i].value)
        ? e
        : { ...e, index: { ...e.index, dynamic: moved } };
    }
    case "unary":
    case "cast": {
      const x = rewrite(e.x);
      return x === e.x ? e : { ...e, x };
    }
    case "binary": {
      const [x, y] = [rewrite(e.x), rewrite(e.y)];
      return x === e.x && y === e.y ? e : { ...e, x, y };
    }
    case "select": {
      const [test, yes, no] = [rewrite(e.test), rewrite(e.yes), rewrite(e.no)];
      return test === e.test && yes === e.yes && no === e.no ? e : { ...e, test, yes, no };
    }
    default:
      return e;
  }
}

/** `root` with every load replaced; what is shared stays shared, through `memo`. */
export function mapLoads(root: Expr, replace: (load: Load) => Expr, memo: Map<Expr, Expr>): Expr {
  const done = (e: Expr): Expr => memo.get(e)!;
  for (const e of inOrder([root])) {
    if (memo.has(e)) continue;
    const moved = withOperands(e, done);
    memo.set(e, moved.kind === "load" ? replace(moved) : moved);
  }
  return done(root);
}

/** The same store with its value and what it reads to find its position rewritten. */
export function mapStore(store: Store, rewrite: (root: Expr) => Expr): Store {
  const dynamic = store.index.dynamic?.map((part) => ({ stride: part.stride, value: rewrite(part.value) }));
  const index = dynamic === undefined ? store.index : { ...store.index, dynamic };
  return { ...store, index, value: rewrite(store.value) };
}

/** The expressions that a loop nest computes. */
export function nestRoots(kernel: MapKernel | ReduceKernel): readonly Expr[] {
  const roots: Expr[] = kernel.kind === "reduce" ? [kernel.value] : [];
  for (const { value, index } of kernel.stores) {
    roots.push(value);
    if (index.dynamic) for (const part of index.dynamic) roots.push(part.value);
  }
  return roots;
}

const loads = new WeakMap<MapKernel | ReduceKernel, readonly Load[]>();

/** All loads of a loop nest, each once. Kernels do not change, so each is searched once. */
export function loadsOf(kernel: MapKernel | ReduceKernel): readonly Load[] {
  let found = loads.get(kernel);
  if (found === undefined) {
    found = inOrder(nestRoots(kernel)).filter((e) => e.kind === "load");
    loads.set(kernel, found);
  }
  return found;
}

const readBuffers = new WeakMap<Kernel, readonly BufferId[]>();

/** The buffers a kernel reads. */
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
      return loadsOf(kernel).map((load) => load.buffer);
    case "rows":
      return kernel.kernels.flatMap(buffersRead);
    case "dot":
      return [kernel.a.buffer, kernel.b.buffer];
    case "host":
      return kernel.inputs;
    case "loop":
    case "branch":
      return accesses(kernel).flatMap(({ reads }) => reads);
  }
}

/** How many points dimensions have together. */
export const pointsOf = (dimensions: readonly DotDimension[]): number =>
  dimensions.reduce((product, { extent }) => product * extent, 1);

/** What the parts of a kernel read and write, in the order in which they run. */
export interface Access {
  readonly reads: readonly BufferId[];
  readonly writes: readonly BufferId[];
}

const copied = ({ from, to }: Copy): Access => ({ reads: [from.buffer], writes: [to.buffer] });

export function accesses(kernel: Kernel): Access[] {
  switch (kernel.kind) {
    case "loop": {
      const { times } = kernel;
      const test =
        typeof times === "number" ? [] : [...times.kernels.flatMap(accesses), { reads: [times.test], writes: [] }];
      return [...test, ...kernel.before.map(copied), ...kernel.body.flatMap(accesses), ...kernel.after.map(copied)];
    }
    case "branch":
      return [{ reads: [kernel.test], writes: [] }, ...kernel.yes.flatMap(accesses), ...kernel.no.flatMap(accesses)];
    default:
      return [{ reads: buffersRead(kernel), writes: buffersWritten(kernel) }];
  }
}

/** The same kernel over other buffers. */
export function renamed(kernel: Kernel, rename: (buffer: BufferId) => BufferId): Kernel {
  const list = (kernels: readonly Kernel[]): Kernel[] => kernels.map((each) => renamed(each, rename));
  const copies = (all: readonly Copy[]): Copy[] =>
    all.map(({ from, to, size }) => ({
      from: { ...from, buffer: rename(from.buffer) },
      to: { ...to, buffer: rename(to.buffer) },
      size,
    }));
  switch (kernel.kind) {
    case "map":
    case "reduce": {
      const memo = new Map<Expr, Expr>();
      const moved = (root: Expr): Expr => mapLoads(root, (load) => ({ ...load, buffer: rename(load.buffer) }), memo);
      const stores = kernel.stores.map((store) => ({ ...mapStore(store, moved), buffer: rename(store.buffer) }));
      return kernel.kind === "map" ? { ...kernel, stores } : { ...kernel, stores, value: moved(kernel.value) };
    }
    case "rows":
      return { ...kernel, kernels: list(kernel.kernels) as RowsKernel["kernels"] };
    case "dot": {
      const { a, b, out } = kernel;
      return {
        ...kernel,
        a: { ...a, buffer: rename(a.buffer) },
        b: { ...b, buffer: rename(b.buffer) },
        out: { ...out, buffer: rename(out.buffer) },
      };
    }
    case "host":
      return { ...kernel, inputs: kernel.inputs.map(rename), outputs: kernel.outputs.map(rename) };
    case "loop": {
      const { times } = kernel;
      return {
        kind: "loop",
        times: typeof times === "number" ? times : { kernels: list(times.kernels), test: rename(times.test) },
        before: copies(kernel.before),
        body: list(kernel.body),
        after: copies(kernel.after),
      };
    }
    case "branch":
      return { kind: "branch", test: rename(kernel.test), yes: list(kernel.yes), no: list(kernel.no) };
  }
}

export function buffersWritten(kernel: Kernel): readonly BufferId[] {
  switch (kernel.kind) {
    case "map":
    case "reduce":
      return kernel.stores.map((store) => store.buffer);
    case "rows":
      return [...new Set(kernel.kernels.flatMap(buffersWritten))];
    case "dot":
      return [kernel.out.buffer];
    case "host":
      return kernel.outputs;
    case "loop":
    case "branch":
      return [...new Set(accesses(kernel).flatMap(({ writes }) => writes))];
  }
}
