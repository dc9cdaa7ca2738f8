/** @file What a structured matrix is called: by its terms where they say it, else by where its entries are. */

import { sizeOf } from "../../shape.ts";
import { type Label, labelsOf } from "../../structure/label.ts";
import { commonAxes } from "../../structure/parts.ts";
import type { Bandwidth } from "../../structure/pattern.ts";
import type { Structured, Term } from "../../structure/term.ts";

/** How a matrix looks; the first that fits. */
export type MatrixKind =
  | "zero"
  | "diagonal"
  | "block diagonal"
  | "low rank"
  | "low rank plus diagonal"
  | "banded"
  | "sparse"
  | "dense";

/** Whether rows and columns of all entries are the same positions. */
export const isOnDiagonal = (term: Term, matrix: Structured, split: number): boolean => {
  const alone = { ...matrix, terms: [term] };
  return matrix.shape.length === 2 * split && commonAxes(alone, split) === split;
};

/** A product of values along rows and values along columns, and of nothing along both. */
function isOuterProduct({ forms, factors, guards }: Term, split: number): boolean {
  if (guards.length > 0) return false;
  const rows = new Set<Label>(forms.slice(0, split).flatMap(labelsOf));
  const columns = new Set<Label>(forms.slice(split).flatMap(labelsOf));
  // A single row or column is no product of anything.
  if (rows.size === 0 || columns.size === 0 || [...rows].some((label) => columns.has(label))) return false;
  return factors.every(
    ({ labels }) => labels.every((label) => rows.has(label)) || labels.every((label) => columns.has(label)),
  );
}

/** From the terms alone; null when they do not say. */
export function statedKind(matrix: Structured, split: number): MatrixKind | null {
  const { terms, shape } = matrix;
  if (terms.length === 0) return "zero";
  const common = commonAxes(matrix, split);
  if (shape.length === 2 * split && common === split) return "diagonal";
  if (sizeOf(shape.slice(0, common)) > 1) return "block diagonal";
  const others = terms.filter((term) => !isOnDiagonal(term, matrix, split));
  if (others.every((term) => isOuterProduct(term, split))) {
    return others.length < terms.length ? "low rank plus diagonal" : "low rank";
  }
  return null;
}

/** Diagonals up to which a matrix of few rows is still called banded. */
const FEW_DIAGONALS = 3;

/** From where the entries are. */
export function foundKind(nnz: number, rows: number, columns: number, { lower, upper }: Bandwidth): MatrixKind {
  const diagonals = lower + upper + 1;
  if (nnz < rows * columns && diagonals <= Math.max(FEW_DIAGONALS, Math.min(rows, columns) / 2)) return "banded";
  return 2 * nnz > rows * columns ? "dense" : "sparse";
}
