/**
 * @file Singular value decomposition: Householder bidiagonalization, then implicit QR steps (Golub & Van Loan, Matrix
 * Computations, 5.4 and 8.6; Golub & Kahan 1965).
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

export interface SVD {
  /** Row i is the i-th left vector, of length m; its entry of largest magnitude is positive. */
  readonly left: number;
  /** Descending, none negative. */
  readonly values: Float64Array;
  /** Row i is the i-th right vector, of length n. */
  readonly right: number;
}

const EPSILON = 2 ** -52;
/** Two to three steps per value are usual. */
const STEPS_PER_VALUE = 60;

/** Of an m × n matrix, which is overwritten, with min(m, n) values. All NaN when an entry is not finite. */
export function singularValues(space: Workspace, a: number, m: number, n: number): SVD {
  const k = Math.min(m, n);
  const scale = normalize(space, a, m * n);
  if (Number.isNaN(scale)) {
    const [left, right] = [space.take(k * m), space.take(k * n)];
    space.data.fill(scale, left, right + k * n);
    return { left, values: new Float64Array(k).fill(scale), right };
  }
  const long = Math.max(m, n);
  const tall = decomposeTall(space, m >= n ? a : transposed(space, a, m, n), long, k);
  // Largest first; a negative value turns its right vector round.
  const { d, u, v } = tall;
  const { data } = space;
  const order = Array.from(d.keys()).sort((i, j) => Math.abs(d[j]) - Math.abs(d[i]));
  for (let i = 0; i < k; i++) {
    if (d[i] < 0 || Object.is(d[i], -0)) for (let j = v + i * k; j < v + (i + 1) * k; j++) data[j] = -data[j];
  }
  const values = Float64Array.from(order, (i) => Math.abs(d[i]) * scale);
  const [sortedU, sortedV] = [reorderRows(space, u, long, order), reorderRows(space, v, k, order)];
  const [left, right] = m >= n ? [sortedU, sortedV] : [sortedV, sortedU];
  fixSigns(space, left, k, m, { at: right, n });
  return { left, values, right };
}

interface Bidiagonal {
  readonly d: Float64Array;
  /** Beside the diagonal, to its right. */
  readonly e: Float64Array;
  /** Vectors as rows. */
  readonly u: number;
  readonly v: number;
  /** Rotations that are still to be done to them. */
  readonly turnsU: Turns;
  readonly turnsV: Turns;
}

/** For m ≥ n; `a` is overwritten. */
function decomposeTall(space: Workspace, a: number, m: number, n: number): Bidiagonal {
  const d = new Float64Array(n);
  const e = new Float64Array(Math.max(0, n - 1));
  const [fromLeft, fromRight]: [Reflections[], Reflections[]] = [[], []];
  for (let start = 0; start < n; start += TOGETHER) {
    const count = Math.min(TOGETHER, n - start);
    const left = takeReflections(space, start, count, m - start);
    const right = takeReflections(space, start + 1, Math.min(count, n - start - 1), n - start - 1);
    for (let k = start; k < start + count; k++) {
      d[k] = reflectColumn(space, a, m, n, k, left);
      if (k + 1 < n) e[k] = reflectRow(space, a, m, n, k, right);
    }
    for (const each of [left, right]) joinReflections(space, each);
    fromLeft.push(left);
    fromRight.push(right);
  }
  const u = transposed(space, accumulate(space, fromLeft, m, n), m, n);
  const v = transposed(space, accumulate(space, fromRight, n, n), n, n);
  const places = space.take(4 * n);
  const out = { d, e, u, v, turnsU: new Turns(space, places), turnsV: new Turns(space, places + 2 * n) };
  diagonalize(space, out, m);
  return out;
}

/** Takes column k to `(alpha, 0, …)` from the diagonal on, from the left; returns alpha. */
function reflectColumn(space: Workspace, a: number, m: number, n: number, k: number, group: Reflections): number {
  const { vectors, length, betas, first } = group;
  const j = k - first;
  const [rows, columns] = [m - k, n - k - 1];
  const v = vectors + j * (length + 1);
  const corner = a + k * (n + 1);
  space.transpose(v, rows, corner, n, rows, 1);
  const alpha = makeReflection(space, group, j);
  if (betas[j] === 0) return alpha;
  const sums = zeros(space, columns);
  space.addRows(sums, betas[j], v, 1, corner + 1, n, rows, columns);
  for (let i = 0; i < rows; i++) space.addMultiple(corner + i * n + 1, -space.data[v + i], sums, columns);
  space.release(sums);
  return alpha;
}

/** Takes row k to `(alpha, 0, …)` right of the diagonal, from the right; returns alpha. */
function reflectRow(space: Workspace, a: number, m: number, n: number, k: number, group: Reflections): number {
  const { vectors, length, betas, first } = group;
  const j = k + 1 - first;
  const [rows, columns] = [m - k - 1, n - k - 1];
  const v = vectors + j * (length + 1);
  const row = a + k * n + k + 1;
  space.data.copyWithin(v, row, row + columns);
  const alpha = makeReflection(space, group, j);
  if (betas[j] === 0) return alpha;
  const sums = zeros(space, rows);
  space.addInners(sums, betas[j], v, row + n, n, rows, columns);
  for (let i = 0; i < rows; i++) space.addMultiple(row + (i + 1) * n, -space.data[sums + i], v, columns);
  space.release(sums);
  return alpha;
}

function diagonalize(space: Workspace, b: Bidiagonal, m: number): void {
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
      d.fill(Number.NaN);
      space.data.fill(Number.NaN, u, u + m * n);
      space.data.fill(Number.NaN, v, v + n * n);
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
function clearRow({ d, e, u, turnsU }: Bidiagonal, m: number, k: number, high: number): void {
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
    turnsU.push(c, s);
    turnsU.apply(u + j * m, m, (k - j) * m);
  }
}

/** With the last d = 0 the entry above it can be turned away, through the columns before. */
function clearColumn({ d, e, v, turnsV }: Bidiagonal, low: number, high: number): void {
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
    turnsV.push(c, s);
    turnsV.apply(v + j * d.length, d.length, (high - j) * d.length);
  }
}

/** One QR step on `bᵀ · b`, which is never formed. */
function step({ d, e, u, v, turnsU, turnsV }: Bidiagonal, m: number, low: number, high: number): void {
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
    turnsV.push(c, s);
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
    turnsU.push(c, s);
  }
  turnsU.apply(u + low * m, m);
  turnsV.apply(v + low * n, n);
}

/** The pseudoinverse, n × m; the matrix is overwritten. Singular values up to `tolerance` times the largest count as zero. */
export function pseudoinverse(space: Workspace, a: number, m: number, n: number, tolerance: number): number {
  const { left, values, right } = singularValues(space, a, m, n);
  // What counts are the first ones.
  const cut = values.findIndex((value) => value <= tolerance * values[0]);
  const rank = cut < 0 ? values.length : cut;
  for (let k = 0; k < rank; k++) space.divide(right + k * n, values[k], n);
  const out = zeros(space, n * m);
  addProduct(space, out, m, 1, transposeOf(rowMajor(right, n)), rowMajor(left, m), n, m, rank);
  return out;
}
