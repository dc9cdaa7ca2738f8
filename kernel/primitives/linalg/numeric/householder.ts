/** @file Householder reflections, and QR factorization with them (Golub & Van Loan, Matrix Computations, 5.1 and 5.2). */
import { addMultiple, addRows } from "./dense.ts";

/** The Euclidean norm of `count` entries, also where squares overflow or vanish. */
export function norm(x: Float64Array, start: number, stride: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += x[start + i * stride] ** 2;
  if ((sum > 1e-280 && sum < 1e280) || Number.isNaN(sum)) return Math.sqrt(sum);
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, Math.abs(x[start + i * stride]));
  if (largest === 0 || largest === Number.POSITIVE_INFINITY) return largest;
  sum = 0;
  for (let i = 0; i < count; i++) sum += (x[start + i * stride] / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** A reflection `I − beta · v · vᵀ` with `v[0] = 1` that takes a vector to `(alpha, 0, …, 0)`. */
export interface Reflection {
  readonly v: Float64Array;
  /** 0 when there is nothing to do. */
  readonly beta: number;
  readonly alpha: number;
}

/** `alpha` gets the sign that the first entry does not have, so that nothing cancels. */
export function reflectionOf(x: Float64Array, start: number, stride: number, count: number): Reflection {
  const first = x[start];
  const v = new Float64Array(count);
  v[0] = 1;
  const rest = norm(x, start + stride, stride, count - 1);
  if (rest === 0) return { v, beta: 0, alpha: first };
  const alpha = first > 0 ? -Math.hypot(first, rest) : Math.hypot(first, rest);
  for (let i = 1; i < count; i++) v[i] = x[start + i * stride] / (first - alpha);
  return { v, beta: (alpha - first) / alpha, alpha };
}

/** Reflects the part of a matrix with rows of length n that starts at `(row, column)` and is as wide as given, from the left. */
export function reflectRows(
  a: Float64Array,
  n: number,
  row: number,
  column: number,
  width: number,
  { v, beta }: Reflection,
): void {
  if (beta === 0) return;
  const w = new Float64Array(width);
  addRows(w, 0, 1, v, 0, a, row * n + column, n, v.length, width);
  for (let i = 0; i < v.length; i++) addMultiple(a, (row + i) * n + column, -beta * v[i], w, 0, width);
}

/** Makes an m × n matrix upper triangular (trapezoidal) in place; returns the reflections in the order applied. */
export function triangularize(a: Float64Array, m: number, n: number): Reflection[] {
  const reflections: Reflection[] = [];
  for (let k = 0; k < Math.min(m, n); k++) {
    const reflection = reflectionOf(a, k * n + k, n, m - k);
    reflectRows(a, n, k, k + 1, n - k - 1, reflection);
    a[k * n + k] = reflection.alpha;
    for (let i = k + 1; i < m; i++) a[i * n + k] = 0;
    reflections.push(reflection);
  }
  return reflections;
}

/** The first `columns` columns of the product of reflections; the k-th starts at entry `k + offset` of m. */
export function accumulate(reflections: readonly Reflection[], m: number, columns: number, offset = 0): Float64Array {
  const q = new Float64Array(m * columns);
  for (let i = 0; i < Math.min(m, columns); i++) q[i * columns + i] = 1;
  for (let k = reflections.length - 1; k >= 0; k--) {
    const start = k + offset;
    // The columns before are still those of the identity, zero in these rows.
    if (start < columns) reflectRows(q, columns, start, start, columns - start, reflections[k]);
  }
  return q;
}
