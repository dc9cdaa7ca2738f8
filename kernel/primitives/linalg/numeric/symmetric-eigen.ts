/**
 * @file Eigenvalues and eigenvectors of a symmetric matrix: Householder tridiagonalization, then implicit QR steps with
 * Wilkinson's shift (Golub & Van Loan, Matrix Computations, 8.3).
 */
import { addMultiple, fixSigns, inner, normalize, reorderRows, rotateRows, transposed } from "./dense.ts";
import { accumulate, type Reflection, reflectionOf } from "./householder.ts";

export interface Eigen {
  /** Ascending. */
  readonly values: Float64Array;
  /** Row i belongs to value i; its entry of largest magnitude is positive. */
  readonly vectors: Float64Array;
}

const EPSILON = 2 ** -52;
/** Two to three steps per value are usual. */
const STEPS_PER_VALUE = 60;

/** Of a full symmetric n × n matrix, which is overwritten. All NaN when an entry is not finite. */
export function symmetricEigen(a: Float64Array, n: number): Eigen {
  const scale = normalize(a);
  if (Number.isNaN(scale))
    return { values: new Float64Array(n).fill(scale), vectors: new Float64Array(n * n).fill(scale) };
  const { d, e, reflections } = tridiagonalize(a, n);
  const vectors = transposed(accumulate(reflections, n, n, 1), n, n);
  diagonalize(d, e, vectors);
  const order = Array.from(d.keys()).sort((i, j) => d[i] - d[j]);
  const sorted = reorderRows(vectors, n, order);
  fixSigns(sorted, n, n);
  return { values: Float64Array.from(order, (i) => d[i] * scale), vectors: sorted };
}

function tridiagonalize(a: Float64Array, n: number): { d: Float64Array; e: Float64Array; reflections: Reflection[] } {
  const d = new Float64Array(n);
  const e = new Float64Array(Math.max(0, n - 1));
  const reflections: Reflection[] = [];
  for (let k = 0; k + 1 < n; k++) {
    const size = n - k - 1;
    const reflection = reflectionOf(a, (k + 1) * n + k, n, size);
    const { v, beta } = reflection;
    reflections.push(reflection);
    e[k] = reflection.alpha;
    if (beta === 0) continue;
    // The rest becomes rest − v wᵀ − w vᵀ.
    const w = new Float64Array(size);
    for (let i = 0; i < size; i++) w[i] = beta * inner(a, (k + 1 + i) * n + k + 1, v, 0, size);
    addMultiple(w, 0, (-beta / 2) * inner(w, 0, v, 0, size), v, 0, size);
    for (let i = 0; i < size; i++) {
      const row = (k + 1 + i) * n + k + 1;
      const vi = v[i];
      const wi = w[i];
      for (let j = 0; j < size; j++) a[row + j] -= vi * w[j] + wi * v[j];
    }
  }
  for (let i = 0; i < n; i++) d[i] = a[i * n + i];
  return { d, e, reflections };
}

/** Turns diagonal `d` and off-diagonal `e` into eigenvalues in `d`; the rows of `vectors` are turned along. */
function diagonalize(d: Float64Array, e: Float64Array, vectors: Float64Array): void {
  const n = d.length;
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
      vectors.fill(Number.NaN);
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
      rotateRows(vectors, k, k + 1, n, c, s);
    }
  }
}
