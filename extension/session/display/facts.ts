/** @file The facts of a small Jacobian or Hessian, found while it is shown: they are kept in the saved notebook too. */
import type { MatrixDisplay } from "../../../protocol/display.ts";
import { meaningOf } from "../../../protocol/facts.ts";
import { sizeOf } from "../../../protocol/notation.ts";
import { factsOf } from "../facts/facts.ts";
import { epsilonOf } from "../facts/spectrum.ts";
import type { TensorValue } from "./kernel-values.ts";

/** Rows or columns, whichever are fewer, and entries: what takes a few milliseconds. */
const MOST_VALUES = 64;
const MOST_ENTRIES = 2 ** 14;

export function withFacts(display: MatrixDisplay, tensor: TensorValue): MatrixDisplay {
  const meaning = meaningOf(display);
  const rows = sizeOf(display.rows.shape);
  const columns = sizeOf(display.columns.shape);
  const { slices } = display.preview;
  const small = Math.min(rows, columns) <= MOST_VALUES && rows * columns * slices.length <= MOST_ENTRIES;
  // A gradient, or a single number, has no spectrum worth a word.
  if (!meaning || !small || Math.min(rows, columns) < 2) return display;
  const data = tensor.dataSync();
  const epsilon = epsilonOf(tensor.dtype);
  const facts = slices.map((slice) => {
    const from = slice * rows * columns;
    const entries = Float64Array.from(data.subarray(from, from + rows * columns));
    return factsOf({ entries, rows, columns, epsilon }, meaning);
  });
  return { ...display, facts };
}
