/** @file A value as a display: a tensor, timings, or a tree of arrays and plain objects that holds some. */
import { type BenchmarkDisplay, DISPLAY_VERSION, type Display, type MatrixDisplay } from "../../../protocol/display.ts";
import { benchmarkDisplay } from "./benchmark.ts";
import { isComparison, isMeasurement, isTensor } from "./kernel-values.ts";
import { matrixDisplay, PREVIEW_ENTRIES } from "./matrix.ts";
import { leavesOf } from "./tree.ts";

/** More pictures than this under one cell are not looked at. */
const MOST_ITEMS = 24;

/** Undefined for a value without a picture. */
export function displayOf(value: unknown): Display | undefined {
  const single = leafDisplay(value, PREVIEW_ENTRIES);
  if (single) return single;
  if (Array.isArray(value) && value.length > 0 && value.every(isMeasurement)) return benchmarkDisplay(value);
  const found = leavesOf(value).filter(({ leaf }) => isPictured(leaf));
  if (found.length === 0) return undefined;
  const shown = found.slice(0, MOST_ITEMS);
  const budget = Math.floor(PREVIEW_ENTRIES / shown.length);
  const items = shown.flatMap(({ path, leaf }) => {
    const display = leafDisplay(leaf, budget);
    return display ? [{ path, display }] : [];
  });
  return { version: DISPLAY_VERSION, kind: "group", items, omitted: found.length - shown.length };
}

const isPictured = (leaf: unknown): boolean => isTensor(leaf) || isMeasurement(leaf) || isComparison(leaf);

function leafDisplay(value: unknown, budget: number): MatrixDisplay | BenchmarkDisplay | undefined {
  if (isTensor(value)) return matrixDisplay(value, budget);
  if (isMeasurement(value)) return benchmarkDisplay([value]);
  if (isComparison(value)) return benchmarkDisplay(value.measurements);
  return undefined;
}
