/** @file Cholesky factorization. */
import { add, emit, fullLike, mul } from "../../emit.ts";
import { ArgumentError } from "../../errors.ts";
import { define } from "../../primitive.ts";
import { matmul, nameOf, stackAxes, stackOf, symmetric, triangle } from "./matrix.ts";
import { factorCholesky, lowerOf } from "./numeric/cholesky.ts";
import { load, store, workspaceFor } from "./parts.ts";
import { triangularSolve, triangularSolveRight } from "./triangular.ts";

declare module "../../primitive.ts" {
  interface PrimitiveParams {
    /** Lower L with L · Lᵀ = (A + Aᵀ) / 2; not positive definite: an error with `check`, else NaN. */
    cholesky: { readonly check: boolean };
  }
}

define("cholesky", {
  infer: ([{ shape, dtype }]) => ({ shape, dtype }),
  evaluate([a], out, { check }, open) {
    const stack = stackOf(a);
    const { n, count } = stack;
    const space = workspaceFor(n ** 3 / 6, open);
    for (let i = 0; i < count; i++) {
      const matrix = load(space, a, i, count);
      space.symmetrize(matrix, n, n);
      const failed = factorCholesky(space, matrix, n, n);
      if (failed > 0 && check) {
        throw new ArgumentError(
          `cholesky: ${nameOf(i, stack)} is not positive definite: its leading block of order ${failed} is not. ` +
            "Add a small multiple of the identity, or use { check: false } for NaN instead of this error.",
        );
      }
      if (failed > 0) out.data.fill(Number.NaN, i * n * n, (i + 1) * n * n);
      else store(space, lowerOf(space, matrix, n), n * n, out, i);
      space.release(matrix);
    }
  },
  derivative: {
    kind: "jvp",
    // Murray 2016: dL = L · Φ(L⁻¹ dA L⁻ᵀ), where Φ takes the lower triangle with half the diagonal.
    jvp(_, [da], l) {
      const inner = triangularSolveRight(triangularSolve(l, symmetric(da!), {}), l, { transposed: true });
      const half = mul(add(triangle(inner, "lower"), triangle(inner, "strictlyLower")), fullLike(0.5, inner));
      return matmul(l, half);
    },
  },
  independent: stackAxes,
  batch: ([a], _, __, params) => emit("cholesky", [a], params),
  lowering: { kind: "host", writesAll: true },
});
