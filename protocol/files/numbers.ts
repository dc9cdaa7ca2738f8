/** @file Entries as text that another program reads back to the same bits. */
import type { MatrixDisplay } from "../display.ts";
import type { Entries } from "../heatmap.ts";

/** Writes a value of the type with as few digits as name it. */
export function exactText(dtype: MatrixDisplay["dtype"]): (value: number) => string {
  if (dtype !== "float32") return String;
  return (value) => {
    // A float32 is a double with a long tail of digits; nine always suffice, and mostly fewer do.
    for (let digits = 6; digits < 9; digits++) {
      const text = Number(value.toPrecision(digits));
      if (Math.fround(text) === value) return String(text);
    }
    return Number.isFinite(value) ? String(Number(value.toPrecision(9))) : String(value);
  };
}

/** A matrix, a line for each row. */
export function tableOf(
  entries: Entries,
  columns: number,
  dtype: MatrixDisplay["dtype"],
  separator: "," | "\t",
): string {
  const write = exactText(dtype);
  const lines: string[] = [];
  for (let from = 0; from < entries.length; from += columns) {
    lines.push(Array.from(entries.subarray(from, from + columns), write).join(separator));
  }
  return `${lines.join("\n")}\n`;
}
