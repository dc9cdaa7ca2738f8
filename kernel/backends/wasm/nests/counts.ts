/** @file Trip counts, known when compiling or only in a local, and loops over them. */
import type { FunctionBuilder } from "../code/function.ts";

export type Count = number | { readonly local: number };

/** `count` in groups of `size` (a power of two), and what is left over. */
export function divide(f: FunctionBuilder, count: Count, size: number): { groups: Count; rest: Count } {
  if (size === 1) return { groups: count, rest: 0 };
  if (typeof count === "number") return { groups: Math.floor(count / size), rest: count % size };
  return divideLocal(f, count, size);
}

/** The same for a count that is in a local. */
export function divideLocal(
  f: FunctionBuilder,
  { local }: { readonly local: number },
  size: number,
): { groups: { local: number }; rest: { local: number } } {
  const [groups, rest] = [f.local("i32"), f.local("i32")];
  f.get(local).i32(Math.log2(size)).op("i32.shr_u").set(groups);
  f.get(local)
    .i32(size - 1)
    .op("i32.and")
    .set(rest);
  return { groups: { local: groups }, rest: { local: rest } };
}

/** Runs `body` `count` times, which may be none; a count in a local is used up. */
export function times(f: FunctionBuilder, count: Count, body: () => void): void {
  if (count === 0) return;
  if (typeof count === "number") f.repeat(count, body);
  else f.get(count.local).if(() => f.repeat(count, body));
}
