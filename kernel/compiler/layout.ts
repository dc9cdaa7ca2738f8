/**
 * @file The order in which an intermediate result lies in memory. By default it is row-major in the shape it was made in;
 * when its largest reader runs through it in another order, it is written in that order instead, so that the reader's
 * inner loop finds its entries side by side.
 */
import type { BufferId, Expr, Index, Kernel, MapKernel, ReduceKernel, Store } from "../loops/ir.ts";
import { buffersRead, buffersWritten, loadsOf, mapLoads, mapStore } from "../loops/walk.ts";
import { range, sameShape, sizeOf, stridesOf } from "../shape.ts";
import type { Draft } from "./lower.ts";

type Nest = MapKernel | ReduceKernel;

const isNest = (kernel: Kernel): kernel is Nest => kernel.kind === "map" || kernel.kind === "reduce";
const loopsOf = (kernel: Nest): readonly number[] =>
  kernel.kind === "map" ? kernel.extents : [...kernel.extents, ...kernel.reduceExtents];
interface Access {
  readonly kernel: Nest;
  /** The axis that each loop variable runs along, −1 for none. */
  readonly axes: readonly number[];
}

/** Which axis of a row-major buffer each loop variable runs along; null when one runs along none or several. */
function axesOf(index: Index, loops: readonly number[], shape: readonly number[]): number[] | null {
  if (index.dynamic || index.offset !== 0) return null;
  const strides = stridesOf(shape);
  const axes: number[] = [];
  for (let v = 0; v < index.strides.length; v++) {
    if (index.strides[v] === 0 || loops[v] === 1) {
      axes.push(-1);
      continue;
    }
    const axis = shape.findIndex((extent, d) => extent !== 1 && strides[d] === index.strides[v] && extent === loops[v]);
    if (axis < 0 || axes.includes(axis)) return null;
    axes.push(axis);
  }
  return axes;
}

/** Which kernels touch each buffer, by their place. */
interface Users {
  readonly writers: readonly number[][];
  readonly readers: readonly number[][];
}

function usersOf({ buffers, kernels }: Draft): Users {
  const writers = buffers.map((): number[] => []);
  const readers = buffers.map((): number[] => []);
  kernels.forEach((kernel, k) => {
    for (const buffer of buffersWritten(kernel)) writers[buffer].push(k);
    for (const buffer of buffersRead(kernel)) readers[buffer].push(k);
  });
  return { writers, readers };
}

/** How all kernels access a buffer, when every one of them does so along whole axes. */
function accessesTo(
  writers: readonly Kernel[],
  readers: readonly Kernel[],
  buffer: BufferId,
): { shape: readonly number[]; reads: Access[] } | null {
  const [writer] = writers;
  if (writers.length !== 1 || writer.kind !== "map") return null;
  const stores = writer.stores.filter((store) => store.buffer === buffer);
  const shape = writer.extents;
  const [{ index, accumulate }] = stores;
  const rowMajor = index.offset === 0 && !index.dynamic && sameShape(index.strides, stridesOf(shape));
  if (stores.length !== 1 || accumulate || !rowMajor) return null;
  const reads: Access[] = [];
  for (const kernel of readers) {
    if (!isNest(kernel)) return null;
    for (const load of loadsOf(kernel)) {
      if (load.buffer !== buffer) continue;
      const axes = axesOf(load.index, loopsOf(kernel), shape);
      if (axes === null) return null;
      reads.push({ kernel, axes });
    }
  }
  return { shape, reads };
}

/** The strides that suit the reader with the most points, or null when those of today do. */
function betterStrides(shape: readonly number[], reads: readonly Access[]): number[] | null {
  const points = (access: Access): number => sizeOf(loopsOf(access.kernel));
  if (reads.length === 0) return null;
  const largest = reads.reduce((best, each) => (points(each) > points(best) ? each : best));
  const order = largest.axes.filter((axis) => axis >= 0);
  const rest = range(shape.length).filter((axis) => !order.includes(axis));
  const axes = [...rest, ...order];
  const dense = stridesOf(axes.map((axis) => shape[axis]));
  const strides = shape.map((_, axis) => dense[axes.indexOf(axis)]);
  return shape.every((extent, d) => extent === 1 || strides[d] === stridesOf(shape)[d]) ? null : strides;
}

/** The same kernel with `buffer` accessed by new strides. */
function withStrides(kernel: Kernel, buffer: BufferId, shape: readonly number[], strides: readonly number[]): Kernel {
  if (!isNest(kernel)) return kernel;
  const loops = loopsOf(kernel);
  const moved = (index: Index): Index => {
    const axes = axesOf(index, loops, shape)!;
    return { ...index, strides: axes.map((axis) => (axis < 0 ? 0 : strides[axis])) };
  };
  const memo = new Map<Expr, Expr>();
  const rewrite = (expr: Expr): Expr =>
    mapLoads(expr, (load) => (load.buffer === buffer ? { ...load, index: moved(load.index) } : load), memo);
  const stores = kernel.stores.map((store): Store => {
    const rewritten = mapStore(store, rewrite);
    return store.buffer === buffer ? { ...rewritten, index: { ...rewritten.index, strides } } : rewritten;
  });
  return kernel.kind === "map" ? { ...kernel, stores } : { ...kernel, stores, value: rewrite(kernel.value) };
}

export function chooseLayouts(draft: Draft): Draft {
  const kernels = [...draft.kernels];
  const { writers, readers } = usersOf(draft);
  const at = (places: readonly number[]): Kernel[] => places.map((k) => kernels[k]);
  const fixed = new Set([...draft.inputs, ...draft.outputs]);
  for (let buffer = 0; buffer < draft.buffers.length; buffer++) {
    if (fixed.has(buffer)) continue;
    const found = accessesTo(at(writers[buffer]), at(readers[buffer]), buffer);
    const strides = found === null ? null : betterStrides(found.shape, found.reads);
    if (found === null || strides === null) continue;
    for (const k of new Set([...writers[buffer], ...readers[buffer]])) {
      kernels[k] = withStrides(kernels[k], buffer, found.shape, strides);
    }
  }
  return { ...draft, kernels };
}
