/** @file A tensor as the expression that makes it, to be pasted into a cell. */
import type { MatrixDisplay } from "../display.ts";
import type { Entries } from "../heatmap.ts";
import { exactText } from "./numbers.ts";

/** More than this belongs in a file: a cell of so many numbers can hardly be edited. */
export const MOST_IN_CODE = 10_000;

export function typescriptOf(entries: Entries, dtype: MatrixDisplay["dtype"], shape: readonly number[]): string {
  const write = dtype === "bool" ? (value: number) => String(value !== 0) : exactText(dtype);
  let next = 0;
  const nested = (axis: number, indent: string): string => {
    if (axis === shape.length) return write(entries[next++]);
    const parts = Array.from({ length: shape[axis] }, () => nested(axis + 1, `${indent}  `));
    if (axis === shape.length - 1) return `[${parts.join(", ")}]`;
    return `[\n${parts.map((part) => `${indent}  ${part},\n`).join("")}${indent}]`;
  };
  const values = nested(0, "");
  return dtype === "float32" ? `tensor(${values})` : `tensor(${values}, { dtype: "${dtype}" })`;
}
