/** @file Which variables are shown, and in which order. */
import type { Variable } from "../../protocol/variables.ts";

export const ORDERS = ["declared", "name", "type", "size"] as const;
export type Order = (typeof ORDERS)[number];

export const isOrder = (value: unknown): value is Order => ORDERS.some((order) => order === value);

const byName = (a: Variable, b: Variable): number => a.name.localeCompare(b.name, "en", { numeric: true });

/** The largest first; what has no bytes of its own comes after all that has. */
const bySize = (a: Variable, b: Variable): number =>
  (b.bytes ?? -1) - (a.bytes ?? -1) || (b.count ?? 0) - (a.count ?? 0) || byName(a, b);

const COMPARE: Readonly<Record<Exclude<Order, "declared">, (a: Variable, b: Variable) => number>> = {
  name: byName,
  type: (a, b) => a.type.localeCompare(b.type, "en") || (a.dtype ?? "").localeCompare(b.dtype ?? "") || byName(a, b),
  size: bySize,
};

/** The session lists variables in the order of their first declarations. */
export function sorted(variables: readonly Variable[], order: Order): readonly Variable[] {
  return order === "declared" ? variables : [...variables].sort(COMPARE[order]);
}

/** Those with the text in their name or type, whatever its case. */
export function matching(variables: readonly Variable[], filter: string): readonly Variable[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted === "") return variables;
  return variables.filter(({ name, type, dtype = "" }) =>
    [name, type, dtype].some((text) => text.toLowerCase().includes(wanted)),
  );
}
