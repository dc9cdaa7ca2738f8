/**
 * @file Systems of linear equations and inverses, by the names of torch.linalg. The last two axes are rows and columns;
 * leading axes are a batch and broadcast. A right side is one vector (rank 1) or matrices `[…, n, k]`.
 */
import { emit, reshape, resultsOf } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import { factored, solve as solveNode } from "../../primitives/linalg/lu.ts";
import { identityLike, matmul, transpose } from "../../primitives/linalg/matrix.ts";
import { triangularSolve as triangularNode } from "../../primitives/linalg/triangular.ts";
import { Tensor } from "../../tensor.ts";
import { broadcastNode, operand } from "../operands.ts";
import type { CheckOption } from "./factorizations.ts";
import { matrixOperand, rankTolerance, requireTolerance, squareOperand, systemOf } from "./matrices.ts";

const solving = (caller: string, check: boolean) => ({
  transposed: false,
  check,
  caller,
  remedy:
    "Check the matrix; use lstsq or pinv for one without full rank, or { check: false } for infinities and NaN instead of " +
    "this error.",
});

/**
 * X with `A · X = B`, for square A `[…, n, n]` and B `[n]` or `[…, n, k]`. An `ArgumentError` when evaluated says which
 * matrix is singular (a pivot is exactly zero); one that is nearly so gives large numbers. Computed with LU factors
 * (Golub & Van Loan, 3.4), once for all right sides; derivatives of every order solve with the same factors (Giles 2008).
 * @example const x = solve(a, b)   // a.matmul(x) is b
 */
export function solve(a: Tensor, b: Tensor, { check = true }: CheckOption = {}): Tensor {
  const { a: left, b: right, finish } = systemOf("solve", squareOperand("solve", a), b);
  return finish(solveNode(factored(left), right, solving("solve", check)));
}

/**
 * The inverse of square matrices. To multiply with it, `solve` is faster and more exact. Singular matrices: see `solve`.
 * @example inv(a).matmul(a)   // the identity
 */
export function inv(x: Tensor, { check = true }: CheckOption = {}): Tensor {
  const a = squareOperand("inv", x);
  return new Tensor(solveNode(factored(a), identityLike(a), solving("inv", check)));
}

export interface TriangularSolveOptions {
  /** The upper triangle is read, instead of the lower one. */
  readonly upper?: boolean;
  /** Solves with the transpose of that triangle. */
  readonly transposed?: boolean;
  /** Takes the diagonal for ones, whatever it holds. */
  readonly unitDiagonal?: boolean;
}

/**
 * X with `A · X = B` for triangular A, by substitution. Only the one triangle is read, and has a derivative. A zero on the
 * diagonal gives infinities and NaN, as in PyTorch.
 * @example triangularSolve(cholesky(a), b)
 */
export function triangularSolve(
  a: Tensor,
  b: Tensor,
  { upper = false, transposed = false, unitDiagonal = false }: TriangularSolveOptions = {},
): Tensor {
  const { a: left, b: right, finish } = systemOf("triangularSolve", squareOperand("triangularSolve", a), b);
  return finish(triangularNode(left, right, { lower: !upper, transposed, unitDiagonal }));
}

/**
 * X with `A · X = B`, from the Cholesky factor of A: L, or U with `upper`.
 * @example choleskySolve(cholesky(a), b)
 */
export function choleskySolve(factor: Tensor, b: Tensor, { upper = false }: { readonly upper?: boolean } = {}): Tensor {
  const { a, b: right, finish } = systemOf("choleskySolve", squareOperand("choleskySolve", factor), b);
  const half = triangularNode(a, right, { lower: !upper, transposed: upper });
  return finish(triangularNode(a, half, { lower: !upper, transposed: !upper }));
}

/**
 * X with `A · X = B`, from what `luFactor` gives for A. A zero pivot gives infinities and NaN.
 * @example const [factors, order] = luFactor(a); luSolve(factors, order, b)
 */
export function luSolve(factors: Tensor, order: Tensor, b: Tensor): Tensor {
  const matrix = squareOperand("luSolve", factors);
  const places = operand("luSolve", order);
  if (places.dtype !== "int32") {
    throw new ArgumentError(`luSolve: expected the order of rows that luFactor gives, int32, got ${places.dtype}.`);
  }
  const expected = matrix.shape.slice(0, -1);
  if (places.shape.length !== expected.length || places.shape.some((extent, d) => extent !== expected[d])) {
    throw new ShapeError(
      `luSolve: expected an order of shape ${showShape(expected)} for factors of shape ${showShape(matrix.shape)}, got ` +
        `${showShape(places.shape)}. Pass both results of luFactor.`,
    );
  }
  const rhs = systemOf("luSolve", matrix, b);
  const lead = rhs.a.shape.slice(0, -2);
  const k = rhs.b.shape[rhs.b.shape.length - 1];
  // The order broadcasts as the factors do, and is the same for all columns.
  const column = broadcastNode(reshape(places, [...places.shape, 1]), [
    ...lead,
    places.shape[places.shape.length - 1],
    k,
  ]);
  const moved = emit("takeAlongAxis", [rhs.b, column], { axis: lead.length });
  const half = triangularNode(rhs.a, moved, { lower: true, unitDiagonal: true });
  return rhs.finish(triangularNode(rhs.a, half, { lower: false }));
}

/**
 * X with the least `‖A · X − B‖`, for A `[…, m, n]` of full rank: with m < n the shortest of all solutions. An
 * `ArgumentError` when evaluated says which matrix lacks full rank; use `pinv(a).matmul(b)` there. Computed with Householder
 * QR (Golub & Van Loan, 5.3 and 5.6).
 * @example const coefficients = lstsq(vander(x, 3), y)
 */
export function lstsq(a: Tensor, b: Tensor): Tensor {
  const { a: left, b: right, finish } = systemOf("lstsq", matrixOperand("lstsq", a), b);
  const [m, n] = left.shape.slice(-2);
  const [q, r] = resultsOf(emit("qr", [m >= n ? left : transpose(left)], { complete: false }));
  const triangle = { lower: false, caller: "lstsq" };
  if (m >= n) return finish(triangularNode(r, matmul(transpose(q), right), triangle));
  return finish(matmul(q, triangularNode(r, right, { ...triangle, transposed: true })));
}

export interface ToleranceOption {
  /** Singular values up to this share of the largest count as zero. Default: the larger extent times the type's rounding. */
  readonly rtol?: number;
}

/**
 * The Moore–Penrose pseudoinverse `[…, n, m]` of matrices `[…, m, n]` of any rank. The derivative is that along matrices
 * of the same rank (Golub & Pereyra 1973): where the rank changes, the pseudoinverse jumps.
 * @example pinv(a).matmul(b)   // the shortest least-squares solution
 */
export function pinv(x: Tensor, { rtol }: ToleranceOption = {}): Tensor {
  requireTolerance("pinv", rtol);
  const a = matrixOperand("pinv", x);
  return new Tensor(emit("pinv", [a], { tolerance: rtol ?? rankTolerance(a) }));
}
