/** @file Plain matrices in double precision: flat and row-major, extents beside them. What the factorizations are written with. */

/** `a · b` for `a` m × k and `b` k × n. */
export function multiply(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    const row = i * n;
    let p = 0;
    // Four rows of b at a time: each entry of the output is loaded and stored a quarter as often.
    for (; p + 3 < k; p += 4) {
      const at = i * k + p;
      const [x0, x1, x2, x3] = [a[at], a[at + 1], a[at + 2], a[at + 3]];
      const [b0, b1, b2, b3] = [p * n, (p + 1) * n, (p + 2) * n, (p + 3) * n];
      for (let j = 0; j < n; j++) out[row + j] += x0 * b[b0 + j] + x1 * b[b1 + j] + x2 * b[b2 + j] + x3 * b[b3 + j];
    }
    for (; p < k; p++) addMultiple(out, row, a[i * k + p], b, p * n, n);
  }
  return out;
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
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
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
  const [startI, startJ] = [i * n, j * n];
  for (let k = 0; k < n; k++) {
    const [a, b] = [x[startI + k], x[startJ + k]];
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
