/** @file Numbers by their order: as int32 that compare as the numbers do, with every NaN above all of them. */
import type { DType } from "../../../../dtype.ts";
import { type Calls, call } from "../expression.ts";

/** The int32 that stands for a value; −0 and 0 have one. */
export function rankText(calls: Calls, dtype: DType, value: string): string {
  if (dtype === "bool") return `select(0, 1, ${value})`;
  return dtype === "int32" ? value : call(calls, "rank_", value);
}

/** The same in the opposite order; NaN is above all numbers even so. */
export function opposedRankText(calls: Calls, dtype: DType, value: string): string {
  return dtype === "float32" ? call(calls, "opposedRank_", value) : `(~${rankText(calls, dtype, value)})`;
}
