/** @file Householder reflections, and QR factorization with them (Golub & Van Loan, Matrix Computations, 5.1 and 5.2). */
import type { Workspace } from "../../../loops/workspace.ts";
import { addProduct, rowMajor, SMALL, transposeOf } from "./blocks.ts";
import { identity, zeros } from "./dense.ts";

/** Reflections that are applied together. */
export const TOGETHER = 32;

/**
 * A product of reflections `H₀ · H₁ · … = I − V · T · Vᵀ` with T upper triangular (Schreiber & Van Loan 1989, "A
 * storage-efficient WY representation for products of Householder transformations"). Row j of `vectors` is column j of V:
 * zeros, a one at place j, and what follows.
 */
export interface Reflections {
  readonly vectors: number;
  readonly t: number;
  /** How many, and how long the vectors are. */
  readonly count: number;
  readonly length: number;
  /** The first row of a matrix that they change. */
  readonly first: number;
  /** `Hⱼ = I − betas[j] · v · vᵀ`; 0 where there is nothing to do. */
  readonly betas: Float64Array;
}

export function takeReflections(space: Workspace, first: number, count: number, length: number): Reflections {
  const vectors = space.take(count * length);
  return { vectors, t: zeros(space, count * count), count, length, first, betas: new Float64Array(count) };
}

/** The Euclidean norm, also where squares overflow or vanish. */
function norm(space: Workspace, x: number, n: number): number {
  const sum = space.inner(x, x, n);
  if ((sum > 1e-280 && sum < 1e280) || Number.isNaN(sum)) return Math.sqrt(sum);
  const { data } = space;
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(data[x + i]));
  if (largest === 0 || largest === Number.POSITIVE_INFINITY) return largest;
  let scaled = 0;
  for (let i = 0; i < n; i++) scaled += (data[x + i] / largest) ** 2;
  return largest * Math.sqrt(scaled);
}

/**
 * Makes vector j of what lies at its place from the one on: replaces it by that of the reflection which takes it to
 * `(alpha, 0, …, 0)`, and returns alpha. It gets the sign that the first entry does not have, so that nothing cancels.
 */
export function makeReflection(space: Workspace, { vectors, length, betas }: Reflections, j: number): number {
  const { data } = space;
  const start = vectors + j * length + j;
  const left = length - j - 1;
  data.fill(0, start - j, start);
  const first = data[start];
  data[start] = 1;
  const rest = norm(space, start + 1, left);
  if (rest === 0) {
    betas[j] = 0;
    return first;
  }
  const alpha = first > 0 ? -Math.hypot(first, rest) : Math.hypot(first, rest);
  space.divide(start + 1, first - alpha, left);
  betas[j] = (alpha - first) / alpha;
  return alpha;
}

/** Whether T is worth being found. */
const areJoined = ({ length }: Reflections): boolean => length > SMALL;

/** Finds T, once all vectors are made. */
export function joinReflections(space: Workspace, reflections: Reflections): void {
  if (!areJoined(reflections)) return;
  const { vectors, t, count, length, betas } = reflections;
  const overlaps = space.take(count);
  const { data } = space;
  for (let j = 0; j < count; j++) {
    const beta = betas[j];
    data.fill(0, overlaps, overlaps + j);
    space.addInners(overlaps, -beta, vectors + j * (length + 1), vectors + j, length, j, length - j);
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let p = i; p < j; p++) sum += data[t + i * count + p] * data[overlaps + p];
      data[t + i * count + j] = sum;
    }
    data[t + j * count + j] = beta;
  }
  space.release(overlaps);
}

/** Multiplies rows of a matrix, which begin at `c`, from the left with the product of reflections or its transpose. */
function reflect(
  space: Workspace,
  reflections: Reflections,
  c: number,
  stride: number,
  width: number,
  transposed: boolean,
): void {
  if (width === 0) return;
  if (!areJoined(reflections)) {
    reflectEach(space, reflections, c, stride, width, transposed);
    return;
  }
  const { vectors, t, count, length } = reflections;
  const rows = rowMajor(vectors, length);
  const factor = rowMajor(t, count);
  const inside = zeros(space, count * width);
  const turned = zeros(space, count * width);
  addProduct(space, inside, width, 1, rows, rowMajor(c, stride), count, width, length);
  addProduct(
    space,
    turned,
    width,
    1,
    transposed ? transposeOf(factor) : factor,
    rowMajor(inside, width),
    count,
    width,
    count,
  );
  addProduct(space, c, stride, -1, transposeOf(rows), rowMajor(turned, width), length, width, count);
  space.release(inside);
}

/** The same, one reflection after the other. */
function reflectEach(
  space: Workspace,
  { vectors, count, length, betas }: Reflections,
  c: number,
  stride: number,
  width: number,
  transposed: boolean,
): void {
  const sums = space.take(width);
  const { data } = space;
  for (let p = 0; p < count; p++) {
    const j = transposed ? p : count - 1 - p;
    if (betas[j] === 0) continue;
    const v = vectors + j * (length + 1);
    const rows = c + j * stride;
    data.fill(0, sums, sums + width);
    space.addRows(sums, betas[j], v, 1, rows, stride, length - j, width);
    for (let i = 0; i < length - j; i++) space.addMultiple(rows + i * stride, -data[v + i], sums, width);
  }
  space.release(sums);
}

/** Makes the columns of a matrix that begin at `a` triangular, as many as there are reflections. */
function factorPanel(space: Workspace, reflections: Reflections, a: number, stride: number): void {
  const { vectors, length, count, betas } = reflections;
  const overlaps = space.take(count);
  const { data } = space;
  space.transpose(vectors, length, a, stride, length, count);
  for (let j = 0; j < count; j++) {
    // Above the diagonal the column is done.
    const row = vectors + j * length;
    for (let i = 0; i < j; i++) data[a + i * stride + j] = data[row + i];
    data[a + j * (stride + 1)] = makeReflection(space, reflections, j);
    for (let i = j + 1; i < length; i++) data[a + i * stride + j] = 0;
    const after = count - j - 1;
    if (after === 0 || betas[j] === 0) continue;
    const v = row + j;
    const others = v + length;
    data.fill(0, overlaps, overlaps + after);
    space.addInners(overlaps, betas[j], v, others, length, after, length - j);
    for (let p = 0; p < after; p++) space.addMultiple(others + p * length, -data[overlaps + p], v, length - j);
  }
  space.release(overlaps);
  joinReflections(space, reflections);
}

/** Makes an m × n matrix upper triangular (trapezoidal) in place; returns the reflections in the order applied. */
export function triangularize(space: Workspace, a: number, m: number, n: number): Reflections[] {
  const all: Reflections[] = [];
  const steps = Math.min(m, n);
  for (let k = 0; k < steps; k += TOGETHER) {
    const count = Math.min(TOGETHER, steps - k);
    const corner = a + k * (n + 1);
    const reflections = takeReflections(space, k, count, m - k);
    factorPanel(space, reflections, corner, n);
    reflect(space, reflections, corner + count, n, n - k - count, true);
    all.push(reflections);
  }
  return all;
}

/** The first `columns` columns of the product of reflections of length m; the k-th starts at row k or one below. */
export function accumulate(space: Workspace, all: readonly Reflections[], m: number, columns: number): number {
  const q = identity(space, m, columns);
  for (const reflections of all.toReversed()) {
    const { first } = reflections;
    // The columns before are still those of the identity, zero in these rows.
    if (first < columns) reflect(space, reflections, q + first * (columns + 1), columns, columns - first, false);
  }
  return q;
}
