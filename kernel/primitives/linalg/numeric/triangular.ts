/** @file Solving with a triangular matrix, by substitution (Golub & Van Loan, Matrix Computations, 3.1). */
import type { Operand, Workspace } from "../../../loops/workspace.ts";
import { addProduct, half, partFrom, rowMajor, SMALL, transposeOf } from "./blocks.ts";

export interface Triangle {
  /** Which triangle of the matrix is read. */
  readonly lower: boolean;
  /** Solves with the transpose of that triangle. */
  readonly transposed: boolean;
  /** Takes the diagonal for ones, whatever it holds. */
  readonly unitDiagonal: boolean;
}

/** Replaces `b`, n × k, by the solution. A zero on the diagonal gives infinities and NaN. */
export function solveTriangular(
  space: Workspace,
  a: Operand,
  n: number,
  b: number,
  stride: number,
  k: number,
  { lower, transposed, unitDiagonal }: Triangle,
): void {
  const triangle = transposed ? transposeOf(a) : a;
  if (lower !== transposed) forward(space, triangle, n, b, stride, k, unitDiagonal);
  else backward(space, triangle, n, b, stride, k, unitDiagonal);
}

/** With a lower triangle, from the first row on. */
function forward(space: Workspace, a: Operand, n: number, b: number, stride: number, k: number, unit: boolean): void {
  if (n <= SMALL) {
    for (let i = 0; i < n; i++) solveRow(space, a, i, 0, i, b, stride, k, unit);
    return;
  }
  const h = half(n);
  const below = b + h * stride;
  forward(space, a, h, b, stride, k, unit);
  addProduct(space, below, stride, -1, partFrom(a, h, 0), rowMajor(b, stride), n - h, k, h);
  forward(space, partFrom(a, h, h), n - h, below, stride, k, unit);
}

/** With an upper triangle, from the last row on. */
function backward(space: Workspace, a: Operand, n: number, b: number, stride: number, k: number, unit: boolean): void {
  if (n <= SMALL) {
    for (let i = n - 1; i >= 0; i--) solveRow(space, a, i, i + 1, n - 1 - i, b, stride, k, unit);
    return;
  }
  const h = half(n);
  const below = b + h * stride;
  backward(space, partFrom(a, h, h), n - h, below, stride, k, unit);
  addProduct(space, b, stride, -1, partFrom(a, 0, h), rowMajor(below, stride), h, k, n - h);
  backward(space, a, h, b, stride, k, unit);
}

/** Row i of the solution: `count` rows from `first` on are solved. */
function solveRow(
  space: Workspace,
  a: Operand,
  i: number,
  first: number,
  count: number,
  b: number,
  stride: number,
  k: number,
  unit: boolean,
): void {
  const { data } = space;
  const row = b + i * stride;
  const weights = a.at + i * a.down + first * a.across;
  const solved = b + first * stride;
  if (k === 1) {
    let sum = data[row];
    for (let p = 0; p < count; p++) sum -= data[weights + p * a.across] * data[solved + p * stride];
    data[row] = sum;
  } else space.addRows(row, -1, weights, a.across, solved, stride, count, k);
  if (!unit) space.divide(row, data[a.at + i * (a.down + a.across)], k);
}
