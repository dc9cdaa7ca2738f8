/**
 * @file LU factorization with partial pivoting (Golub & Van Loan, Matrix Computations, 3.4), in halves of the columns
 * (Toledo 1997, "Locality of reference in LU decomposition with partial pivoting"), and solving with it.
 */
import type { Workspace } from "../../../loops/workspace.ts";
import { addProduct, half, rowMajor, SMALL } from "./blocks.ts";
import { solveTriangular } from "./triangular.ts";

const UNIT_LOWER = { lower: true, transposed: false, unitDiagonal: true };

/**
 * Factors an m × n matrix in place: below the diagonal L, whose diagonal is ones, the rest U. Row i of L · U is row
 * `order[i]` of the matrix. Returns the sign of that order. A column without a pivot is left as it is, with 0 in U.
 */
export function factorLU(space: Workspace, a: number, m: number, n: number, order: Int32Array): number {
  for (let i = 0; i < m; i++) order[i] = i;
  const count = Math.min(m, n);
  /** The row that row i was exchanged with, in the order of the steps. */
  const exchanged = new Int32Array(count);
  factorColumns(space, a, n, m, count, exchanged, 0);
  if (n > count) {
    exchangeRows(space, a + count, n, n - count, exchanged, 0, count);
    solveTriangular(space, rowMajor(a, n), m, a + count, n, n - count, UNIT_LOWER);
  }
  let sign = 1;
  for (let i = 0; i < count; i++) {
    const other = exchanged[i];
    if (other === i) continue;
    [order[i], order[other]] = [order[other], order[i]];
    sign = -sign;
  }
  return sign;
}

/** Factors n ≤ m columns that begin at row `first` of the matrix, and notes the exchanges of its rows. */
function factorColumns(
  space: Workspace,
  a: number,
  stride: number,
  m: number,
  n: number,
  exchanged: Int32Array,
  first: number,
): void {
  if (n <= SMALL) {
    factorPanel(space, a, stride, m, n, exchanged, first);
    return;
  }
  const h = half(n);
  const rest = n - h;
  const beside = a + h;
  const corner = beside + h * stride;
  factorColumns(space, a, stride, m, h, exchanged, first);
  exchangeRows(space, beside, stride, rest, exchanged, first, h);
  solveTriangular(space, rowMajor(a, stride), h, beside, stride, rest, UNIT_LOWER);
  addProduct(space, corner, stride, -1, rowMajor(a + h * stride, stride), rowMajor(beside, stride), m - h, rest, h);
  factorColumns(space, corner, stride, m - h, rest, exchanged, first + h);
  exchangeRows(space, a + h * stride, stride, h, exchanged, first + h, rest);
}

/** Does `count` exchanges, of which the first is that of the row `a` is in. */
function exchangeRows(
  space: Workspace,
  a: number,
  stride: number,
  width: number,
  exchanged: Int32Array,
  first: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const other = exchanged[first + i] - first;
    if (other !== i) space.exchange(a + i * stride, a + other * stride, width);
  }
}

/** Few columns, as rows of their transpose: what is below a pivot is then contiguous. */
function factorPanel(
  space: Workspace,
  a: number,
  stride: number,
  m: number,
  n: number,
  exchanged: Int32Array,
  first: number,
): void {
  const panel = space.take(n * m);
  const { data } = space;
  space.transpose(panel, m, a, stride, m, n);
  for (let k = 0; k < n; k++) {
    const column = panel + k * m;
    // The columns before, each after those before it; then all of them at once in the rows below.
    for (let j = 1; j < k; j++) {
      let sum = data[column + j];
      for (let i = 0; i < j; i++) sum -= data[panel + i * m + j] * data[column + i];
      data[column + j] = sum;
    }
    space.addRows(column + k, -1, column, 1, panel + k, m, k, m - k);
    const pivot = largestFrom(data, column, k, m);
    exchanged[first + k] = first + pivot;
    if (pivot !== k) {
      for (let j = 0; j < n; j++) {
        const at = panel + j * m;
        const old = data[at + k];
        data[at + k] = data[at + pivot];
        data[at + pivot] = old;
      }
    }
    const divisor = data[column + k];
    if (divisor !== 0) space.divide(column + k + 1, divisor, m - k - 1);
  }
  space.transpose(a, stride, panel, m, n, m);
  space.release(panel);
}

function largestFrom(data: Float64Array, column: number, k: number, m: number): number {
  let place = k;
  let largest = Math.abs(data[column + k]);
  for (let i = k + 1; i < m; i++) {
    const magnitude = Math.abs(data[column + i]);
    if (magnitude > largest) {
      largest = magnitude;
      place = i;
    }
  }
  return place;
}

/** The first zero on the diagonal of an n × n factor, counted from 0, or −1. */
export function zeroPivot(data: Float64Array, factors: number, n: number): number {
  for (let i = 0; i < n; i++) if (data[factors + i * (n + 1)] === 0) return i;
  return -1;
}

/** The product of the diagonal, and `sign`. */
export function determinant(data: Float64Array, factors: number, n: number, sign: number): number {
  let product = sign;
  for (let i = 0; i < n; i++) product *= data[factors + i * (n + 1)];
  return product;
}

/**
 * Writes to `x` the solution of `A · X = B` (`Aᵀ · X = B` with `transposed`) for `b` n × k, from the factors of A. What was
 * in `b` may be lost.
 */
export function solveLU(
  space: Workspace,
  factors: number,
  order: ArrayLike<number>,
  n: number,
  b: number,
  x: number,
  k: number,
  transposed: boolean,
): void {
  const { data } = space;
  const a = rowMajor(factors, n);
  const lower = { lower: true, transposed, unitDiagonal: true };
  const upper = { lower: false, transposed, unitDiagonal: false };
  const row = (at: number, i: number): number => at + i * k;
  if (transposed) {
    solveTriangular(space, a, n, b, k, k, upper);
    solveTriangular(space, a, n, b, k, k, lower);
    for (let i = 0; i < n; i++) data.copyWithin(row(x, order[i]), row(b, i), row(b, i + 1));
  } else {
    for (let i = 0; i < n; i++) data.copyWithin(row(x, i), row(b, order[i]), row(b, order[i] + 1));
    solveTriangular(space, a, n, x, k, k, lower);
    solveTriangular(space, a, n, x, k, k, upper);
  }
}
