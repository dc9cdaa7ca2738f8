/**
 * @file Factorizations of matrices by the names of torch.linalg. The last two axes are rows and columns; leading axes are
 * a batch. All are computed in double precision. Eigenvalues of matrices that are not symmetric may be complex, which
 * tensors are not: there is no `eig`.
 */
import { add, emit, iota, resultOf, resultsOf } from "../../emit.ts";
import { ArgumentError } from "../../errors.ts";
import { NO_PARAMS, type Node } from "../../graph/node.ts";
import {
  block,
  columns,
  identityLike,
  rows,
  sideBySide,
  stackOf,
  transpose,
  triangle,
} from "../../primitives/linalg/matrix.ts";
import { Tensor } from "../../tensor.ts";
import { eq } from "../elementwise.ts";
import { broadcastNode, requireOptionsObject } from "../operands.ts";
import { matrixOperand, squareOperand } from "./matrices.ts";

export interface CheckOption {
  /** Throw where there is no result (default), or go on with NaN and infinities: for matrices that a `where` discards. */
  readonly check?: boolean;
}

export interface CholeskyOptions extends CheckOption {
  /** Gives U with `Uᵀ · U = A` instead of L. */
  readonly upper?: boolean;
}

/**
 * Lower triangular L with `L · Lᵀ = A` for symmetric positive definite A `[…, n, n]`; of another matrix the symmetric part
 * `(A + Aᵀ) / 2` is taken, so that derivatives are symmetric. An `ArgumentError` when evaluated says which matrix is not
 * positive definite, and the order of its first leading block that is not. Derivative: Murray 2016.
 * @example const l = cholesky(covariance)
 */
export function cholesky(x: Tensor, options: CholeskyOptions = {}): Tensor {
  requireOptionsObject("cholesky", options, "{ upper: true }");
  const { upper = false, check = true } = options;
  const out = emit("cholesky", [squareOperand("cholesky", x)], { check });
  return new Tensor(upper ? transpose(out) : out);
}

/**
 * LU factorization with row exchanges: `[P, L, U]` with `A = P · L · U`, for `[…, m, n]` and k = min(m, n): P `[…, m, m]` a
 * permutation, L `[…, m, k]` with ones on its diagonal, U `[…, k, n]`. The derivative needs the first k columns, in the new
 * order of the rows, to be independent: otherwise it is infinite or NaN (Golub & Van Loan, 3.4).
 * @example const [p, l, u] = lu(a)
 */
export function lu(x: Tensor): [Tensor, Tensor, Tensor] {
  const [factors, order] = resultsOf(emit("lu", [matrixOperand("lu", x)], NO_PARAMS));
  const { m, n } = stackOf(factors);
  const k = Math.min(m, n);
  const lower = triangle(columns(factors, 0, k), "strictlyLower");
  // Ones on the diagonal, also where the matrix is not square.
  const ones = identityLike(block(factors, [0, k], [0, k]));
  const unit = m === k ? ones : padRows(ones, m);
  return [
    new Tensor(permutation(order, factors)),
    new Tensor(add(lower, unit)),
    new Tensor(triangle(rows(factors, 0, k), "upper")),
  ];
}

function padRows(x: Node, m: number): Node {
  const shape = x.shape.with(-2, m);
  return emit("embed", [x], { starts: shape.map(() => 0), steps: shape.map(() => 1), shape });
}

/** Entry (order[j], j) is 1. */
function permutation(order: Node, like: Node): Node {
  const m = order.shape[order.shape.length - 1];
  const shape = [...order.shape, m];
  const places = broadcastNode(emit("reshape", [order], { shape: [...order.shape.slice(0, -1), 1, m] }), shape);
  return eq(new Tensor(places), new Tensor(iota(shape, shape.length - 2))).to(like.dtype).node;
}

/**
 * The same in compact form, for `luSolve`: L (without its ones) and U in one matrix, and the rows of A in their new order,
 * int32: `take(A, order)` is `L · U`. (torch.linalg.lu_factor gives the exchanges one by one instead.)
 * @example const [factors, order] = luFactor(a)
 */
export function luFactor(x: Tensor): [Tensor, Tensor] {
  const [factors, order] = resultsOf(emit("lu", [squareOperand("luFactor", x)], NO_PARAMS));
  return [new Tensor(factors), new Tensor(order)];
}

export interface QROptions {
  /** "reduced" (default): Q has min(m, n) columns; "complete": m. */
  readonly mode?: "reduced" | "complete";
}

/**
 * `[Q, R]` with `A = Q · R`, Q with orthonormal columns and R upper triangular. As in LAPACK, entries on the diagonal of R
 * may be negative. Computed with Householder reflections; derivative: Walter & Lehmann 2012. It needs the first min(m, n)
 * columns to be independent. Of the complete Q of a tall matrix the last columns are any basis of the rest; the derivative
 * takes them to turn as little as they can, which is right for all functions that do not depend on the choice.
 * @example const [q, r] = qr(a)
 */
export function qr(x: Tensor, options: QROptions = {}): [Tensor, Tensor] {
  requireOptionsObject("qr", options, '{ mode: "complete" }');
  const { mode = "reduced" } = options;
  if (mode !== "reduced" && mode !== "complete") {
    throw new ArgumentError(`qr: there is no mode ${JSON.stringify(mode)}; expected "reduced" or "complete".`);
  }
  const out = emit("qr", [matrixOperand("qr", x)], { complete: mode === "complete" });
  return [new Tensor(resultOf(out, 0)), new Tensor(resultOf(out, 1))];
}

/**
 * `[w, V]`: eigenvalues in ascending order `[…, n]` and eigenvectors as columns `[…, n, n]` of a symmetric matrix; of
 * another the symmetric part `(A + Aᵀ) / 2` is taken, so that derivatives are symmetric. The entry of largest magnitude of
 * each vector is positive. Where eigenvalues are equal their vectors are any basis, and the derivative of V is infinite or
 * NaN; that of w is not, and neither is that of `eigvalsh` (its second derivative is). Computed by tridiagonalization and
 * QR steps (Golub & Van Loan, 8.3); derivative: Magnus 1985.
 * @example const [w, v] = eigh(covariance)
 */
export function eigh(x: Tensor): [Tensor, Tensor] {
  const out = emit("eigh", [squareOperand("eigh", x)], NO_PARAMS);
  return [new Tensor(resultOf(out, 0)), new Tensor(resultOf(out, 1))];
}

/**
 * The eigenvalues of a symmetric matrix in ascending order. Where they are equal, the first derivative is that of each
 * along one choice of vectors: right for what does not depend on their order, such as their sum.
 * @example eigvalsh(hessian(f)(x))
 */
export const eigvalsh = (x: Tensor): Tensor =>
  new Tensor(resultOf(emit("eigh", [squareOperand("eigvalsh", x)], NO_PARAMS), 0));

export interface SVDOptions {
  /** U is m × m and Vᵀ n × n (default, as in PyTorch); otherwise they have min(m, n) columns and rows. */
  readonly fullMatrices?: boolean;
}

/**
 * `[U, s, Vᵀ]` with `A = U · diag(s) · Vᵀ`: singular values in descending order, U and V orthonormal. The entry of largest
 * magnitude of each left vector is positive. The derivative of the vectors is infinite or NaN where singular values are
 * equal, and for matrices that are not square where one is zero. The vectors that only `fullMatrices` gives are any basis
 * of the rest; see `qr` for their derivative. Computed by bidiagonalization and QR steps (Golub & Kahan 1965);
 * derivative: Townsend 2016.
 * @example const [u, s, vt] = svd(a, { fullMatrices: false })
 */
export function svd(x: Tensor, options: SVDOptions = {}): [Tensor, Tensor, Tensor] {
  requireOptionsObject("svd", options, "{ fullMatrices: false }");
  const { fullMatrices = true } = options;
  const [u, s, vt] = resultsOf(emit("svd", [matrixOperand("svd", x)], NO_PARAMS));
  if (!fullMatrices) return [new Tensor(u), new Tensor(s), new Tensor(vt)];
  return [new Tensor(completed(u)), new Tensor(s), new Tensor(transpose(completed(transpose(vt))))];
}

/** Orthonormal columns and as many more as make them a basis. */
function completed(q: Node): Node {
  const { m, n } = stackOf(q);
  if (m === n) return q;
  return sideBySide(q, columns(resultOf(emit("qr", [q], { complete: true }), 0), n, m - n));
}

/**
 * Singular values in descending order, `[…, min(m, n)]`. Their first derivative is finite also where some are equal; at
 * zero, where a singular value has a kink, it is one of the slopes.
 * @example svdvals(a).at(0)   // the spectral norm
 */
export const svdvals = (x: Tensor): Tensor =>
  new Tensor(resultOf(emit("svd", [matrixOperand("svdvals", x)], NO_PARAMS), 1));
