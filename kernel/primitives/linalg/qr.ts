/** @file QR factorization. */
import { add, emit, neg, resultOf, sub, tuple } from "../../emit.ts";
import { tupleType } from "../../graph/node.ts";
import { define } from "../../primitive.ts";
import { block, columns, matmul, rows, sideBySide, stackAxes, stackOf, transpose, triangle } from "./matrix.ts";
import { accumulate, triangularize } from "./numeric/householder.ts";
import { load, store, workspaceFor } from "./parts.ts";
import { triangularSolveRight } from "./triangular.ts";

interface QRParams {
  /** Q is m × m and R as large as A; otherwise both have min(m, n) in place of m. */
  readonly complete: boolean;
}
declare module "../../primitive.ts" {
  interface PrimitiveParams {
    /** Two results: Q with orthonormal columns, and upper triangular R. */
    qr: QRParams;
  }
}

define("qr", {
  infer: ([{ shape, dtype }], { complete }) => {
    const [m, n] = shape.slice(-2);
    const inside = complete ? m : Math.min(m, n);
    const lead = shape.slice(0, -2);
    return tupleType([
      { shape: [...lead, m, inside], dtype },
      { shape: [...lead, inside, n], dtype },
    ]);
  },
  evaluate([a], { results }, { complete }, open) {
    const { m, n, count } = stackOf(a);
    const inside = complete ? m : Math.min(m, n);
    const space = workspaceFor(m * n * Math.min(m, n), open);
    for (let i = 0; i < count; i++) {
      const matrix = load(space, a, i, count);
      const q = accumulate(space, triangularize(space, matrix, m, n), m, inside);
      store(space, q, m * inside, results![0], i);
      store(space, matrix, inside * n, results![1], i);
      space.release(matrix);
    }
  },
  derivative: {
    kind: "jvp",
    // Walter & Lehmann 2012, on the first k columns: dQ = Q Ω + (1 − Q Qᵀ) dA R⁻¹ with Ω antisymmetric, its lower triangle
    // that of Qᵀ dA R⁻¹; then dR = Qᵀ dA − Ω R.
    jvp(_, [da], out, { complete }) {
      const [q, r] = [resultOf(out, 0), resultOf(out, 1)];
      const { m, n } = stackOf(da!);
      const k = Math.min(m, n);
      const first = columns(q, 0, k);
      const square = block(r, [0, k], [0, k]);
      const projected = matmul(transpose(first), da!);
      const left = columns(da!, 0, k);
      const inside = columns(projected, 0, k);
      const upper = { lower: false };
      const below = triangle(triangularSolveRight(inside, square, upper), "strictlyLower");
      const turn = sub(below, transpose(below));
      let dq = matmul(first, turn);
      let dr = triangle(sub(projected, matmul(turn, rows(r, 0, k))), "upper");
      if (m > k) {
        dq = add(dq, triangularSolveRight(sub(left, matmul(first, inside)), square, upper));
        if (complete) {
          // The other columns are free to turn among themselves; they are taken to turn only as far as they must.
          const rest = columns(q, k, m - k);
          dq = sideBySide(dq, neg(matmul(first, matmul(transpose(dq), rest))));
          dr = emit("embed", [dr], { starts: dr.shape.map(() => 0), steps: dr.shape.map(() => 1), shape: r.shape });
        }
      }
      return tuple([dq, dr]);
    },
  },
  independent: stackAxes,
  batch: ([a], _, __, params) => emit("qr", [a], params),
  lowering: { kind: "host", writesAll: true },
});
