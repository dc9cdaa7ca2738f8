/** @file Eigenvalues of symmetric matrices, singular values, and the pseudoinverse that is made of them. */
import { add, diagonalEmbed, div, emit, fullLike, mul, neg, resultOf, sub, tuple } from "../../emit.ts";
import { NO_PARAMS, type Node, tupleType } from "../../graph/node.ts";
import { define } from "../../primitive.ts";
import { literalValue } from "../elementwise.ts";
import {
  diagonal,
  differences,
  identityLike,
  matmul,
  scaleColumns,
  scaleRows,
  stackAxes,
  stackOf,
  symmetric,
  transpose,
  withDiagonal,
} from "./matrix.ts";
import { transposed } from "./numeric/dense.ts";
import { pseudoinverse, singularValues } from "./numeric/svd.ts";
import { symmetricEigen } from "./numeric/symmetric-eigen.ts";
import { load, store, workspaceFor } from "./parts.ts";

declare module "../../primitive.ts" {
  interface PrimitiveParams {
    /** Two results for (A + Aᵀ) / 2: eigenvalues, ascending, and eigenvectors as columns. */
    eigh: typeof NO_PARAMS;
    /** Three results: left vectors as columns `[…, m, k]`, singular values, descending, right vectors as rows `[…, k, n]`. */
    svd: typeof NO_PARAMS;
    /** The pseudoinverse; singular values up to `tolerance` times the largest count as zero. */
    pinv: { readonly tolerance: number };
  }
}

/** Off the diagonal `x / gaps`, on it zero: also for what is derived from it, where 0 / 0 would come in. */
const overGaps = (x: Node, gaps: Node): Node => div(withDiagonal(x, 0), withDiagonal(gaps, 1));

/** The cotangent of one result, or null where there is none. */
function cotangentOf(cotangents: Node, index: number): Node | null {
  const one = resultOf(cotangents, index);
  return literalValue(one) === 0 ? null : one;
}

const sumOf = (x: Node | null, y: Node | null): Node | null => (x === null ? y : y === null ? x : add(x, y));
const embed = (v: Node): Node => diagonalEmbed(v, v.shape.length - 1, v.shape.length);

define("eigh", {
  infer: ([{ shape, dtype }]) =>
    tupleType([
      { shape: shape.slice(0, -1), dtype },
      { shape, dtype },
    ]),
  evaluate([a], { results }, _, open) {
    const { n, count } = stackOf(a);
    const space = workspaceFor(n ** 3, open);
    for (let i = 0; i < count; i++) {
      const matrix = load(space, a, i, count);
      space.symmetrize(matrix, n, n);
      const { values, vectors } = symmetricEigen(space, matrix, n);
      results![0].data.set(values, i * n);
      store(space, transposed(space, vectors, n, n), n * n, results![1], i);
      space.release(matrix);
    }
  },
  derivative: {
    kind: "jvp",
    // Magnus 1985: with P = Vᵀ dA V, dw = diag P and dV = V · (P[i, j] / (w[j] − w[i]), 0 on the diagonal).
    jvp(_, [da], out) {
      const [w, v] = [resultOf(out, 0), resultOf(out, 1)];
      const p = matmul(transpose(v), matmul(symmetric(da!), v));
      return tuple([diagonal(p), matmul(v, overGaps(p, differences(w)))]);
    },
    // The transpose of that. What has no cotangent is left out: eigenvalues alone must not meet the gaps between them.
    pull(cotangent, _, __, out) {
      const [w, v] = [resultOf(out, 0), resultOf(out, 1)];
      const [dw, dv] = [cotangentOf(cotangent, 0), cotangentOf(cotangent, 1)];
      const vt = transpose(v);
      const turned = dv && overGaps(matmul(vt, dv), differences(w));
      const inside = sumOf(dw && embed(dw), turned);
      return [inside && symmetric(matmul(v, matmul(inside, vt)))];
    },
  },
  independent: stackAxes,
  batch: ([a]) => emit("eigh", [a], NO_PARAMS),
  lowering: { kind: "host", writesAll: true },
});

define("svd", {
  infer: ([{ shape, dtype }]) => {
    const [m, n] = shape.slice(-2);
    const lead = shape.slice(0, -2);
    const k = Math.min(m, n);
    return tupleType([
      { shape: [...lead, m, k], dtype },
      { shape: [...lead, k], dtype },
      { shape: [...lead, k, n], dtype },
    ]);
  },
  evaluate([a], { results }, _, open) {
    const { m, n, count } = stackOf(a);
    const k = Math.min(m, n);
    const space = workspaceFor(2 * m * n * k, open);
    for (let i = 0; i < count; i++) {
      const matrix = load(space, a, i, count);
      const { left, values, right } = singularValues(space, matrix, m, n);
      store(space, transposed(space, left, k, m), m * k, results![0], i);
      results![1].data.set(values, i * k);
      store(space, right, k * n, results![2], i);
      space.release(matrix);
    }
  },
  derivative: {
    kind: "jvp",
    // Townsend 2016: with P = Uᵀ dA V, ds = diag P; dU and dV inside their spaces divide by s[j]² − s[i]², and outside
    // of them (for matrices that are not square) by s.
    jvp(_, [da], out) {
      const [u, s, vt] = [resultOf(out, 0), resultOf(out, 1), resultOf(out, 2)];
      const { m, n } = stackOf(da!);
      const k = Math.min(m, n);
      const v = transpose(vt);
      const right = matmul(da!, v);
      const p = matmul(transpose(u), right);
      const pt = transpose(p);
      const gaps = differences(mul(s, s));
      let du = matmul(u, overGaps(add(scaleColumns(p, s), scaleRows(pt, s)), gaps));
      let dv = matmul(v, overGaps(add(scaleRows(p, s), scaleColumns(pt, s)), gaps));
      const overValues = (x: Node): Node => scaleColumns(x, div(fullLike(1, s), s));
      if (m > k) du = add(du, overValues(sub(right, matmul(u, p))));
      if (n > k) dv = add(dv, overValues(sub(matmul(transpose(da!), u), matmul(v, pt))));
      return tuple([du, diagonal(p), transpose(dv)]);
    },
    // The transpose of that; as above, singular values alone must not meet the gaps between them.
    pull(cotangent, _, [a], out) {
      const [u, s, vt] = [resultOf(out, 0), resultOf(out, 1), resultOf(out, 2)];
      const [du, ds, dvt] = [cotangentOf(cotangent, 0), cotangentOf(cotangent, 1), cotangentOf(cotangent, 2)];
      const { m, n } = stackOf(a);
      const k = Math.min(m, n);
      const gaps = differences(mul(s, s));
      const inverse = div(fullLike(1, s), s);
      let inside = ds && embed(ds);
      let outside: Node | null = null;
      if (du !== null) {
        const turned = matmul(transpose(u), du);
        const x = overGaps(turned, gaps);
        inside = sumOf(inside, scaleColumns(add(x, transpose(x)), s));
        if (m > k) {
          inside = sub(inside!, scaleColumns(turned, inverse));
          outside = sumOf(outside, matmul(scaleColumns(du, inverse), vt));
        }
      }
      if (dvt !== null) {
        const turned = matmul(vt, transpose(dvt));
        const y = overGaps(turned, gaps);
        inside = sumOf(inside, scaleRows(add(y, transpose(y)), s));
        if (n > k) {
          inside = sub(inside!, transpose(scaleColumns(turned, inverse)));
          outside = sumOf(outside, matmul(u, scaleRows(dvt, inverse)));
        }
      }
      return [sumOf(inside && matmul(u, matmul(inside, vt)), outside)];
    },
  },
  independent: stackAxes,
  batch: ([a]) => emit("svd", [a], NO_PARAMS),
  lowering: { kind: "host", writesAll: true },
});

define("pinv", {
  infer: ([{ shape, dtype }]) => ({
    shape: shape.with(-1, shape[shape.length - 2]).with(-2, shape[shape.length - 1]),
    dtype,
  }),
  evaluate([a], out, { tolerance }, open) {
    const { m, n, count } = stackOf(a);
    const space = workspaceFor(2 * m * n * Math.min(m, n), open);
    for (let i = 0; i < count; i++) {
      const matrix = load(space, a, i, count);
      store(space, pseudoinverse(space, matrix, m, n, tolerance), m * n, out, i);
      space.release(matrix);
    }
  },
  derivative: {
    kind: "jvp",
    // Golub & Pereyra 1973, where the rank stays the same: −P dA P + P Pᵀ dAᵀ (1 − A P) + (1 − P A) dAᵀ Pᵀ P.
    jvp([a], [da], p) {
      const [pt, dat] = [transpose(p), transpose(da!)];
      const inside = neg(matmul(p, matmul(da!, p)));
      const [rowsOf, columnsOf] = [matmul(a, p), matmul(p, a)];
      const ofRows = matmul(matmul(p, matmul(pt, dat)), sub(identityLike(rowsOf), rowsOf));
      const ofColumns = matmul(sub(identityLike(columnsOf), columnsOf), matmul(dat, matmul(pt, p)));
      return add(inside, add(ofRows, ofColumns));
    },
  },
  independent: stackAxes,
  batch: ([a], _, __, params) => emit("pinv", [a], params),
  lowering: { kind: "host", writesAll: true },
});
