/** @file LU factorization and what follows from it: solving with a general matrix, determinants. */
import { add, broadcastLeading, emit, full, mul, neg, resultOf, sub, sum, tuple, zerosOf } from "../../emit.ts";
import { ArgumentError } from "../../errors.ts";
import { NO_PARAMS, type Node, tupleType } from "../../graph/node.ts";
import type { OpenWorkspace } from "../../loops/workspace.ts";
import { define, type NDArray } from "../../primitive.ts";
import {
  asColumns,
  block,
  columns,
  identityLike,
  matmul,
  nameOf,
  rows,
  scale,
  sideBySide,
  stackAxes,
  stacked,
  stackOf,
  transpose,
  triangle,
} from "./matrix.ts";
import { cofactors } from "./numeric/cofactors.ts";
import { determinant, factorLU, solveLU, zeroPivot } from "./numeric/lu.ts";
import { load, store, workspaceFor } from "./parts.ts";
import { triangularSolve, triangularSolveRight } from "./triangular.ts";

interface SolveParams {
  readonly transposed: boolean;
  /** Throws where the matrix is singular; without, such a matrix gives infinities and NaN. */
  readonly check: boolean;
  /** The function that an error names, and what it advises. */
  readonly caller: string;
  readonly remedy: string;
}
declare module "../../primitive.ts" {
  interface PrimitiveParams {
    /**
     * Three results for `[…, m, n]`: L below the diagonal (its ones left out) and U elsewhere, in one matrix; the rows of
     * the input in their new order, int32; the sign of that order.
     */
    lu: typeof NO_PARAMS;
    /** `op(A)⁻¹ · B` of A, the first two results of `lu` for it, and B. Derivatives see A; its factors are constants. */
    solve: SolveParams;
    /** The determinant of n × n matrices. */
    det: typeof NO_PARAMS;
    /** The derivative of the determinant: `det(A) · A⁻ᵀ`, which singular matrices have too. */
    cofactors: typeof NO_PARAMS;
    /** Two results: the sign of the determinant, and the logarithm of its magnitude. */
    slogdet: typeof NO_PARAMS;
  }
}

/** What `solve` needs besides the right side; one factorization serves all solutions. */
export interface Factored {
  readonly a: Node;
  readonly factors: Node;
  readonly order: Node;
}

export function factored(a: Node): Factored {
  const out = emit("lu", [a], NO_PARAMS);
  return { a, factors: emit("stopGradient", [resultOf(out, 0)], NO_PARAMS), order: resultOf(out, 1) };
}

/** `op(A)⁻¹ · B`, leading axes equal. */
export const solve = ({ a, factors, order }: Factored, b: Node, params: SolveParams): Node =>
  emit("solve", [a, factors, order, b], params);

define("lu", {
  infer: ([{ shape, dtype }]) => {
    const lead = shape.slice(0, -2);
    return tupleType([
      { shape, dtype },
      { shape: shape.slice(0, -1), dtype: "int32" },
      { shape: lead, dtype },
    ]);
  },
  evaluate([a], { results }, _, open) {
    const { m, n, count } = stackOf(a);
    const [factors, orders, signs] = results!;
    const space = workspaceFor((m * n * Math.min(m, n)) / 3, open);
    const order = new Int32Array(m);
    for (let i = 0; i < count; i++) {
      const matrix = load(space, a, i, count);
      signs.data[i] = factorLU(space, matrix, m, n, order);
      store(space, matrix, m * n, factors, i);
      orders.data.set(order, i * m);
      space.release(matrix);
    }
  },
  derivative: {
    kind: "jvp",
    // With the rows in order: dA = dL · U + L · dU, so L⁻¹ dA U⁻¹ = (L⁻¹ dL) + (dU U⁻¹), strictly lower + upper.
    jvp(_, [da], out) {
      const [factors, order, sign] = [resultOf(out, 0), resultOf(out, 1), resultOf(out, 2)];
      const { m, n } = stackOf(factors);
      const k = Math.min(m, n);
      const moved = emit("takeAlongAxis", [da!, spreadOrder(order, n)], { axis: da!.shape.length - 2 });
      const square = block(factors, [0, k], [0, k]);
      const unit = { lower: true, unitDiagonal: true };
      const inner = triangularSolveRight(triangularSolve(square, block(moved, [0, k], [0, k]), unit), square, {
        lower: false,
      });
      const l = withUnitDiagonal(square);
      const u = triangle(square, "upper");
      const dl = matmul(l, triangle(inner, "strictlyLower"));
      const du = matmul(triangle(inner, "upper"), u);
      let tangent = add(dl, du);
      if (m > k) {
        const below = sub(rows(moved, k, m - k), matmul(rows(factors, k, m - k), du));
        tangent = stacked(tangent, triangularSolveRight(below, square, { lower: false }));
      } else if (n > k) {
        const beside = sub(columns(moved, k, n - k), matmul(dl, columns(factors, k, n - k)));
        tangent = sideBySide(tangent, triangularSolve(square, beside, unit));
      }
      return tuple([tangent, zerosOf(order), zerosOf(sign)]);
    },
  },
  independent: stackAxes,
  batch: ([a]) => emit("lu", [a], NO_PARAMS),
  lowering: { kind: "host", writesAll: true },
});

/** Positions of rows, the same for each of n columns. */
function spreadOrder(order: Node, n: number): Node {
  const shape = [...order.shape, n];
  return emit("broadcast", [order], { shape, axes: order.shape.map((_, d) => d) });
}

const withUnitDiagonal = (factors: Node): Node => add(triangle(factors, "strictlyLower"), identityLike(factors));

define("solve", {
  infer: ([, , , b]) => ({ shape: b.shape, dtype: b.dtype }),
  evaluate([a, factors, orders, b], out, { transposed, check, caller, remedy }, open) {
    const stack = stackOf(b);
    const { m: n, n: k, count } = stack;
    const space = workspaceFor(n * n * k, open);
    for (let i = 0; i < count; i++) {
      const matrix = load(space, factors, i, count);
      const place = check ? zeroPivot(space.data, matrix, n) : -1;
      if (place >= 0) {
        throw new ArgumentError(
          `${caller}: ${nameOf(i, stackOf(a))} is singular: pivot ${place} is exactly zero. ${remedy}`,
        );
      }
      const right = load(space, b, i, count);
      const solution = space.take(n * k);
      solveLU(space, matrix, orders.data.subarray(i * n, (i + 1) * n), n, right, solution, k, transposed);
      store(space, solution, n * k, out, i);
      space.release(matrix);
    }
  },
  derivative: {
    kind: "jvp",
    // d(A⁻¹ B) = A⁻¹ (dB − dA · A⁻¹ B)
    jvp([a, factors, order], [da, , , db], out, params) {
      const moved = da === null ? null : matmul(params.transposed ? transpose(da) : da, out);
      const right = moved === null ? db : db === null ? neg(moved) : sub(db, moved);
      return right && emit("solve", [a, factors, order, right], params);
    },
    pull(cotangent, [wantsA], [a, factors, order], out, params) {
      const back = emit("solve", [a, factors, order, cotangent], { ...params, transposed: !params.transposed });
      if (!wantsA) return [null, null, null, back];
      const product = params.transposed ? matmul(out, transpose(back)) : matmul(back, transpose(out));
      return [neg(product), null, null, back];
    },
  },
  independent: stackAxes,
  batch(inputs, batched, size, params) {
    const [a, factors, order, b] = inputs;
    if (!batched[0] && !batched[1] && !batched[2]) {
      return asColumns(b, (right) => emit("solve", [a, factors, order, right], params));
    }
    const all = inputs.map((input, i) => (batched[i] ? input : broadcastLeading(input, [size])));
    return emit("solve", all, params);
  },
  lowering: { kind: "host", writesAll: true },
});

const inverseTransposed = (caller: string): SolveParams => ({
  transposed: true,
  check: true,
  caller,
  remedy: "There is no such derivative at a singular matrix; add a small multiple of the identity.",
});

/** Factors every matrix of a stack; `use` gets its number, where its factors are, and the sign of the order of its rows. */
function factorEach(
  a: NDArray,
  open: OpenWorkspace | undefined,
  use: (i: number, data: Float64Array, factors: number, sign: number) => void,
): void {
  const { n, count } = stackOf(a);
  const space = workspaceFor(n ** 3 / 3, open);
  const order = new Int32Array(n);
  for (let i = 0; i < count; i++) {
    const factors = load(space, a, i, count);
    const sign = factorLU(space, factors, n, n, order);
    use(i, space.data, factors, sign);
    space.release(factors);
  }
}

/** Σ over the entries of each matrix of `x · y`. */
const pairing = (x: Node, y: Node): Node => sum(mul(x, y), [x.shape.length - 2, x.shape.length - 1]);

define("det", {
  infer: ([{ shape, dtype }]) => ({ shape: shape.slice(0, -2), dtype }),
  evaluate([a], out, _, open) {
    const { n } = stackOf(a);
    factorEach(a, open, (i, data, factors, sign) => {
      out.data[i] = determinant(data, factors, n, sign);
    });
  },
  derivative: { kind: "jvp", jvp: ([a], [da]) => pairing(emit("cofactors", [a], NO_PARAMS), da!) },
  independent: stackAxes,
  batch: ([a]) => emit("det", [a], NO_PARAMS),
  lowering: { kind: "host", writesAll: true },
});

define("cofactors", {
  infer: ([{ shape, dtype }]) => ({ shape, dtype }),
  evaluate([a], out, _, open) {
    const { n, count } = stackOf(a);
    const space = workspaceFor(n ** 3, open);
    for (let i = 0; i < count; i++) {
      const matrix = load(space, a, i, count);
      store(space, cofactors(space, matrix, n), n * n, out, i);
      space.release(matrix);
    }
  },
  derivative: {
    kind: "jvp",
    // d(det(A) A⁻ᵀ) = ⟨C, dA⟩ A⁻ᵀ − A⁻ᵀ dAᵀ C
    jvp([a], [da], c) {
      const right = sub(scale(identityLike(a), pairing(c, da!)), matmul(transpose(da!), c));
      return solve(factored(a), right, inverseTransposed("det, differentiated twice"));
    },
  },
  independent: stackAxes,
  batch: ([a]) => emit("cofactors", [a], NO_PARAMS),
  lowering: { kind: "host", writesAll: true },
});

define("slogdet", {
  infer: ([{ shape, dtype }]) => {
    const type = { shape: shape.slice(0, -2), dtype };
    return tupleType([type, type]);
  },
  evaluate([a], { results }, _, open) {
    const { n } = stackOf(a);
    const [signs, logs] = results!;
    factorEach(a, open, (i, data, factors, sign) => {
      let [total, log] = [sign, 0];
      for (let j = 0; j < n; j++) {
        const pivot = data[factors + j * (n + 1)];
        total *= Math.sign(pivot);
        log += Math.log(Math.abs(pivot));
      }
      signs.data[i] = total;
      logs.data[i] = log;
    });
  },
  derivative: {
    kind: "jvp",
    // d log|det A| = tr(A⁻¹ dA) = ⟨A⁻ᵀ, dA⟩
    jvp([a], [da], out) {
      const inverse = solve(factored(a), identityLike(a), inverseTransposed("slogdet, differentiated"));
      const [sign] = out.results!;
      return tuple([full(0, sign.shape, sign.dtype), pairing(inverse, da!)]);
    },
  },
  independent: stackAxes,
  batch: ([a]) => emit("slogdet", [a], NO_PARAMS),
  lowering: { kind: "host", writesAll: true },
});
