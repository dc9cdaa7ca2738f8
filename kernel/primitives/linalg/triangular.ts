/** @file Solving with a triangular matrix. */
import { broadcastLeading, emit, neg, sub } from "../../emit.ts";
import { ArgumentError } from "../../errors.ts";
import type { Node } from "../../graph/node.ts";
import { define } from "../../primitive.ts";
import { asColumns, matmul, nameOf, stackAxes, stackOf, transpose, triangle } from "./matrix.ts";
import { rowMajor } from "./numeric/blocks.ts";
import { solveTriangular, type Triangle } from "./numeric/triangular.ts";
import { load, store, workspaceFor } from "./parts.ts";

interface TriangularSolveParams extends Triangle {
  /** Throws in the name of this function where the matrix is singular to rounding; "" goes on with infinities. */
  readonly caller: string;
}
declare module "../../primitive.ts" {
  interface PrimitiveParams {
    /** `op(A)⁻¹ · B` for A `[…, n, n]`, of which one triangle is read, and B `[…, n, k]`; leading axes are equal. */
    triangularSolve: TriangularSolveParams;
  }
}

/** `op(A)⁻¹ · B`. */
export const triangularSolve = (a: Node, b: Node, options: Partial<TriangularSolveParams>): Node =>
  emit("triangularSolve", [a, b], { lower: true, transposed: false, unitDiagonal: false, caller: "", ...options });

/** `B · A⁻¹`. */
export const triangularSolveRight = (b: Node, a: Node, options: Partial<Triangle>): Node =>
  transpose(triangularSolve(a, transpose(b), { ...options, transposed: !options.transposed }));

/** The entries of A that count. */
function counted(a: Node, { lower, unitDiagonal }: Triangle): Node {
  return triangle(a, lower ? (unitDiagonal ? "strictlyLower" : "lower") : unitDiagonal ? "strictlyUpper" : "upper");
}

/** The first place on the diagonal that is zero to rounding, beside the others; or −1. */
function singularPlace(data: Float64Array, a: number, n: number, epsilon: number): number {
  const diagonal = (i: number): number => Math.abs(data[a + i * (n + 1)]);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, diagonal(i));
  for (let i = 0; i < n; i++) if (diagonal(i) <= n * epsilon * largest) return i;
  return -1;
}

define("triangularSolve", {
  infer: ([, b]) => ({ shape: b.shape, dtype: b.dtype }),
  evaluate([a, b], out, params, open) {
    const stack = stackOf(b);
    const { m: n, n: k, count } = stack;
    const space = workspaceFor((n * n * k) / 2, open);
    for (let i = 0; i < count; i++) {
      const matrix = load(space, a, i, count);
      if (params.caller !== "") {
        const place = singularPlace(space.data, matrix, n, a.dtype === "float32" ? 2 ** -23 : 2 ** -52);
        if (place >= 0) {
          throw new ArgumentError(
            `${params.caller}: ${nameOf(i, stack)} does not have full rank: column ${place} depends on those before it, ` +
              "up to rounding. Use pinv, which gives the shortest solution.",
          );
        }
      }
      const solution = load(space, b, i, count);
      solveTriangular(space, rowMajor(matrix, n), n, solution, k, k, params);
      store(space, solution, n * k, out, i);
      space.release(matrix);
    }
  },
  derivative: {
    kind: "jvp",
    // d(A⁻¹ B) = A⁻¹ (dB − dA · A⁻¹ B)
    jvp([a], [da, db], out, params) {
      if (da === null && db === null) return null;
      const part = da === null ? null : counted(da, params);
      const moved = part === null ? null : matmul(params.transposed ? transpose(part) : part, out);
      const right = moved === null ? db! : db === null ? neg(moved) : sub(db, moved);
      return emit("triangularSolve", [a, right], params);
    },
    pull(cotangent, [wantsA], [a], out, params) {
      const back = emit("triangularSolve", [a, cotangent], { ...params, transposed: !params.transposed });
      if (!wantsA) return [null, back];
      const product = params.transposed ? matmul(out, transpose(back)) : matmul(back, transpose(out));
      return [neg(counted(product, params)), back];
    },
  },
  independent: stackAxes,
  batch([a, b], [batchedA, batchedB], size, params) {
    const solve = (right: Node): Node => emit("triangularSolve", [a, right], params);
    if (!batchedA) return asColumns(b, solve);
    return solve(batchedB ? b : broadcastLeading(b, [size]));
  },
  lowering: { kind: "host", writesAll: true },
});
