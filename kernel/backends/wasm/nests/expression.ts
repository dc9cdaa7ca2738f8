/** @file What a code generator asks about loops and positions: which loops run, and where an expression changes. */
import type { Affine, Expr, Index, Store } from "../../../loops/ir.ts";

/** One loop of a nest as we run it; it may stand for several loops of the kernel that were merged. */
export interface Loop {
  readonly extent: number;
  /** The kernel's loop variable whose strides are this loop's. */
  readonly variable: number;
  /** How far the variable moves in one step, 1 where nothing else is said: an outer loop over blocks of it moves by more. */
  readonly step?: number;
}

export const strideOf = (index: Affine, { variable, step = 1 }: Loop): number => (index.strides[variable] ?? 0) * step;

/** The loops from `first` on that do more than one step. */
export function loopsOf(extents: readonly number[], first = 0): Loop[] {
  return extents.map((extent, i) => ({ extent, variable: first + i })).filter(({ extent }) => extent !== 1);
}

export const pointsOf = (loops: readonly Loop[]): number => loops.reduce((product, { extent }) => product * extent, 1);

/** Puts the loops in which `weight` is large outermost; loops of equal weight keep their order. */
export function sortLoops(loops: readonly Loop[], weight: (loop: Loop) => number): Loop[] {
  return [...loops].sort((a, b) => weight(b) - weight(a));
}

/** Merges neighbours that every index walks through as if they were one loop. */
export function mergeLoops(loops: readonly Loop[], indices: readonly Affine[]): Loop[] {
  const merged: Loop[] = [];
  for (const inner of loops) {
    const outer = merged.at(-1);
    if (outer && indices.every((index) => strideOf(index, outer) === strideOf(index, inner) * inner.extent)) {
      merged[merged.length - 1] = { extent: outer.extent * inner.extent, variable: inner.variable };
    } else merged.push(inner);
  }
  return merged;
}

/** Every affine form in `order` and `stores`. */
export function affineForms(order: readonly Expr[], stores: readonly Store[]): Affine[] {
  const found: Affine[] = stores.map((store) => store.index);
  for (const e of order) if (e.kind === "load" || e.kind === "iota") found.push(e.index);
  return found;
}

/** The number of outer loops that must have begun before `index` is known. */
export function affineLevel(index: Affine, loops: readonly Loop[]): number {
  let level = loops.length;
  while (level > 0 && strideOf(index, loops[level - 1]) === 0) level--;
  return level;
}

/** Values that cost no instruction to have again. */
export const isTrivial = (e: Expr): boolean => e.kind === "const" || e.kind === "accumulator";

export const isStatic = (index: Index): boolean => !index.dynamic || index.dynamic.length === 0;
