/** @file The cofactors of a matrix, the derivative of its determinant, also where it is singular. */
import { addMultiple, columnSumNorm, identity, transposed } from "./dense.ts";
import { factorLU, solveLU, zeroPivot } from "./lu.ts";
import { singularValues } from "./svd.ts";

/** Up to here an inverse has a third of its digits left. */
const WELL_CONDITIONED = 1e10;

function determinant(factors: Float64Array, n: number, sign: number): number {
  let product = sign;
  for (let i = 0; i < n; i++) product *= factors[i * n + i];
  return product;
}

/** The sign of the determinant of an orthogonal matrix. */
function orientation(q: Float64Array, n: number): number {
  const factors = q.slice();
  return Math.sign(determinant(factors, n, factorLU(factors, n, n, new Int32Array(n))));
}

export function cofactors(a: Float64Array, n: number): Float64Array {
  const factors = a.slice();
  const order = new Int32Array(n);
  const sign = factorLU(factors, n, n, order);
  if (zeroPivot(factors, n) < 0) {
    const inverse = solveLU(factors, order, n, identity(n), n, false);
    if (columnSumNorm(a, n) * columnSumNorm(inverse, n) < WELL_CONDITIONED) {
      const value = determinant(factors, n, sign);
      return transposed(inverse, n, n).map((each) => each * value);
    }
  }
  // With A = U · diag(s) · Vᵀ: det(U) det(V) · U · diag(product of the other s) · Vᵀ, where nothing is divided.
  const { left, values, right } = singularValues(a, n, n);
  const out = new Float64Array(n * n);
  const turn = orientation(left, n) * orientation(right, n);
  for (let k = 0; k < n; k++) {
    const others = values.reduce((product, value, i) => (i === k ? product : product * value), turn);
    for (let i = 0; i < n; i++) addMultiple(out, i * n, left[k * n + i] * others, right, k * n, n);
  }
  return out;
}
