/**
 * @file Which results of elementwise kernels may be written over an operand that nobody needs afterwards: less memory is
 * touched, and what is written is in the cache already.
 */
import type { DType } from "../dtype.ts";
import type { BufferId, MapKernel, Store } from "../loops/ir.ts";
import { type Load, loadsOf } from "../loops/walk.ts";
import type { Draft } from "./lower.ts";

/** The steps at which a buffer is first written and last read. */
export interface Lifetime {
  first: number;
  last: number;
}

/** A kernel and the step in which it runs. */
export interface MapStep {
  readonly kernel: MapKernel;
  readonly step: number;
}

/** Whether no two points store to one position: each loop steps over all that the loops with smaller steps reach. */
export function isInjective({ index }: Store, extents: readonly number[]): boolean {
  const loops = extents
    .map((extent, v) => ({ extent, stride: Math.abs(index.strides[v]) }))
    .filter(({ extent }) => extent !== 1)
    .sort((a, b) => a.stride - b.stride);
  let reach = 0;
  for (const { extent, stride } of loops) {
    if (stride <= reach) return false;
    reach += stride * (extent - 1);
  }
  return true;
}

export const isSamePlace = (load: Load, store: Store, extents: readonly number[]): boolean =>
  !load.index.dynamic &&
  load.index.offset === store.index.offset &&
  extents.every((extent, v) => extent === 1 || load.index.strides[v] === store.index.strides[v]);

/**
 * Pairs of buffers: the first may lie where the second does, which the kernel that writes the first is the last to read.
 * @param excluded buffers that must stay as they are
 */
export function takenOver(
  { buffers }: Draft,
  steps: readonly MapStep[],
  lives: readonly Lifetime[],
  excluded: ReadonlySet<BufferId>,
  bytesPerElement: (dtype: DType) => number,
): Map<BufferId, BufferId> {
  const pairs = new Map<BufferId, BufferId>();
  for (const { kernel, step } of steps) {
    const loads = loadsOf(kernel);
    const dying = new Set(loads.map(({ buffer }) => buffer).filter((buffer) => lives[buffer].last === step));
    for (const store of kernel.stores) {
      const { buffer: made, accumulate, index } = store;
      if (accumulate || index.dynamic || lives[made].first !== step || excluded.has(made)) continue;
      if (kernel.stores.some((other) => other !== store && other.buffer === made)) continue;
      const place = [...dying].find(
        (old) =>
          !excluded.has(old) &&
          lives[old].first < step &&
          bytesPerElement(buffers[old].dtype) === bytesPerElement(buffers[made].dtype) &&
          buffers[old].size === buffers[made].size &&
          loads.every((load) => load.buffer !== old || isSamePlace(load, store, kernel.extents)),
      );
      if (place === undefined || !isInjective(store, kernel.extents)) continue;
      dying.delete(place);
      pairs.set(made, place);
    }
  }
  return pairs;
}
