/**
 * @file Singular value decomposition: Householder bidiagonalization, then implicit QR steps (Golub & Van Loan, Matrix
 * Computations, 5.4 and 8.6; Golub & Kahan 1965).
 */
import { addMultiple, fixSigns, inner, normalize, reorderRows, rotateRows, transposed } from "./dense.ts";
import { accumulate, type Reflection, reflectionOf, reflectRows } from "./householder.ts";

export interface SVD {
  /** Row i is the i-th left vector, of length m; its entry of largest magnitude is positive. */
  readonly left: Float64Array;
  /** Descending, none negative. */
  readonly values: Float64Array;
  /** Row i is the i-th right vector, of length n. */
  readonly right: Float64Array;
}

const EPSILON = 2 ** -52;
/** Two to three steps per value are usual. */
const STEPS_PER_VALUE = 60;

/** Of an m × n matrix, with min(m, n) values. All NaN when an entry is not finite. */
export function singularValues(a: Float64Array, m: number, n: number): SVD {
  const k = Math.min(m, n);
  const work = m >= n ? a.slice() : transposed(a, m, n);
  const scale = normalize(work);
  if (Number.isNaN(scale)) {
    const nan = (size: number): Float64Array => new Float64Array(size).fill(scale);
    return { left: nan(k * m), values: nan(k), right: nan(k * n) };
  }
  const long = Math.max(m, n);
  const tall = decomposeTall(work, long, k);
  // Largest first; a negative value turns its right vector round.
  const { d, u, v } = tall;
  const order = Array.from(d.keys()).sort((i, j) => Math.abs(d[j]) - Math.abs(d[i]));
  for (let i = 0; i < k; i++) {
    if (d[i] < 0 || Object.is(d[i], -0)) for (let j = i * k; j < (i + 1) * k; j++) v[j] = -v[j];
  }
  const values = Float64Array.from(order, (i) => Math.abs(d[i]) * scale);
  const [sortedU, sortedV] = [reorderRows(u, long, order), reorderRows(v, k, order)];
  const [left, right] = m >= n ? [sortedU, sortedV] : [sortedV, sortedU];
  fixSigns(left, k, m, { data: right, n });
  return { left, values, right };
}

interface Bidiagonal {
  readonly d: Float64Array;
  /** Beside the diagonal, to its right. */
  readonly e: Float64Array;
  /** Vectors as rows. */
  readonly u: Float64Array;
  readonly v: Float64Array;
}

/** For m ≥ n; `a` is overwritten. */
function decomposeTall(a: Float64Array, m: number, n: number): Bidiagonal {
  const fromLeft: Reflection[] = [];
  const fromRight: Reflection[] = [];
  const d = new Float64Array(n);
  const e = new Float64Array(Math.max(0, n - 1));
  for (let k = 0; k < n; k++) {
    const column = reflectionOf(a, k * n + k, n, m - k);
    fromLeft.push(column);
    reflectRows(a, n, k, k + 1, n - k - 1, column);
    d[k] = column.alpha;
    if (k + 1 >= n) continue;
    const row = reflectionOf(a, k * n + k + 1, 1, n - k - 1);
    fromRight.push(row);
    e[k] = row.alpha;
    if (row.beta === 0) continue;
    for (let i = k + 1; i < m; i++) {
      const start = i * n + k + 1;
      addMultiple(a, start, -row.beta * inner(a, start, row.v, 0, row.v.length), row.v, 0, row.v.length);
    }
  }
  const u = transposed(accumulate(fromLeft, m, n), m, n);
  const v = transposed(accumulate(fromRight, n, n, 1), n, n);
  const out = { d, e, u, v };
  diagonalize(out, m);
  return out;
}

function diagonalize(b: Bidiagonal, m: number): void {
  const { d, e, u, v } = b;
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
      for (const each of [d, u, v]) each.fill(Number.NaN);
      return;
    }
    let low = high - 1;
    while (low > 0 && e[low - 1] !== 0) low--;
    const zero = smallPivot(d, e, low, high);
    if (zero < 0) step(b, m, low, high);
    else if (zero < high) clearRow(b, m, zero, high);
    else clearColumn(b, low, high);
  }
}

/** A diagonal entry that rounding makes no different from zero, or −1. */
function smallPivot(d: Float64Array, e: Float64Array, low: number, high: number): number {
  for (let i = low; i <= high; i++) {
    const beside = (i > low ? Math.abs(e[i - 1]) : 0) + (i < high ? Math.abs(e[i]) : 0);
    if (Math.abs(d[i]) <= EPSILON * beside) return i;
  }
  return -1;
}

/** With d[k] = 0 the entry right of it can be turned away, through the rows below. */
function clearRow({ d, e, u }: Bidiagonal, m: number, k: number, high: number): void {
  d[k] = 0;
  let f = e[k];
  e[k] = 0;
  for (let j = k + 1; j <= high; j++) {
    const r = Math.hypot(d[j], f);
    const [c, s] = r === 0 ? [1, 0] : [d[j] / r, f / r];
    d[j] = r;
    if (j < high) {
      f = -s * e[j];
      e[j] *= c;
    }
    rotateRows(u, j, k, m, c, s);
  }
}

/** With the last d = 0 the entry above it can be turned away, through the columns before. */
function clearColumn({ d, e, v }: Bidiagonal, low: number, high: number): void {
  d[high] = 0;
  let f = e[high - 1];
  e[high - 1] = 0;
  for (let j = high - 1; j >= low; j--) {
    const r = Math.hypot(d[j], f);
    const [c, s] = r === 0 ? [1, 0] : [d[j] / r, f / r];
    d[j] = r;
    if (j > low) {
      f = -s * e[j - 1];
      e[j - 1] *= c;
    }
    rotateRows(v, j, high, d.length, c, s);
  }
}

/** One QR step on `bᵀ · b`, which is never formed. */
function step({ d, e, u, v }: Bidiagonal, m: number, low: number, high: number): void {
  const n = d.length;
  // The eigenvalue of the last 2 × 2 block of bᵀ b that is nearer to its last entry.
  const [p, q, r] = [d[high - 1], e[high - 1], d[high]];
  const before = high - 1 > low ? e[high - 2] : 0;
  const half = ((p - r) * (p + r) + (before - q) * (before + q)) / 2;
  const off = p * q;
  const root = Math.hypot(half, off);
  const shift = r * r + q * q - (off * off) / (half < 0 ? half - root : half + root);
  let y = d[low] - shift / d[low];
  let z = e[low];
  for (let k = low; k < high; k++) {
    let length = Math.hypot(y, z);
    let [c, s] = length === 0 ? [1, 0] : [y / length, z / length];
    if (k > low) e[k - 1] = length;
    y = c * d[k] + s * e[k];
    e[k] = c * e[k] - s * d[k];
    z = s * d[k + 1];
    d[k + 1] *= c;
    rotateRows(v, k, k + 1, n, c, s);
    length = Math.hypot(y, z);
    [c, s] = length === 0 ? [1, 0] : [y / length, z / length];
    d[k] = length;
    y = c * e[k] + s * d[k + 1];
    d[k + 1] = c * d[k + 1] - s * e[k];
    e[k] = y;
    if (k + 1 < high) {
      z = s * e[k + 1];
      e[k + 1] *= c;
    }
    rotateRows(u, k, k + 1, m, c, s);
  }
}

/** The pseudoinverse, n × m: singular values up to `tolerance` times the largest count as zero. */
export function pseudoinverse(a: Float64Array, m: number, n: number, tolerance: number): Float64Array {
  const { left, values, right } = singularValues(a, m, n);
  const out = new Float64Array(n * m);
  values.forEach((value, k) => {
    if (value <= tolerance * values[0]) return;
    for (let j = 0; j < n; j++) addMultiple(out, j * m, right[k * n + j] / value, left, k * m, m);
  });
  return out;
}
