/** @file Cholesky factorization, row by row (Golub & Van Loan, Matrix Computations, 4.2). */
import { inner } from "./dense.ts";

/**
 * Replaces a symmetric n × n matrix, of which the lower triangle is read, by its factor L with zeros above. Returns 0, or
 * the order of the first leading block that is not positive definite.
 */
export function factorCholesky(a: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = a[i * n + j] - inner(a, i * n, a, j * n, j);
      if (i !== j) a[i * n + j] = rest / a[j * n + j];
      // NaN is no reason to stop: it spreads, as everywhere.
      else if (rest <= 0) return i + 1;
      else a[i * n + i] = Math.sqrt(rest);
    }
    a.fill(0, i * n + i + 1, (i + 1) * n);
  }
  return 0;
}
