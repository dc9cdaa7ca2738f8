/**
 * @file Functions of matrices by the names of torch.linalg: determinants, powers, the exponential, norms, rank. The last
 * two axes are rows and columns; leading axes are a batch.
 */
import { emit, full, resultOf } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import { NO_PARAMS, type Node } from "../../graph/node.ts";
import { identityLike } from "../../primitives/linalg/matrix.ts";
import { Tensor } from "../../tensor.ts";
import { where } from "../choice.ts";
import { diagonal } from "../diagonals.ts";
import { abs, eq, mul, ne, pow } from "../elementwise.ts";
import { at } from "../indexing/indexing.ts";
import { concat, pad, stack } from "../joining.ts";
import { describe, floatingOperand, operand } from "../operands.ts";
import { matmul } from "../product.ts";
import { type AxisLike, any, max, min, norm, type ReductionOptions, sum } from "../reduction.ts";
import { rootOrZero } from "../root.ts";
import { expandDims, reshape } from "../shape.ts";
import { svdvals } from "./factorizations.ts";
import { matrixOperand, rankTolerance, requireTolerance, squareOperand } from "./matrices.ts";
import { inv, type ToleranceOption } from "./solvers.ts";

/** One entry of every matrix. */
const entry = (x: Node, i: number, j: number): Tensor =>
  at(new Tensor(x), ...x.shape.slice(0, -2).map(() => null), i, j);

/**
 * The determinant of square matrices, `[…]`. Up to 3 × 3 it is written out, so derivatives of every order are exact, also
 * at singular matrices. Larger ones use LU factors; the first derivative is the matrix of cofactors, singular matrices
 * included, and from the second derivative on the matrix must be invertible (an `ArgumentError` when evaluated). Use
 * `slogdet` where products of many pivots overflow. Derivative: Giles 2008.
 * @example grad(det)(a)   // det(a) times the inverse, transposed
 */
export function det(x: Tensor): Tensor {
  const a = squareOperand("det", x);
  const e = (i: number, j: number): Tensor => entry(a, i, j);
  switch (a.shape[a.shape.length - 1]) {
    case 1:
      return e(0, 0);
    case 2:
      return e(0, 0)
        .mul(e(1, 1))
        .sub(e(0, 1).mul(e(1, 0)));
    case 3: {
      const minor = (j: number, k: number): Tensor =>
        e(1, j)
          .mul(e(2, k))
          .sub(e(1, k).mul(e(2, j)));
      return e(0, 0)
        .mul(minor(1, 2))
        .sub(e(0, 1).mul(minor(0, 2)))
        .add(e(0, 2).mul(minor(0, 1)));
    }
    default:
      return new Tensor(emit("det", [a], NO_PARAMS));
  }
}

/**
 * `[sign, logabsdet]`: the determinant is `sign · exp(logabsdet)`, without overflow. A singular matrix has sign 0 and
 * logarithm −∞, and no derivative (an `ArgumentError` when evaluated). The derivative is the inverse, transposed.
 * @example const [, logdet] = slogdet(covariance)
 */
export function slogdet(x: Tensor): [Tensor, Tensor] {
  const out = emit("slogdet", [squareOperand("slogdet", x)], NO_PARAMS);
  return [new Tensor(resultOf(out, 0)), new Tensor(resultOf(out, 1))];
}

/**
 * The n-th power of square matrices, by repeated squaring; a negative n takes the inverse first.
 * @example matrixPower(transition, 10)
 */
export function matrixPower(x: Tensor, n: number): Tensor {
  const a = squareOperand("matrixPower", x);
  if (!Number.isInteger(n)) {
    throw new ArgumentError(
      `matrixPower: expected an integer power, got ${n}. For a symmetric matrix use the powers of its eigenvalues (eigh).`,
    );
  }
  if (n === 0) return new Tensor(identityLike(a));
  let square = n < 0 ? inv(new Tensor(a)) : new Tensor(a);
  let out: Tensor | null = null;
  for (let rest = Math.abs(n); ; ) {
    if (rest % 2 === 1) out = out === null ? square : matmul(out, square);
    rest = Math.floor(rest / 2);
    if (rest === 0) return out!;
    square = matmul(square, square);
  }
}

/**
 * The exponential of square matrices, `1 + A + A²/2 + …`, by scaling and squaring with Padé approximants (Higham 2005).
 * Derivatives of every order are computed by the same algorithm (Al-Mohy & Higham 2009; Mathias 1996), each order with
 * matrices of twice the size.
 * @example expm(generator.mul(t))
 */
export const expm = (x: Tensor): Tensor => new Tensor(emit("expm", [squareOperand("expm", x)], NO_PARAMS));

/**
 * The product of several matrices, in the order of multiplication that costs least. The first and the last may be vectors.
 * @example multiDot([a, b, c])
 */
export function multiDot(tensors: readonly Tensor[]): Tensor {
  if (!Array.isArray(tensors)) {
    throw new ArgumentError(`multiDot: expected an array of tensors, got ${describe(tensors)}. Put them in [ ].`);
  }
  tensors.forEach((each) => {
    operand("multiDot", each);
  });
  const count = tensors.length;
  if (count < 2) throw new ArgumentError(`multiDot: expected at least two tensors in an array, got ${count}.`);
  tensors.forEach(({ shape }: Tensor, i) => {
    const isEnd = i === 0 || i === count - 1;
    if (shape.length !== 2 && !(isEnd && shape.length === 1)) {
      throw new ShapeError(
        `multiDot: expected matrices, or vectors at the ends, got shape ${showShape(shape)} at place ${i}. ` +
          "Use matmul for stacks of matrices.",
      );
    }
  });
  const extents = [
    tensors[0].ndim === 1 ? 1 : tensors[0].shape[0],
    ...tensors.map(({ shape }, i) => (i === count - 1 && shape.length === 1 ? 1 : shape[shape.length - 1])),
  ];
  // Cormen et al., Introduction to Algorithms, 15.2: the least cost of each stretch of the chain, shorter ones first.
  const costs = tensors.map(() => new Array<number>(count).fill(0));
  const splits = tensors.map(() => new Array<number>(count).fill(0));
  for (let length = 2; length <= count; length++) {
    for (let i = 0; i + length <= count; i++) {
      const j = i + length - 1;
      costs[i][j] = Number.POSITIVE_INFINITY;
      for (let s = i; s < j; s++) {
        const cost = costs[i][s] + costs[s + 1][j] + extents[i] * extents[s + 1] * extents[j + 1];
        if (cost < costs[i][j]) [costs[i][j], splits[i][j]] = [cost, s];
      }
    }
  }
  const product = (i: number, j: number): Tensor =>
    i === j ? tensors[i] : matmul(product(i, splits[i][j]), product(splits[i][j] + 1, j));
  return product(0, count - 1);
}

/**
 * Vandermonde matrices: the powers 0, 1, …, columns − 1 of the entries of `x` `[…, m]`, `[…, m, columns]`; by default as
 * many columns as entries. Rising powers, as in torch.linalg.
 * @example lstsq(vander(x, 3), y)   // fits a parabola
 */
export function vander(x: Tensor, count?: number): Tensor {
  const value = new Tensor(floatingOperand("vander", x));
  if (value.ndim === 0) throw new ShapeError("vander: expected at least one axis, got a scalar. Use reshape([1]).");
  const columns = count ?? value.shape[value.ndim - 1];
  if (!Number.isInteger(columns) || columns < 0) {
    throw new ArgumentError(`vander: expected a count of columns, 0 or more, got ${columns}.`);
  }
  if (columns === 0) return new Tensor(full(0, [...value.shape, 0], value.dtype));
  const powers = [new Tensor(full(1, value.shape, value.dtype))];
  while (powers.length < columns) powers.push(mul(powers[powers.length - 1], value));
  return stack(powers, -1);
}

/**
 * The p-norm of vectors along `axis` (all entries without one): `Σ |x|ᵖ` to the power 1/p. Infinity and −Infinity give the
 * largest and the smallest magnitude, 0 the number of entries that are not zero.
 * @example vectorNorm(x, 1, -1)
 */
export function vectorNorm(x: Tensor, ord = 2, axis?: AxisLike, options: ReductionOptions = {}): Tensor {
  const value = new Tensor(floatingOperand("vectorNorm", x));
  if (typeof ord !== "number" || Number.isNaN(ord)) {
    throw new ArgumentError(
      `vectorNorm: expected a number for ord, got ${String(ord)}. Use matrixNorm for "fro" or "nuc".`,
    );
  }
  switch (ord) {
    case 2:
      return norm(value, axis, options);
    case 1:
      return sum(abs(value), axis, options);
    case 0:
      return sum(ne(value, 0).to(value.dtype), axis, options);
    case Number.POSITIVE_INFINITY:
      return max(abs(value), axis, options);
    case Number.NEGATIVE_INFINITY:
      return min(abs(value), axis, options);
    default:
      if (ord < 0) return pow(sum(pow(abs(value), ord), axis, options), 1 / ord);
      return rootOrZero(sum(pow(abs(value), ord), axis, options), 1 / ord);
  }
}

/** "fro", "nuc", or one of 1, −1, 2, −2, Infinity and −Infinity. */
export type MatrixNormOrder = "fro" | "nuc" | number;

/**
 * Norms of matrices: "fro" (Frobenius, default), "nuc" (sum of singular values), 2 and −2 (largest and smallest singular
 * value), 1 and −1 (largest and smallest sum of magnitudes of a column), ±Infinity (of a row).
 * @example matrixNorm(a, 2)
 */
export function matrixNorm(
  x: Tensor,
  ord: MatrixNormOrder = "fro",
  { keepDims = false }: ReductionOptions = {},
): Tensor {
  const value = new Tensor(matrixOperand("matrixNorm", x));
  const last = (out: Tensor): Tensor => (keepDims ? expandDims(expandDims(out, -1), -1) : out);
  const singular = (place: 0 | -1): Tensor => {
    const values = svdvals(value);
    if (values.shape.at(-1) === 0) {
      throw new ShapeError(
        `matrixNorm: expected matrices with entries for the norm ${ord}, got ${showShape(value.shape)}. Use "fro" or "nuc".`,
      );
    }
    return at(values, ...values.shape.slice(1).map(() => null), place);
  };
  switch (ord) {
    case "fro":
      return last(norm(value, [-2, -1]));
    case "nuc":
      return last(sum(svdvals(value), -1));
    case 2:
      return last(singular(0));
    case -2:
      return last(singular(-1));
    case 1:
      return last(max(sum(abs(value), -2), -1));
    case -1:
      return last(min(sum(abs(value), -2), -1));
    case Number.POSITIVE_INFINITY:
      return last(max(sum(abs(value), -1), -1));
    case Number.NEGATIVE_INFINITY:
      return last(min(sum(abs(value), -1), -1));
    default:
      throw new ArgumentError(
        `matrixNorm: there is no norm ${JSON.stringify(ord)}; expected "fro", "nuc", 1, −1, 2, −2, Infinity or −Infinity. ` +
          "Use vectorNorm for other powers of the entries.",
      );
  }
}

/**
 * The number of singular values that are not zero to rounding, int32; see `rtol`. It has no derivative.
 * @example matrixRank(a).item()
 */
export function matrixRank(x: Tensor, { rtol }: ToleranceOption = {}): Tensor {
  requireTolerance("matrixRank", rtol);
  const a = matrixOperand("matrixRank", x);
  const values = svdvals(new Tensor(a));
  if (values.shape[values.ndim - 1] === 0) return new Tensor(full(0, values.shape.slice(0, -1), "int32"));
  const bound = max(values, -1, { keepDims: true }).mul(rtol ?? rankTolerance(a));
  return sum(values.gt(bound).to("int32"), -1);
}

/**
 * How much a solution can change relative to what it is computed from: `‖A‖ · ‖A⁻¹‖`, infinite for singular matrices. With
 * 2 (default) the largest singular value over the smallest, also for matrices that are not square; −2 the inverse of that.
 * `torch.linalg.cond`, whose name here is that of the control flow.
 * @example conditionNumber(a).log10()   // digits lost
 */
export function conditionNumber(x: Tensor, ord: MatrixNormOrder = 2): Tensor {
  const operand = matrixOperand("conditionNumber", x);
  if (operand.shape.slice(-2).includes(0)) {
    throw new ShapeError(
      `conditionNumber: expected a matrix with entries, got ${showShape(operand.shape)}. Leave out the empty ones.`,
    );
  }
  if (ord === 2 || ord === -2) {
    const [most, least] = [matrixNorm(x, 2), matrixNorm(x, -2)];
    return ord === 2 ? most.div(least) : least.div(most);
  }
  const a = new Tensor(squareOperand("conditionNumber", x));
  const pivots = diagonal(new Tensor(resultOf(emit("lu", [a.node], NO_PARAMS), 0)));
  const product = matrixNorm(a, ord).mul(matrixNorm(inv(a, { check: false }), ord));
  return where(any(eq(pivots, 0), -1), Number.POSITIVE_INFINITY, product);
}

/**
 * One matrix with the given ones along its diagonal and zeros elsewhere. Scalars and vectors count as matrices of one row.
 * @example blockDiag([tensor([[1, 2]]), tensor([[3]])])   // [[1, 2, 0], [0, 0, 3]]
 */
export function blockDiag(matrices: readonly Tensor[]): Tensor {
  if (!Array.isArray(matrices) || matrices.length === 0) {
    throw new ArgumentError("blockDiag: expected an array of matrices, as in blockDiag([a, b]).");
  }
  const blocks = (matrices as readonly Tensor[]).map((matrix, i) => {
    const block = new Tensor(operand("blockDiag", matrix));
    if (block.ndim > 2) {
      throw new ShapeError(
        `blockDiag: expected matrices, got shape ${showShape(block.shape)} as number ${i + 1}. Map over other axes with vmap.`,
      );
    }
    return block.ndim === 2 ? block : reshape(block, [1, block.size]);
  });
  const columns = blocks.reduce((sum, { shape }) => sum + shape[1], 0);
  let before = 0;
  const rows = blocks.map((block) => {
    const after = columns - before - block.shape[1];
    const row = pad(block, [
      [0, 0],
      [before, after],
    ]);
    before += block.shape[1];
    return row;
  });
  return concat(rows);
}
