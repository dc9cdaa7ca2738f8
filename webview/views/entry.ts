/** @file What the cell under the pointer is: its name, from the names of the axes, and its value. */
import type { MatrixDisplay, Side } from "../../protocol/display.ts";
import { blockStart } from "../../protocol/heatmap.ts";
import {
  digitsOf,
  formatNumber,
  sizeOf,
  sliceName,
  stretchOfSide,
  unravel,
  unravelSlice,
} from "../../protocol/notation.ts";

/** A cell of the preview. */
export interface Cell {
  /** Its place among the slices sent. */
  readonly slice: number;
  readonly row: number;
  readonly column: number;
}

/** `∂predict[3] / ∂x[7] = −0.595584`; for a block of a reduced picture, its extent and its largest entry. */
export function describeCell(display: MatrixDisplay, cell: Cell, value: number): string {
  const written = display.dtype === "bool" ? String(value !== 0) : formatNumber(value, digitsOf(display).entry);
  const name = display.role === "tensor" ? tensorEntry(display, cell) : derivativeEntry(display, cell);
  return display.preview.pooled ? `${name}: largest ${written}` : `${name} = ${written}`;
}

function derivativeEntry(display: MatrixDisplay, cell: Cell): string {
  const slice = display.preview.slices[cell.slice];
  const row = stretch(display.rows, cell.row, display.preview.rows);
  const column = stretch(display.columns, cell.column, display.preview.columns);
  if (display.role === "jacobian") return prefixed(sliceName(display, slice), `∂${row} / ∂${column}`);
  // The last side that numbers slices is the output; those before it are batches.
  const indices = unravelSlice(display, slice);
  const names = display.slices.map((side, i) => stretchOfSide(side, indices[i], indices[i]));
  const output = names.pop() ?? "output";
  return prefixed(names.join(", "), `∂²${output} / ${row === column ? `∂${row}²` : `∂${row} ∂${column}`}`);
}

const prefixed = (place: string, entry: string): string => (place ? `${place}: ${entry}` : entry);

function stretch(side: Side, block: number, blocks: number): string {
  const [first, last] = bounds(side, block, blocks);
  return stretchOfSide(side, first, last);
}

/** `[3, 7]`; `[0, 8–11, 4–7]` for a block. */
function tensorEntry({ slices, rows, columns, preview }: MatrixDisplay, { slice, row, column }: Cell): string {
  const outer = slices.flatMap((side) => unravel(preview.slices[slice], side.shape).map(String));
  const inner = [range(rows, row, preview.rows), range(columns, column, preview.columns)];
  return `[${[...outer, ...inner].filter(Boolean).join(", ")}]`;
}

/** A plain tensor has at most one axis along a side. */
function range(side: Side, block: number, blocks: number): string {
  if (side.shape.length === 0) return "";
  const [first, last] = bounds(side, block, blocks);
  return first === last ? String(first) : `${first}–${last}`;
}

function bounds(side: Side, block: number, blocks: number): [first: number, last: number] {
  const size = sizeOf(side.shape);
  return [blockStart(block, size, blocks), blockStart(block + 1, size, blocks) - 1];
}
