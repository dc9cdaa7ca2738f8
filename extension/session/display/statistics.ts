/** @file What is said of a whole tensor in one pass over its own memory. */
import type { MatrixDisplay } from "../../../protocol/display.ts";
import type { TensorData } from "./kernel-values.ts";

export function statisticsOf(data: TensorData): MatrixDisplay["statistics"] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let zeros = 0;
  let nan = 0;
  let infinite = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    // x − x is 0 for every finite x and NaN for the others: one test on the path that is nearly always taken.
    if (value - value === 0) {
      if (value < min) min = value;
      if (value > max) max = value;
      if (value === 0) zeros++;
    } else if (Number.isNaN(value)) nan++;
    else infinite++;
  }
  return min <= max ? { min, max, zeros, nan, infinite } : { min: 0, max: 0, zeros, nan, infinite };
}
