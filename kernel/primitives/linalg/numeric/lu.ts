/** @file LU factorization with partial pivoting (Golub & Van Loan, Matrix Computations, 3.4), and solving with it. */
import { substitute } from "./triangular.ts";

/**
 * Factors an m × n matrix in place: below the diagonal L, whose diagonal is ones, the rest U. Row i of L · U is row
 * `order[i]` of the matrix. Returns the sign of that order. A column without a pivot is left as it is, with 0 in U.
 */
export function factorLU(a: Float64Array, m: number, n: number, order: Int32Array): number {
  let sign = 1;
  for (let i = 0; i < m; i++) order[i] = i;
  for (let k = 0; k < Math.min(m, n); k++) {
    let pivot = k;
    for (let i = k + 1; i < m; i++) {
      if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i;
    }
    if (pivot !== k) {
      const row = a.slice(k * n, (k + 1) * n);
      a.copyWithin(k * n, pivot * n, (pivot + 1) * n);
      a.set(row, pivot * n);
      [order[k], order[pivot]] = [order[pivot], order[k]];
      sign = -sign;
    }
    const divisor = a[k * n + k];
    if (divisor === 0) continue;
    for (let i = k + 1; i < m; i++) {
      const factor = a[i * n + k] / divisor;
      a[i * n + k] = factor;
      if (factor === 0) continue;
      const [from, to] = [k * n, i * n];
      for (let j = k + 1; j < n; j++) a[to + j] -= factor * a[from + j];
    }
  }
  return sign;
}

/** The first zero on the diagonal of an n × n factor, counted from 0, or −1. */
export function zeroPivot(factors: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) if (factors[i * n + i] === 0) return i;
  return -1;
}

/** The solution of `A · X = B` (`Aᵀ · X = B` with `transposed`) for `b` n × k, from the factors of A. */
export function solveLU(
  factors: Float64Array,
  order: Int32Array,
  n: number,
  b: Float64Array,
  k: number,
  transposed: boolean,
): Float64Array {
  const out = new Float64Array(n * k);
  const lower = { lower: true, transposed, unitDiagonal: true };
  const upper = { lower: false, transposed, unitDiagonal: false };
  if (transposed) {
    const work = b.slice();
    substitute(factors, n, work, k, upper);
    substitute(factors, n, work, k, lower);
    for (let i = 0; i < n; i++) out.set(work.subarray(i * k, (i + 1) * k), order[i] * k);
  } else {
    for (let i = 0; i < n; i++) out.set(b.subarray(order[i] * k, (order[i] + 1) * k), i * k);
    substitute(factors, n, out, k, lower);
    substitute(factors, n, out, k, upper);
  }
  return out;
}
