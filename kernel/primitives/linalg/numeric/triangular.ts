/** @file Solving with a triangular matrix, by substitution (Golub & Van Loan, Matrix Computations, 3.1). */
import { addRows, inner } from "./dense.ts";

export interface Triangle {
  /** Which triangle of the matrix is read. */
  readonly lower: boolean;
  /** Solves with the transpose of that triangle. */
  readonly transposed: boolean;
  /** Takes the diagonal for ones, whatever it holds. */
  readonly unitDiagonal: boolean;
}

/** Replaces `b`, n × k, by the solution. A zero on the diagonal gives infinities and NaN. */
export function substitute(
  a: Float64Array,
  n: number,
  b: Float64Array,
  k: number,
  { lower, transposed, unitDiagonal }: Triangle,
): void {
  const forward = lower !== transposed;
  const weights = new Float64Array(n);
  for (let p = 0; p < n; p++) {
    const i = forward ? p : n - 1 - p;
    const row = i * k;
    // Row i minus multiples of the rows that are solved.
    const from = forward ? 0 : i + 1;
    for (let q = 0; q < p; q++) weights[q] = transposed ? a[(from + q) * n + i] : a[i * n + from + q];
    if (k === 1) b[i] -= inner(weights, 0, b, from, p);
    else addRows(b, row, -1, weights, 0, b, from * k, k, p, k);
    if (unitDiagonal) continue;
    const pivot = a[i * n + i];
    for (let c = 0; c < k; c++) b[row + c] /= pivot;
  }
}
