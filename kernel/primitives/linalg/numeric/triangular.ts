/** @file Solving with a triangular matrix, by substitution (Golub & Van Loan, Matrix Computations, 3.1). */

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
  const [byRow, byColumn] = transposed ? [1, n] : [n, 1];
  const forward = lower !== transposed;
  const steps = forward ? 1 : -1;
  const first = forward ? 0 : n - 1;
  for (let p = 0; p < n; p++) {
    const i = first + steps * p;
    const row = i * k;
    let q = 0;
    // Row i minus multiples of the p rows that are solved, four at a time.
    for (; q + 3 < p; q += 4) {
      const [j0, j1, j2, j3] = [0, 1, 2, 3].map((each) => first + steps * (q + each));
      const [x0, x1, x2, x3] = [
        a[i * byRow + j0 * byColumn],
        a[i * byRow + j1 * byColumn],
        a[i * byRow + j2 * byColumn],
        a[i * byRow + j3 * byColumn],
      ];
      const [b0, b1, b2, b3] = [j0 * k, j1 * k, j2 * k, j3 * k];
      for (let c = 0; c < k; c++) b[row + c] -= x0 * b[b0 + c] + x1 * b[b1 + c] + x2 * b[b2 + c] + x3 * b[b3 + c];
    }
    for (; q < p; q++) {
      const j = first + steps * q;
      const x = a[i * byRow + j * byColumn];
      for (let c = 0; c < k; c++) b[row + c] -= x * b[j * k + c];
    }
    if (unitDiagonal) continue;
    const pivot = a[i * n + i];
    for (let c = 0; c < k; c++) b[row + c] /= pivot;
  }
}
