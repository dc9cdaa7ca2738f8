/** @file How the loops of a fold are run. */
import type { Loop } from "./expression.ts";
import type { Choice } from "./plan.ts";

/** Vectors of several independent accumulators are folded while a step has at most this many instructions. */
const LIGHT = 12;
const COPIES = 4;

/** How many vectors are folded side by side. */
export const copiesOf = ({ work }: Choice): number => (work <= LIGHT ? COPIES : 1);

export interface Arrangement {
  readonly kept: readonly Loop[];
  readonly folded: readonly Loop[];
  /** Vectors along the innermost kept loop, or along the innermost folded one. */
  readonly along?: "kept" | "folded";
  readonly choice?: Choice;
  /** Whether the kept points may be visited in any order. */
  readonly isFree: boolean;
}
