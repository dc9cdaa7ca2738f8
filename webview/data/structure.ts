/** @file Where the entries of a matrix are that are not zero, and what form that gives it. */
import type { Plane } from "./pyramid.ts";

export interface Structure {
  readonly nonzero: number;
  /** Diagonals with entries below the main one, and above it. */
  readonly lower: number;
  readonly upper: number;
  /** In words: "diagonal", "block diagonal, 16 blocks of 1 × 16", "banded, symmetric". Empty when nothing stands out. */
  readonly form: string;
}

export function structureOf(plane: Plane): Structure {
  const { entries, from, rows, columns } = plane;
  let [nonzero, lower, upper] = [0, 0, 0];
  // The first and last column with an entry, of each row; a row without one has none.
  const firsts = new Int32Array(rows).fill(columns);
  const lasts = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (entries[from + row * columns + column] === 0) continue;
      nonzero++;
      if (lasts[row] < 0) firsts[row] = column;
      lasts[row] = column;
      lower = Math.max(lower, row - column);
      upper = Math.max(upper, column - row);
    }
  }
  const form = [formOf(plane, { nonzero, lower, upper }, firsts, lasts), symmetryOf(plane, nonzero)];
  return { nonzero, lower, upper, form: form.filter(Boolean).join(", ") };
}

function formOf(
  { rows, columns }: Plane,
  { nonzero, lower, upper }: Omit<Structure, "form">,
  firsts: Int32Array,
  lasts: Int32Array,
): string {
  if (nonzero === 0) return "all zero";
  if (rows === 1 || columns === 1) return "";
  if (lower === 0 && upper === 0) return "diagonal";
  const blocks = blocksOf(firsts, lasts);
  if (blocks > 1) {
    const even = rows % blocks === 0 && columns % blocks === 0;
    return `block diagonal, ${blocks} blocks${even ? ` of ${rows / blocks} × ${columns / blocks}` : ""}`;
  }
  if (lower === 0) return "upper triangular";
  if (upper === 0) return "lower triangular";
  if (lower === 1 && upper === 1 && rows === columns) return "tridiagonal";
  return lower + upper + 1 <= Math.min(rows, columns) / 2 ? "banded" : "";
}

/** Into how many blocks a matrix falls of which no row or column is shared, from the top left to the bottom right. */
function blocksOf(firsts: Int32Array, lasts: Int32Array): number {
  const rows = firsts.length;
  /** The leftmost column in use from a row on downwards. */
  const leftmost = Int32Array.from(firsts);
  for (let row = rows - 2; row >= 0; row--) leftmost[row] = Math.min(firsts[row], leftmost[row + 1]);
  let blocks = 1;
  let rightmost = -1;
  for (let row = 0; row + 1 < rows; row++) {
    rightmost = Math.max(rightmost, lasts[row]);
    if (rightmost >= 0 && lasts[row + 1] >= 0 && rightmost < leftmost[row + 1]) blocks++;
  }
  return blocks;
}

/** Of rounding, two entries that should be equal may differ by this share of the larger. */
const ROUNDING = 1e-5;

function symmetryOf({ entries, from, rows, columns }: Plane, nonzero: number): string {
  if (rows !== columns || rows === 1 || nonzero === 0) return "";
  let [symmetric, skew] = [true, true];
  for (let row = 0; row < rows && (symmetric || skew); row++) {
    for (let column = 0; column <= row; column++) {
      const a = entries[from + row * columns + column];
      const b = entries[from + column * columns + row];
      const slack = ROUNDING * Math.max(Math.abs(a), Math.abs(b));
      if (!(Math.abs(a - b) <= slack)) symmetric = false;
      if (!(Math.abs(a + b) <= slack)) skew = false;
    }
  }
  return symmetric ? "symmetric" : skew ? "skew-symmetric" : "";
}
