/** @file Small things that several algorithms on dense matrices need. */
import type { Workspace } from "../../../loops/workspace.ts";
import { rowMajor } from "./blocks.ts";

/** A place full of zeros. */
export function zeros(space: Workspace, count: number): number {
  const at = space.take(count);
  space.data.fill(0, at, at + count);
  return at;
}

/** An m × n matrix with ones on its diagonal. */
export function identity(space: Workspace, m: number, n: number): number {
  const at = zeros(space, m * n);
  for (let i = 0; i < Math.min(m, n); i++) space.data[at + i * (n + 1)] = 1;
  return at;
}

export function copy(space: Workspace, from: number, count: number): number {
  const at = space.take(count);
  space.data.copyWithin(at, from, from + count);
  return at;
}

/** The transpose of an m × n matrix. */
export function transposed(space: Workspace, a: number, m: number, n: number): number {
  const at = space.take(m * n);
  space.transpose(at, m, a, n, m, n);
  return at;
}

/** `a · b` for n × n matrices. */
export function multiply(space: Workspace, a: number, b: number, n: number): number {
  const at = zeros(space, n * n);
  space.addProduct(at, n, 1, rowMajor(a, n), rowMajor(b, n), n, n, n);
  return at;
}

/** The largest sum of magnitudes in a column: the norm that goes with the sum of magnitudes of a vector. */
export function columnSumNorm(data: Float64Array, a: number, n: number): number {
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sums[j] += Math.abs(data[a + i * n + j]);
  // Not Math.max with spread, which has a limit; NaN must win.
  return sums.reduce((largest, each) => (each > largest || Number.isNaN(each) ? each : largest), 0);
}

/**
 * Divides by the power of two near the largest magnitude, in place and exactly, so that squares neither overflow nor
 * vanish. Returns that power; 1 for zeros; NaN when an entry is not finite.
 */
export function normalize(space: Workspace, a: number, count: number): number {
  const { data } = space;
  let largest = 0;
  for (let i = a; i < a + count; i++) {
    const magnitude = Math.abs(data[i]);
    if (!(magnitude < Number.POSITIVE_INFINITY)) return Number.NaN;
    if (magnitude > largest) largest = magnitude;
  }
  if (largest === 0) return 1;
  const scale = 2 ** Math.max(-1022, Math.floor(Math.log2(largest)));
  space.divide(a, scale, count);
  return scale;
}

function negate(data: Float64Array, a: number, count: number): void {
  for (let i = a; i < a + count; i++) data[i] = -data[i];
}

/** Flips the rows of `a` (of length n) whose entry of largest magnitude is negative, and the same rows of another. */
export function fixSigns(
  { data }: Workspace,
  a: number,
  rows: number,
  n: number,
  other?: { readonly at: number; readonly n: number },
): void {
  for (let i = 0; i < rows; i++) {
    let largest = 0;
    const row = a + i * n;
    for (let j = row; j < row + n; j++) if (Math.abs(data[j]) > Math.abs(largest)) largest = data[j];
    if (largest >= 0) continue;
    negate(data, row, n);
    if (other) negate(data, other.at + i * other.n, other.n);
  }
}

/** Rows of length n in another order. */
export function reorderRows(space: Workspace, a: number, n: number, order: readonly number[]): number {
  const at = space.take(order.length * n);
  order.forEach((from, to) => {
    space.data.copyWithin(at + to * n, a + from * n, a + (from + 1) * n);
  });
  return at;
}

/**
 * Rotations of neighbouring rows, collected and done one after the other in one go: the k-th is of rows k and k + 1. No
 * place may be taken while one of these is in use.
 */
export class Turns {
  readonly #space: Workspace;
  readonly #data: Float64Array;
  readonly #turns: number;
  #end: number;

  /** @param turns a place for two numbers per rotation */
  constructor(space: Workspace, turns: number) {
    this.#space = space;
    this.#turns = turns;
    this.#end = this.#turns;
    this.#data = space.data;
  }

  /** `(c · row + s · next, −s · row + c · next)`. */
  push(c: number, s: number): void {
    this.#data[this.#end++] = c;
    this.#data[this.#end++] = s;
  }

  /** Does what was collected to rows `stride` apart, n long. */
  apply(rows: number, n: number, stride = n): void {
    this.#space.turnRows(rows, stride, (this.#end - this.#turns) / 2, n, this.#turns);
    this.#end = this.#turns;
  }
}
