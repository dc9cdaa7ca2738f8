/** @file A value as a display: a tensor, timings, or a tree of arrays and plain objects that holds some. */

import type { Tensor } from "cotangent";
import type { BenchmarkDisplay } from "../../../protocol/benchmark.ts";
import { DISPLAY_VERSION, type MatrixDisplay, type ValueDisplay } from "../../../protocol/display.ts";
import { comparisonDisplay, comparisonOf, measurementDisplay } from "./benchmark.ts";
import { explanationDisplay } from "./explanation.ts";
import { withFacts } from "./facts.ts";
import { isExplanation, isMeasurement, isPictured, isStructured, isTensor, type Pictured } from "./kernel-values.ts";
import { matrixDisplay, PREVIEW_ENTRIES } from "./matrix.ts";
import { patternDisplay } from "./pattern.ts";
import { leavesOf } from "./tree.ts";

/** More pictures than this under one cell are not looked at. */
const MOST_ITEMS = 24;

/** Keeps a tensor that is shown, so that its picture can be looked into; returns the handle. */
export type Hold = (tensor: Tensor) => string;

/** Undefined for a value without a picture. Pictures have handles where there is a session to `hold` the tensors. */
export function displayOf(value: unknown, hold?: Hold): ValueDisplay | undefined {
  if (isExplanation(value)) return explanationDisplay(value);
  if (isPictured(value)) return picturedDisplay(value, PREVIEW_ENTRIES, hold);
  const comparison = Array.isArray(value) && value.every(isMeasurement) ? comparisonOf(value) : undefined;
  if (comparison) return comparisonDisplay(comparison);
  const found = leavesOf(value).flatMap(({ path, leaf }) => (isPictured(leaf) ? [{ path, leaf }] : []));
  if (found.length === 0) return undefined;
  const shown = found.slice(0, MOST_ITEMS);
  const budget = Math.floor(PREVIEW_ENTRIES / shown.length);
  const items = shown.map(({ path, leaf }) => ({ path, display: picturedDisplay(leaf, budget, hold) }));
  return { version: DISPLAY_VERSION, kind: "group", items, omitted: found.length - shown.length };
}

function picturedDisplay(value: Pictured, budget: number, hold: Hold | undefined): MatrixDisplay | BenchmarkDisplay {
  if (isTensor(value)) {
    const display = withFacts(matrixDisplay(value, budget), value);
    return hold ? { ...display, handle: hold(value) } : display;
  }
  if (isStructured(value)) return patternDisplay(value, budget);
  return isMeasurement(value) ? measurementDisplay(value) : comparisonDisplay(value);
}
