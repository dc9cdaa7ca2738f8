/**
 * @file What a problem of the collection says about itself. The collection: J. J. Moré, B. S. Garbow, K. E. Hillstrom,
 * "Testing Unconstrained Optimization Software", ACM Transactions on Mathematical Software 7(1), 1981, pp. 17–41.
 * The residuals are written with the kernel; their derivatives are written by hand in plain arithmetic.
 */
import type { Tensor } from "../../../../kernel/index.ts";
import { times, type Vector } from "../plain.ts";

/** A second derivative that is not zero: ∂²r[i] / ∂x[j] ∂x[k] with j ≤ k. It stands for its mirror image too. */
export type Curvature = readonly [i: number, j: number, k: number, value: number];

export interface Problem {
  /** In the order of the paper. */
  readonly number: number;
  readonly name: string;
  /** Who posed it first. */
  readonly source: string;
  /** Variables. */
  readonly n: number;
  /** Residuals. */
  readonly m: number;
  readonly start: Vector;
  residuals(x: Tensor): Tensor;
  /** ∂r[i] / ∂x[j] */
  jacobian(x: Vector): number[][];
  curvature(x: Vector): Curvature[];
  /** Sums of squares where they are known exactly. */
  readonly known?: readonly { readonly at: Vector; readonly sum: number }[];
  /** The published sum of squares at a minimum that Levenberg–Marquardt reaches from the start; six digits, some cut off. */
  readonly minimum?: number;
  /**
   * ‖r‖ at the start as printed by MINPACK's own test of LMDER (J. J. Moré, B. S. Garbow, K. E. Hillstrom, "User Guide for
   * MINPACK-1", ANL-80-74, 1980), to seven digits.
   */
  readonly startNorm?: number;
}

/** The entries of a vector, one tensor each. */
export const entriesOf = (x: Tensor): Tensor[] => times(x.shape[0], (i) => x.at(i));

/** `∂²r[i]` as matrices `[m][n][n]`. */
export function denseCurvature({ n, m, curvature }: Problem, x: Vector): number[][][] {
  const dense = times(m, () => times(n, () => times(n, () => 0)));
  for (const [i, j, k, value] of curvature(x)) {
    dense[i][j][k] += value;
    if (j !== k) dense[i][k][j] += value;
  }
  return dense;
}

/** The second derivatives of ½‖r‖²: `JᵀJ + Σᵢ rᵢ ∇²rᵢ`. */
export function halfSquaresHessian(problem: Problem, x: Vector, residuals: Vector): number[][] {
  const J = problem.jacobian(x);
  const curved = denseCurvature(problem, x);
  const { n, m } = problem;
  const sum = (term: (i: number) => number) => times(m, term).reduce((a, b) => a + b, 0);
  return times(n, (j) => times(n, (k) => sum((i) => J[i][j] * J[i][k] + residuals[i] * curved[i][j][k])));
}
