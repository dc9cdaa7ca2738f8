/** @file Plain matrices in double precision: flat and row-major, extents beside them. What the factorizations are written with. */

/** `a · b` for `a` m × k and `b` k × n. */
export function multiply(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) addRows(out, i * n, 1, a, i * k, b, 0, n, k, n);
  return out;
}

/**
 * `y[0 … n) += factor · Σ weights[p] · row p`, for `count` rows of length n that start `stride` apart. Four rows at a
 * time: each entry of y is loaded and stored a quarter as often.
 */
export function addRows(
  y: Float64Array,
  startY: number,
  factor: number,
  weights: Float64Array,
  startWeights: number,
  rows: Float64Array,
  startRows: number,
  stride: number,
  count: number,
  n: number,
): void {
  let p = 0;
  for (; p + 3 < count; p += 4) {
    const at = startWeights + p;
    const w0 = factor * weights[at];
    const w1 = factor * weights[at + 1];
    const w2 = factor * weights[at + 2];
    const w3 = factor * weights[at + 3];
    const r0 = startRows + p * stride;
    const r1 = r0 + stride;
    const r2 = r1 + stride;
    const r3 = r2 + stride;
    for (let j = 0; j < n; j++) {
      y[startY + j] += w0 * rows[r0 + j] + w1 * rows[r1 + j] + w2 * rows[r2 + j] + w3 * rows[r3 + j];
    }
  }
  for (; p < count; p++) addMultiple(y, startY, factor * weights[startWeights + p], rows, startRows + p * stride, n);
}

/** `y[0 … n) += factor · x[0 … n)`, each from its own start. */
export function addMultiple(
  y: Float64Array,
  startY: number,
  factor: number,
  x: Float64Array,
  startX: number,
  n: number,
): void {
  for (let j = 0; j < n; j++) y[startY + j] += factor * x[startX + j];
}

/** The inner product of two stretches of length n. Four sums side by side: one sum would wait for each addition. */
export function inner(x: Float64Array, startX: number, y: Float64Array, startY: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let j = 0;
  for (; j + 3 < n; j += 4) {
    s0 += x[startX + j] * y[startY + j];
    s1 += x[startX + j + 1] * y[startY + j + 1];
    s2 += x[startX + j + 2] * y[startY + j + 2];
    s3 += x[startX + j + 3] * y[startY + j + 3];
  }
  for (; j < n; j++) s0 += x[startX + j] * y[startY + j];
  return s0 + s1 + (s2 + s3);
}

/** Rows `i` and `j` of length n, turned: `(c · i + s · j, −s · i + c · j)`. */
export function rotateRows(x: Float64Array, i: number, j: number, n: number, c: number, s: number): void {
  const startI = i * n;
  const startJ = j * n;
  for (let k = 0; k < n; k++) {
    const a = x[startI + k];
    const b = x[startJ + k];
    x[startI + k] = c * a + s * b;
    x[startJ + k] = c * b - s * a;
  }
}

/** The transpose of an m × n matrix. */
export function transposed(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j];
  return out;
}

export function identity(n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * n + i] = 1;
  return out;
}

/** The largest sum of magnitudes in a column: the norm that goes with the sum of magnitudes of a vector. */
export function columnSumNorm(a: Float64Array, n: number): number {
  const sums = new Float64Array(n);
  for (let i = 0; i < a.length; i++) sums[i % n] += Math.abs(a[i]);
  // Not Math.max with spread, which has a limit; NaN must win.
  return sums.reduce((largest, each) => (each > largest || Number.isNaN(each) ? each : largest), 0);
}

/**
 * Divides by the power of two near the largest magnitude, in place and exactly, so that squares neither overflow nor
 * vanish. Returns that power; 1 for zeros; NaN when an entry is not finite.
 */
export function normalize(a: Float64Array): number {
  let largest = 0;
  for (const each of a) {
    const magnitude = Math.abs(each);
    if (!(magnitude < Number.POSITIVE_INFINITY)) return Number.NaN;
    if (magnitude > largest) largest = magnitude;
  }
  if (largest === 0) return 1;
  const scale = 2 ** Math.max(-1022, Math.floor(Math.log2(largest)));
  for (let i = 0; i < a.length; i++) a[i] /= scale;
  return scale;
}

/** Flips the rows of `a` (of length n) whose entry of largest magnitude is negative, and the same rows of the others. */
export function fixSigns(
  a: Float64Array,
  rows: number,
  n: number,
  ...others: readonly { readonly data: Float64Array; readonly n: number }[]
): void {
  for (let i = 0; i < rows; i++) {
    let largest = 0;
    for (let j = 0; j < n; j++) if (Math.abs(a[i * n + j]) > Math.abs(largest)) largest = a[i * n + j];
    if (largest >= 0) continue;
    for (const { data, n: length } of [{ data: a, n }, ...others]) {
      for (let j = i * length; j < (i + 1) * length; j++) data[j] = -data[j];
    }
  }
}

/** Rows of length n in another order. */
export function reorderRows(a: Float64Array, n: number, order: readonly number[]): Float64Array {
  const out = new Float64Array(order.length * n);
  order.forEach((from, to) => {
    out.set(a.subarray(from * n, (from + 1) * n), to * n);
  });
  return out;
}

/** `(a + aᵀ) / 2` for n × n. */
export function halfSum(a: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[i * n + j] = (a[i * n + j] + a[j * n + i]) / 2;
  return out;
}
