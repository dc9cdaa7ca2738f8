/** @file A small Levenberg–Marquardt minimiser in plain arithmetic; what it minimises is differentiated by the kernel. */
import { dot, type Vector } from "../plain.ts";

/** Solves `A x = b` for a symmetric positive definite matrix, by Cholesky; null if it is not definite. */
function solveDefinite(A: readonly Vector[], b: Vector): number[] | null {
  const n = b.length;
  const L = A.map((row) => [...row]);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = L[i][j];
      for (let k = 0; k < j; k++) sum -= L[i][k] * L[j][k];
      if (i === j && !(sum > 0)) return null;
      L[i][j] = i === j ? Math.sqrt(sum) : sum / L[j][j];
    }
  }
  const x = [...b];
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= L[i][k] * x[k];
    x[i] /= L[i][i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= L[k][i] * x[k];
    x[i] /= L[i][i];
  }
  return x;
}

const sumOfSquares = (r: Vector): number => dot(r, r);

export interface Minimum {
  readonly x: number[];
  readonly sum: number;
  readonly steps: number;
}

/**
 * D. W. Marquardt, "An Algorithm for Least-Squares Estimation of Nonlinear Parameters", SIAM J. Appl. Math. 11(2), 1963.
 * Variables are scaled by the largest norms of their columns so far, as in MINPACK, so that the badly scaled
 * problems converge too.
 */
export function minimise(
  residuals: (x: Vector) => Vector,
  jacobian: (x: Vector) => readonly Vector[],
  start: Vector,
  maxSteps = 500,
): Minimum {
  let x = [...start];
  let r = residuals(x);
  let sum = sumOfSquares(r);
  let damping = 1e-3;
  const scale = x.map(() => 0);
  for (let step = 1; step <= maxSteps; step++) {
    const J = jacobian(x);
    x.forEach((_, j) => {
      scale[j] = Math.max(scale[j], Math.sqrt(J.reduce((total, row) => total + row[j] ** 2, 0))) || 1;
    });
    const scaled = J.map((row) => row.map((each, j) => each / scale[j]));
    const normal = x.map((_, j) => x.map((_, k) => scaled.reduce((total, row) => total + row[j] * row[k], 0)));
    const slope = x.map((_, j) => -scaled.reduce((total, row, i) => total + row[j] * r[i], 0));
    let accepted = false;
    for (; !accepted && damping < 1e16; damping *= 4) {
      const move = solveDefinite(
        normal.map((row, j) => row.with(j, row[j] + damping)),
        slope,
      );
      if (move === null) continue;
      const next = x.map((each, j) => each + move[j] / scale[j]);
      const found = residuals(next);
      const nextSum = sumOfSquares(found);
      if (!(nextSum < sum)) continue;
      const gain = (sum - nextSum) / sum;
      [x, r, sum, accepted] = [next, found, nextSum, true];
      damping /= 40;
      if (gain < 1e-13 || sum < 1e-25) return { x, sum, steps: step };
    }
    if (!accepted) return { x, sum, steps: step };
  }
  return { x, sum, steps: maxSteps };
}
