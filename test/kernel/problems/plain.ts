/** @file Plain arithmetic on arrays, for closed forms that owe nothing to the kernel. */
import { type Tensor, tensor } from "../../../kernel/index.ts";
import { uniform } from "../support/data.ts";

export type Vector = readonly number[];
export type Matrix = readonly Vector[];

/** `f(0) … f(count − 1)`. */
export const times = <T>(count: number, f: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => f(i));

/** Of kernel tensors, the float64 ones with these entries. */
export const f64 = (values: Vector | Matrix | readonly Matrix[]): Tensor => tensor(values, { dtype: "float64" });

export const total = (values: Vector): number => values.reduce((sum, each) => sum + each, 0);

export const dot = (a: Vector, b: Vector): number => total(a.map((each, i) => each * b[i]));

export const matvec = (A: Matrix, x: Vector): number[] => A.map((row) => dot(row, x));

export const transposed = (A: Matrix): number[][] => A[0].map((_, j) => A.map((row) => row[j]));

export const matmul = (A: Matrix, B: Matrix): number[][] => {
  const columns = transposed(B);
  return A.map((row) => columns.map((column) => dot(row, column)));
};

/** The matrix `x yᵀ`. */
export const outer = (x: Vector, y: Vector): number[][] => x.map((a) => y.map((b) => a * b));

export const cross = ([a, b, c]: Vector, [x, y, z]: Vector): number[] => [b * z - c * y, c * x - a * z, a * y - b * x];

/** Uniform numbers in [low, high), always the same for a seed. */
export function numbers(count: number, seed: number, low = -1, high = 1): number[] {
  const next = uniform(seed);
  return times(count, () => low + (high - low) * next());
}

export function matrix(rows: number, columns: number, seed: number, low = -1, high = 1): number[][] {
  const all = numbers(rows * columns, seed, low, high);
  return times(rows, (i) => all.slice(i * columns, (i + 1) * columns));
}
