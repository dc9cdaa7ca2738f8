/** @file What is said of a whole tensor in one pass over its own memory. */
import type { MatrixDisplay } from "../../../protocol/display.ts";
import type { TensorData } from "./kernel-values.ts";

export function statisticsOf(data: TensorData): MatrixDisplay["statistics"] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let zeros = 0;
  let nan = 0;
  let infinite = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    // x − x is 0 for every finite x and NaN for the others: one test on the path that is nearly always taken.
    if (value - value === 0) {
      if (value < min) min = value;
      if (value > max) max = value;
      if (value === 0) zeros++;
      sum += value;
      squares += value * value;
    } else if (Number.isNaN(value)) nan++;
    else infinite++;
  }
  if (!(min <= max)) return { min: 0, max: 0, zeros, nan, infinite };
  // Of numbers near the largest there are, the sums overflow: then nothing is said rather than something wrong.
  const mean = sum / (data.length - nan - infinite);
  return {
    min,
    max,
    ...(Number.isFinite(sum) ? { mean } : {}),
    ...(Number.isFinite(squares) ? { norm: Math.sqrt(squares) } : {}),
    zeros,
    nan,
    infinite,
  };
}
