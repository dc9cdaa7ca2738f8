/** @file Linear algebra on nested arrays, by textbook definitions that are not how the kernel does it. */
import { type Grid, grid } from "./grid.ts";

export type Matrix = readonly (readonly number[])[];

export const matrix = (m: number, n: number, rule: (i: number, j: number) => number): number[][] =>
  Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) => rule(i, j)));

/** The matrices of a stack, each m × n. */
export function matricesOf({ shape, data }: Grid): Matrix[] {
  const [m, n] = shape.slice(-2);
  const count = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, b) => matrix(m, n, (i, j) => data[(b * m + i) * n + j]));
}

export const identity = (n: number): number[][] => matrix(n, n, (i, j) => (i === j ? 1 : 0));
export const transposed = (a: Matrix, columns = a[0]?.length ?? 0): number[][] =>
  matrix(columns, a.length, (i, j) => a[j][i]);
export const times = (a: Matrix, b: Matrix): number[][] =>
  matrix(a.length, b[0]?.length ?? 0, (i, j) => a[i].reduce((sum, x, k) => sum + x * b[k][j], 0));
export const sumOf = (a: Matrix, b: Matrix, factor = 1): number[][] =>
  matrix(a.length, a[0]?.length ?? 0, (i, j) => a[i][j] + factor * b[i][j]);
export const scaled = (a: Matrix, factor: number): number[][] => a.map((row) => row.map((x) => x * factor));

const without = (a: Matrix, i: number, j: number): Matrix =>
  a.filter((_, p) => p !== i).map((row) => row.filter((_, q) => q !== j));

/** Expansion along the first row. */
export const determinant = (a: Matrix): number =>
  a.length === 0 ? 1 : a[0].reduce((sum, x, j) => sum + (j % 2 ? -x : x) * determinant(without(a, 0, j)), 0);

export const cofactorsOf = (a: Matrix): number[][] =>
  matrix(a.length, a.length, (i, j) => ((i + j) % 2 ? -1 : 1) * determinant(without(a, i, j)));

/** Cramer's rule. */
export const inverse = (a: Matrix): number[][] => scaled(transposed(cofactorsOf(a), a.length), 1 / determinant(a));

/** Eigenvalues, ascending, and vectors as rows, of a symmetric matrix: Jacobi's rotations. */
export function jacobi(symmetric: Matrix): { values: number[]; vectors: number[][] } {
  const n = symmetric.length;
  let a: Matrix = symmetric;
  let v: Matrix = identity(n);
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const angle = Math.atan2(2 * a[p][q], a[q][q] - a[p][p]) / 2;
        const turn = identity(n);
        turn[p][p] = turn[q][q] = Math.cos(angle);
        turn[p][q] = Math.sin(angle);
        turn[q][p] = -Math.sin(angle);
        a = times(transposed(turn), times(a, turn));
        v = times(v, turn);
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i][i] - a[j][j]);
  return { values: order.map((i) => a[i][i]), vectors: order.map((i) => positive(v.map((row) => row[i]))) };
}

/** The vector or its opposite: the one whose entry of largest magnitude is positive. */
export function positive(v: readonly number[]): number[] {
  const largest = v.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return v.map((x) => (largest < 0 ? -x : x));
}

/** Applied to each matrix of a stack; the results of all matrices one after the other, then the next result of all. */
export function perMatrix(x: Grid, rule: (a: Matrix, index: number) => readonly (readonly number[])[]): Grid {
  const results = matricesOf(x).map(rule);
  const data = (results[0] ?? []).flatMap((_, k) => results.flatMap((each) => each[k]));
  return { shape: [data.length], data };
}

/** The same for a single result that is a matrix. */
export function stacked(x: Grid, rule: (a: Matrix, index: number) => Matrix): Grid {
  const results = matricesOf(x).map(rule);
  const [m, n] = [results[0].length, results[0][0]?.length ?? 0];
  const flat = results.flat(2);
  let i = 0;
  return grid([...x.shape.slice(0, -2), m, n], () => flat[i++]);
}
