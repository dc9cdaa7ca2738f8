/**
 * @file How a picture asks for the numbers behind it. A display that is too large to travel carries the handle of its
 * tensor, which the session holds; a view asks for tiles of it, as coarse as the screen needs, and for facts.
 */
import type { MatrixDisplay } from "./display.ts";
import type { MatrixFacts, MatrixMeaning } from "./facts.ts";
import { unravel } from "./notation.ts";

/** One matrix out of a tensor: which of its axes are laid along rows and columns, outermost first. */
export interface MatrixAxes {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** The index along each axis of the tensor; those of rows and columns are not read. */
  readonly at: readonly number[];
}

/** The axes of one matrix of a stack as it is displayed: those of the slices come first, then rows, then columns. */
export function axesOf({ slices, rows, columns }: MatrixDisplay, slice: number): MatrixAxes {
  const stack = slices.flatMap(({ shape }) => shape);
  const first = stack.length;
  const second = first + rows.shape.length;
  const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
  return {
    rows: range(first, rows.shape.length),
    columns: range(second, columns.shape.length),
    at: [...unravel(slice, stack), ...rows.shape.map(() => 0), ...columns.shape.map(() => 0)],
  };
}

/** The entries [row, row + rows) × [column, column + columns) of one level. */
export interface TileRequest {
  readonly handle: string;
  readonly axes: MatrixAxes;
  /**
   * An entry stands for a block of 2^level × 2^level: the one of largest magnitude in it, NaN before all. Blocks of a
   * matrix that is drawn stretched need not be square.
   */
  readonly level: number | { readonly rows: number; readonly columns: number };
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

export type TileAnswer =
  | {
      readonly status: "tile";
      /** The entries as the dtype stores them, little-endian, base64, row by row. */
      readonly data: string;
    }
  | Unanswered;

export interface FactsRequest {
  readonly handle: string;
  readonly axes: MatrixAxes;
  readonly meaning: MatrixMeaning;
}

export type FactsAnswer = { readonly status: "facts"; readonly facts: MatrixFacts } | Unanswered;

type Unanswered =
  /** A cell runs, and is not disturbed: ask again when it is done. */
  | { readonly status: "busy" }
  /** The session let go of the tensor, or is another one. */
  | { readonly status: "gone" }
  /** The tensor has no such tile, or could not be read. */
  | { readonly status: "failed"; readonly message: string };
