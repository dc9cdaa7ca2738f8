/** @file LU factorization with partial pivoting (Golub & Van Loan, Matrix Computations, 3.4), and solving with it. */
import { addMultiple, addRows } from "./dense.ts";
import { substitute } from "./triangular.ts";

/** Columns that are eliminated together: what is right of them is then read and written once for all. */
const PANEL = 4;

/**
 * Factors an m × n matrix in place: below the diagonal L, whose diagonal is ones, the rest U. Row i of L · U is row
 * `order[i]` of the matrix. Returns the sign of that order. A column without a pivot is left as it is, with 0 in U.
 */
export function factorLU(a: Float64Array, m: number, n: number, order: Int32Array): number {
  let sign = 1;
  for (let i = 0; i < m; i++) order[i] = i;
  const count = Math.min(m, n);
  for (let start = 0; start < count; start += PANEL) {
    const end = Math.min(start + PANEL, count);
    for (let k = start; k < end; k++) {
      const pivot = largestBelow(a, m, n, k);
      if (pivot !== k) {
        exchangeRows(a, n, k, pivot);
        [order[k], order[pivot]] = [order[pivot], order[k]];
        sign = -sign;
      }
      const divisor = a[k * n + k];
      if (divisor === 0) continue;
      for (let i = k + 1; i < m; i++) {
        const factor = a[i * n + k] / divisor;
        a[i * n + k] = factor;
        addMultiple(a, i * n + k + 1, -factor, a, k * n + k + 1, end - k - 1);
      }
    }
    // Right of the panel: first its own rows, from top to bottom, then all below.
    const rest = n - end;
    if (rest === 0) continue;
    for (let i = start + 1; i < m; i++) {
      addRows(a, i * n + end, -1, a, i * n + start, a, start * n + end, n, Math.min(i, end) - start, rest);
    }
  }
  return sign;
}

function largestBelow(a: Float64Array, m: number, n: number, k: number): number {
  let pivot = k;
  for (let i = k + 1; i < m; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i;
  return pivot;
}

function exchangeRows(a: Float64Array, n: number, i: number, j: number): void {
  const row = a.slice(i * n, (i + 1) * n);
  a.copyWithin(i * n, j * n, (j + 1) * n);
  a.set(row, j * n);
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
