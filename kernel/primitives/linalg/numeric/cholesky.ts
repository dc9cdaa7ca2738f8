/**
 * @file Cholesky factorization (Golub & Van Loan, Matrix Computations, 4.2), in halves. It is the upper factor that is
 * computed, the transpose of the one that is wanted: its rows are contiguous where those of a matrix are.
 */
import type { Workspace } from "../../../loops/workspace.ts";
import { addProduct, half, rowMajor, SMALL, transposeOf } from "./blocks.ts";
import { transposed } from "./dense.ts";
import { solveTriangular } from "./triangular.ts";

/** Squares on the diagonal of a symmetric product up to this order are computed whole, half of it for nothing. */
const WHOLE = 96;

/**
 * Replaces the upper triangle of an n × n matrix by U with `Uᵀ · U` equal to it; what is below the diagonal is not read,
 * and lost. Returns 0, or the order of the first leading block that is not positive definite.
 */
export function factorCholesky(space: Workspace, a: number, stride: number, n: number): number {
  if (n <= SMALL) return factorSmall(space.data, a, stride, n);
  const h = half(n);
  const rest = n - h;
  const beside = a + h;
  const corner = beside + h * stride;
  const failed = factorCholesky(space, a, stride, h);
  if (failed > 0) return failed;
  const transposed = { lower: false, transposed: true, unitDiagonal: false };
  solveTriangular(space, rowMajor(a, stride), h, beside, stride, rest, transposed);
  subtractSquare(space, corner, beside, stride, rest, h);
  const later = factorCholesky(space, corner, stride, rest);
  return later > 0 ? h + later : 0;
}

function factorSmall(data: Float64Array, a: number, stride: number, n: number): number {
  for (let k = 0; k < n; k++) {
    const row = a + k * stride;
    const pivot = data[row + k];
    // NaN is no reason to stop: it spreads, as everywhere.
    if (pivot <= 0) return k + 1;
    const root = Math.sqrt(pivot);
    data[row + k] = root;
    for (let j = k + 1; j < n; j++) data[row + j] /= root;
    for (let i = k + 1; i < n; i++) {
      const factor = data[row + i];
      for (let j = i; j < n; j++) data[a + i * stride + j] -= factor * data[row + j];
    }
  }
  return 0;
}

/** The upper triangle of `C −= Xᵀ · X` for C n × n and X k × n, with rows equally far apart. */
function subtractSquare(space: Workspace, c: number, x: number, stride: number, n: number, k: number): void {
  const right = rowMajor(x, stride);
  if (n <= WHOLE) {
    addProduct(space, c, stride, -1, transposeOf(right), right, n, n, k);
    return;
  }
  const h = half(n);
  subtractSquare(space, c, x, stride, h, k);
  addProduct(space, c + h, stride, -1, transposeOf(right), rowMajor(x + h, stride), h, n - h, k);
  subtractSquare(space, c + h * (stride + 1), x + h, stride, n - h, k);
}

/** The transpose of an upper triangle, with zeros beside it. */
export function lowerOf(space: Workspace, a: number, n: number): number {
  const at = transposed(space, a, n, n);
  for (let i = 0; i < n; i++) space.data.fill(0, at + i * n + i + 1, at + (i + 1) * n);
  return at;
}
