/**
 * @file What host kernels on dense matrices compute with: one memory of double precision numbers, and the operations on
 * it in which all their time goes. Algorithms are written on top of these once; a backend brings its own, fast ones.
 *
 * Vectors and matrices are named by the position of their first entry in the memory. Matrices are row-major, and the
 * distance of their rows is called `stride`.
 */

/** A matrix to read: entry (i, j) is at `at + i · down + j · across`, and one of both steps is 1. */
export interface Operand {
  readonly at: number;
  readonly down: number;
  readonly across: number;
}

export interface Workspace {
  /** The memory. `take` may replace it, so it is read from here anew after each. */
  readonly data: Float64Array;
  /** The position of a place for `count` numbers, which are left over from something else. */
  take(count: number): number;
  /** Gives back all places that were taken after this one, and this one. */
  release(at: number): void;

  /** `Σ x[i] · y[i]`. */
  inner(x: number, y: number, n: number): number;
  /** `y += factor · x`. */
  addMultiple(y: number, factor: number, x: number, n: number): void;
  /** `x /= divisor`. */
  divide(x: number, divisor: number, n: number): void;
  /** Exchanges the entries of two vectors. */
  exchange(x: number, y: number, n: number): void;
  /** `y += factor · Σ weights[p · step] · row p`, for `count` rows of length n. */
  addRows(
    y: number,
    factor: number,
    weights: number,
    step: number,
    rows: number,
    stride: number,
    count: number,
    n: number,
  ): void;
  /** `y[p] += factor · ⟨row p, x⟩`, for `count` rows of length n. */
  addInners(y: number, factor: number, x: number, rows: number, stride: number, count: number, n: number): void;
  /**
   * Turns rows p and p + 1 of length n, for p = 0, 1, … count − 1 one after the other, into `(c · row p + s · row p+1,
   * −s · row p + c · row p+1)`, where c and s are entries 2 p and 2 p + 1 of `turns`.
   */
  turnRows(rows: number, stride: number, count: number, n: number, turns: number): void;
  /** Writes the transpose of m × n. */
  transpose(to: number, toStride: number, from: number, fromStride: number, m: number, n: number): void;
  /** Replaces a square matrix by its symmetric part `(A + Aᵀ) / 2`. */
  symmetrize(a: number, stride: number, n: number): void;
  /** `C += factor · A · B` for row-major C m × n and A m × k. */
  addProduct(c: number, stride: number, factor: number, a: Operand, b: Operand, m: number, n: number, k: number): void;
}

/** Gives an empty workspace; what was taken from it before is lost. */
export type OpenWorkspace = () => Workspace;

/** How many numbers a memory for `current` gets so that `count` fit: enough that it is rarely replaced. */
export const grownLength = (count: number, current = 0): number =>
  Math.max(4096, count, Math.min(Math.ceil(1.5 * current), current + 2 ** 22));
