/** @file The cofactors of a matrix, the derivative of its determinant, also where it is singular. */
import type { Workspace } from "../../../loops/workspace.ts";
import { columnSumNorm, copy, identity, transposed, zeros } from "./dense.ts";
import { determinant, factorLU, solveLU, zeroPivot } from "./lu.ts";
import { singularValues } from "./svd.ts";

/** Up to here an inverse has a third of its digits left. */
const WELL_CONDITIONED = 1e10;

/** The sign of the determinant of an orthogonal matrix. */
function orientation(space: Workspace, q: number, n: number): number {
  const factors = copy(space, q, n * n);
  const sign = factorLU(space, factors, n, n, new Int32Array(n));
  return Math.sign(determinant(space.data, factors, n, sign));
}

/** Of an n × n matrix, which is kept. */
export function cofactors(space: Workspace, a: number, n: number): number {
  const factors = copy(space, a, n * n);
  const order = new Int32Array(n);
  const sign = factorLU(space, factors, n, n, order);
  if (zeroPivot(space.data, factors, n) < 0) {
    const inverse = space.take(n * n);
    solveLU(space, factors, order, n, identity(space, n, n), inverse, n, false);
    if (columnSumNorm(space.data, a, n) * columnSumNorm(space.data, inverse, n) < WELL_CONDITIONED) {
      const value = determinant(space.data, factors, n, sign);
      const out = transposed(space, inverse, n, n);
      const { data } = space;
      for (let i = out; i < out + n * n; i++) data[i] *= value;
      return out;
    }
  }
  // With A = U · diag(s) · Vᵀ: det(U) det(V) · U · diag(product of the other s) · Vᵀ, where nothing is divided.
  const { left, values, right } = singularValues(space, copy(space, a, n * n), n, n);
  const out = zeros(space, n * n);
  const turn = orientation(space, left, n) * orientation(space, right, n);
  for (let k = 0; k < n; k++) {
    const others = values.reduce((product, value, i) => (i === k ? product : product * value), turn);
    for (let i = 0; i < n; i++) {
      space.addMultiple(out + i * n, space.data[left + k * n + i] * others, right + k * n, n);
    }
  }
  return out;
}
