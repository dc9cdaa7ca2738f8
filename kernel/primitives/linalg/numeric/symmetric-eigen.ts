/**
 * @file Eigenvalues and eigenvectors of a symmetric matrix: Householder tridiagonalization, then implicit QR steps with
 * Wilkinson's shift (Golub & Van Loan, Matrix Computations, 8.3).
 */
import type { Workspace } from "../../../loops/workspace.ts";
import { addProduct, rowMajor, transposeOf } from "./blocks.ts";
import { fixSigns, normalize, reorderRows, Turns, transposed, zeros } from "./dense.ts";
import {
  accumulate,
  joinReflections,
  makeReflection,
  type Reflections,
  TOGETHER,
  takeReflections,
} from "./householder.ts";

export interface Eigen {
  /** Ascending. */
  readonly values: Float64Array;
  /** Row i belongs to value i; its entry of largest magnitude is positive. */
  readonly vectors: number;
}

const EPSILON = 2 ** -52;
/** Two to three steps per value are usual. */
const STEPS_PER_VALUE = 60;

/** Of a full symmetric n × n matrix, which is overwritten. All NaN when an entry is not finite. */
export function symmetricEigen(space: Workspace, a: number, n: number): Eigen {
  const scale = normalize(space, a, n * n);
  if (Number.isNaN(scale)) {
    space.data.fill(scale, a, a + n * n);
    return { values: new Float64Array(n).fill(scale), vectors: a };
  }
  const { d, e, reflections } = tridiagonalize(space, a, n);
  const vectors = transposed(space, accumulate(space, reflections, n, n), n, n);
  diagonalize(space, d, e, vectors);
  const order = Array.from(d.keys()).sort((i, j) => d[i] - d[j]);
  const sorted = reorderRows(space, vectors, n, order);
  fixSigns(space, sorted, n, n);
  return { values: Float64Array.from(order, (i) => d[i] * scale), vectors: sorted };
}

interface Tridiagonal {
  readonly d: Float64Array;
  readonly e: Float64Array;
  readonly reflections: readonly Reflections[];
}

/**
 * Several columns at a time, the rest of the matrix being changed after each group of them by one product (Dongarra,
 * Sorensen & Hammarling 1989, "Block reduction of matrices to condensed forms for eigenvalue computations").
 */
function tridiagonalize(space: Workspace, a: number, n: number): Tridiagonal {
  const d = new Float64Array(n);
  const e = new Float64Array(Math.max(0, n - 1));
  const reflections: Reflections[] = [];
  for (let start = 0; start + 1 < n; start += TOGETHER) {
    const count = Math.min(TOGETHER, n - 1 - start);
    const group = takeReflections(space, start + 1, count, n - start - 1);
    reduceColumns(space, a, n, start, group, d, e);
    joinReflections(space, group);
    reflections.push(group);
  }
  if (n > 0) d[n - 1] = space.data[a + n * n - 1];
  return { d, e, reflections };
}

/** With the vectors v of the reflections, and as many w that are found here, the rest becomes rest − Σ (v wᵀ + w vᵀ). */
function reduceColumns(
  space: Workspace,
  a: number,
  n: number,
  start: number,
  group: Reflections,
  d: Float64Array,
  e: Float64Array,
): void {
  const { vectors, count, length, betas } = group;
  const others = zeros(space, count * length);
  const overlaps = space.take(count);
  const { data } = space;
  /** `y −= Σ over the vectors before of what they make of entry `place` …`, for both orders of v and w. */
  const subtract = (y: number, j: number, weights: number, step: number, rows: number): void =>
    space.addRows(y, -1, weights, step, rows + j, length, j, length - j);
  for (let j = 0; j < count; j++) {
    const k = start + j;
    const [v, w] = [vectors + j * (length + 1), others + j * (length + 1)];
    const size = length - j;
    // Column k as it is after the reflections before; it equals row k, which is contiguous.
    const row = a + k * n + k;
    data.copyWithin(v, row + 1, row + 1 + size);
    let diagonal = data[row];
    if (j > 0) {
      const place = j - 1;
      for (let i = 0; i < j; i++) {
        diagonal -= 2 * data[vectors + i * length + place] * data[others + i * length + place];
      }
      subtract(v, j, others + place, length, vectors);
      subtract(v, j, vectors + place, length, others);
    }
    d[k] = diagonal;
    e[k] = makeReflection(space, group, j);
    const beta = betas[j];
    if (beta === 0) continue;
    space.addInners(w, beta, v, row + n + 1, n, size, size);
    for (const [left, right] of [
      [vectors, others],
      [others, vectors],
    ]) {
      data.fill(0, overlaps, overlaps + j);
      space.addInners(overlaps, beta, v, left + j, length, j, size);
      subtract(w, j, overlaps, 1, right);
    }
    space.addMultiple(w, (-beta / 2) * space.inner(w, v, size), v, size);
  }
  const rest = n - start - count;
  const corner = a + (start + count) * (n + 1);
  const [v, w] = [vectors, others].map((at) => rowMajor(at + count - 1, length));
  addProduct(space, corner, n, -1, transposeOf(v), w, rest, rest, count);
  addProduct(space, corner, n, -1, transposeOf(w), v, rest, rest, count);
  space.release(others);
}

/** Turns diagonal `d` and off-diagonal `e` into eigenvalues in `d`; the rows of `vectors` are turned along. */
function diagonalize(space: Workspace, d: Float64Array, e: Float64Array, vectors: number): void {
  const n = d.length;
  const turns = new Turns(space, space.take(2 * n));
  let left = STEPS_PER_VALUE * n;
  for (let high = n - 1; high > 0; ) {
    for (let i = 0; i < high; i++) if (Math.abs(e[i]) <= EPSILON * (Math.abs(d[i]) + Math.abs(d[i + 1]))) e[i] = 0;
    if (e[high - 1] === 0) {
      high--;
      continue;
    }
    if (left-- === 0) {
      // Never seen to happen; then no result is better than a wrong one.
      d.fill(Number.NaN);
      space.data.fill(Number.NaN, vectors, vectors + n * n);
      return;
    }
    let low = high - 1;
    while (low > 0 && e[low - 1] !== 0) low--;
    const half = (d[high - 1] - d[high]) / 2;
    const last = e[high - 1];
    const root = Math.hypot(half, last);
    const shift = d[high] - (last * last) / (half < 0 ? half - root : half + root);
    let x = d[low] - shift;
    let z = e[low];
    for (let k = low; k < high; k++) {
      const r = Math.hypot(x, z);
      const [c, s] = r === 0 ? [1, 0] : [x / r, z / r];
      if (k > low) e[k - 1] = r;
      const [d0, d1, off] = [d[k], d[k + 1], e[k]];
      d[k] = c * c * d0 + 2 * c * s * off + s * s * d1;
      d[k + 1] = s * s * d0 - 2 * c * s * off + c * c * d1;
      e[k] = c * s * (d1 - d0) + (c * c - s * s) * off;
      x = e[k];
      if (k + 1 < high) {
        z = s * e[k + 1];
        e[k + 1] *= c;
      }
      turns.push(c, s);
    }
    turns.apply(vectors + low * n, n);
  }
}
