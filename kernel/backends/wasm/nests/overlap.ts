/** @file When a kernel writes where it reads. */
import { bytesPerElement } from "../../../dtype.ts";
import type { Expr, Store } from "../../../loops/ir.ts";
import { byteLength, type Placed } from "../memory/placed.ts";
import { isStatic, type Loop, strideOf } from "./expression.ts";

const share = (a: Placed, b: Placed): boolean =>
  a.address < b.address + byteLength(b) && b.address < a.address + byteLength(a);

export interface Overlap {
  /** Loads of bytes that a store changes: they must be done at their point. */
  readonly pinned: ReadonlySet<Expr>;
  /** Whether each such load is of the very element that its point stores, so that points may still be regrouped. */
  readonly aligned: boolean;
}

export function overlap(
  order: readonly Expr[],
  stores: readonly Store[],
  buffers: readonly Placed[],
  loops: readonly Loop[],
): Overlap {
  const pinned = new Set<Expr>();
  let aligned = true;
  for (const e of order) {
    if (e.kind !== "load") continue;
    for (const store of stores) {
      const [from, to] = [buffers[e.buffer], buffers[store.buffer]];
      if (!share(from, to)) continue;
      pinned.add(e);
      const size = bytesPerElement(from.dtype);
      aligned &&=
        size === bytesPerElement(to.dtype) &&
        isStatic(e.index) &&
        isStatic(store.index) &&
        from.address + e.index.offset * size === to.address + store.index.offset * size &&
        loops.every((loop) => strideOf(e.index, loop) === strideOf(store.index, loop));
    }
  }
  return { pinned, aligned };
}
