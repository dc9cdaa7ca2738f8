/** @file How a reader wants values shown, and the colour scale that this makes of what is known of a matrix. */
import type { ColourScale } from "../../protocol/colours.ts";
import type { Curve } from "../../protocol/curve.ts";
import type { Summary } from "../data/source.ts";

export interface Look {
  readonly shows: "values" | "magnitude" | "pattern";
  readonly curve: Curve;
  /** Whether the colours end at the usual magnitudes, so that a few large entries do not take them all. */
  readonly trims: boolean;
}

/** By so much the largest entry exceeds the usual ones before trimming is worth it unasked. */
const OUTSTANDING = 20;

export const reachOf = ({ min, max }: Pick<Summary, "min" | "max">): number => Math.max(-min, max, 0);

export const initialLook = (summary: Summary): Look => ({
  shows: "values",
  curve: "linear",
  trims: summary.beyond > 0 && reachOf(summary) > OUTSTANDING * summary.usual,
});

/** `signed` says whether the whole tensor has negative entries, so that all its slices are in one map. */
export function scaleOf({ shows, curve, trims }: Look, summary: Summary, signed: boolean): ColourScale {
  const reach = reachOf(summary);
  const high = (trims && summary.beyond > 0 ? summary.usual : reach) || 1;
  const kind = shows === "values" ? (signed ? "diverging" : "sequential") : shows;
  // Symlog begins where the small entries are, asinh at the middle ones.
  const from = curve === "symlog" ? summary.small : summary.typical;
  const bend = curve === "linear" ? 1 : Math.min(Math.max(from, high * 1e-9), high / 2);
  return { kind, low: kind === "diverging" ? -high : 0, high, curve, bend };
}
