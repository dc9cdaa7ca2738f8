/** @file Copies between buffers, as control operations need them. */
import type { TensorType } from "../../graph/node.ts";
import type { BufferId, Copy, Kernel, Moving } from "../../loops/ir.ts";
import type { ControlSite } from "../../primitive.ts";
import { sizeOf } from "../../shape.ts";

/** A whole buffer, the same in each iteration. */
export const whole = (buffer: BufferId): Moving => ({ buffer, offset: 0, advance: 0 });

/** Copies a value of that type from one buffer to another. */
export function copyKernel(from: BufferId, to: BufferId, { shape, dtype }: TensorType): Kernel {
  const index = { offset: 0, strides: [1] };
  const value = { kind: "load", dtype, buffer: from, index } as const;
  return { kind: "map", extents: [sizeOf(shape)], stores: [{ buffer: to, index, value }] };
}

/**
 * Copies that make what an iteration computed what the next one finds. Where a value moves from one place in the carry to
 * another, it is put aside first, since its own place may be written before.
 */
export function carryUpdates(
  site: Pick<ControlSite<unknown>, "allocate">,
  computed: readonly BufferId[],
  carried: readonly BufferId[],
  types: readonly TensorType[],
): Copy[] {
  const aside: Copy[] = [];
  const updates: Copy[] = [];
  carried.forEach((to, i) => {
    const size = sizeOf(types[i].shape);
    let from = computed[i];
    if (from === to) return;
    if (carried.includes(from)) {
      const spare = site.allocate(types[i]);
      aside.push({ from: whole(from), to: whole(spare), size });
      from = spare;
    }
    updates.push({ from: whole(from), to: whole(to), size });
  });
  return [...aside, ...updates];
}
