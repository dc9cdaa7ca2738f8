/** @file Checks that the functions of linear algebra share, and right sides of systems brought into shape. */
import { type DType, promote } from "../../dtype.ts";
import { cast, permute, reshape } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import type { Node } from "../../graph/node.ts";
import { broadcastShapes, range, sizeOf } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { broadcastNode, floatingOperand, requireNumber } from "../operands.ts";

/** A floating operand with at least two axes; the last two are rows and columns. */
export function matrixOperand(name: string, x: Tensor): Node {
  const node = floatingOperand(name, x);
  if (node.shape.length < 2) {
    throw new ShapeError(
      `${name}: expected a matrix [m, n] or a stack of them [..., m, n], got shape ${showShape(node.shape)}. ` +
        "Add an axis with expandDims or reshape.",
    );
  }
  return node;
}

/** The same with as many rows as columns. */
export function squareOperand(name: string, x: Tensor): Node {
  const node = matrixOperand(name, x);
  const [m, n] = node.shape.slice(-2);
  if (m !== n) {
    throw new ShapeError(
      `${name}: expected square matrices [..., n, n], got shape ${showShape(node.shape)}. ` +
        "For m × n use lstsq, pinv, qr or svd.",
    );
  }
  return node;
}

/** The relative rounding error of a type. */
const EPSILON: Partial<Record<DType, number>> = { float32: 2 ** -23, float64: 2 ** -52 };

/** Below this share of the largest, a singular value of such a matrix is taken for zero: as PyTorch and NumPy do. */
export const rankTolerance = ({ shape, dtype }: Node): number =>
  Math.max(...shape.slice(-2)) * (EPSILON[dtype] ?? 2 ** -23);

/** Checks the share of the largest singular value up to which others count as zero. */
export function requireTolerance(name: string, rtol: number | undefined): void {
  if (rtol === undefined) return;
  requireNumber(name, "rtol", rtol);
  if (rtol >= 0 && rtol < Infinity) return;
  throw new ArgumentError(
    `${name}: expected rtol to be a share of the largest singular value, 0 or more, got ${rtol}. Leave it out for rounding errors.`,
  );
}

/** A system `A · X = B` with equal leading axes. */
export interface System {
  readonly a: Node;
  readonly b: Node;
  /** The solution `[…, n, k]` in the shape that B asks for. */
  finish(solution: Node): Tensor;
}

/**
 * `b` is one vector (rank 1) or matrices `[…, m, k]`, whose leading axes broadcast with those of `a`. Many right sides of
 * one matrix become columns of one system.
 */
export function systemOf(name: string, matrix: Node, right: Tensor): System {
  const given = floatingOperand(name, right);
  const dtype = promote(matrix.dtype, given.dtype);
  const a = cast(matrix, dtype);
  const vector = given.shape.length === 1;
  const b = cast(vector ? reshape(given, [...given.shape, 1]) : given, dtype);
  const m = a.shape[a.shape.length - 2];
  if (b.shape.length < 2 || b.shape[b.shape.length - 2] !== m) {
    throw new ShapeError(
      `${name}: expected a right side of shape [${m}] or [..., ${m}, k] for matrices of shape ${showShape(matrix.shape)}, ` +
        `got ${showShape(given.shape)}. For a batch of vectors [..., ${m}] add an axis: b.expandDims(-1).`,
    );
  }
  const k = b.shape[b.shape.length - 1];
  const leadA = a.shape.slice(0, -2);
  const leadB = b.shape.slice(0, -2);
  if (leadA.length === 0 && leadB.length > 0) {
    const rank = b.shape.length;
    const front = range(rank - 2);
    const wide = reshape(permute(b, [rank - 2, ...front, rank - 1]), [m, sizeOf(leadB) * k]);
    return {
      a,
      b: wide,
      finish(solution) {
        const apart = reshape(solution, [solution.shape[0], ...leadB, k]);
        return new Tensor(permute(apart, [...range(rank - 2, 1), 0, rank - 1]));
      },
    };
  }
  const lead = broadcastShapes(name, leadA, leadB);
  const spread = (x: Node): Node => broadcastNode(x, [...lead, ...x.shape.slice(-2)]);
  return {
    a: spread(a),
    b: spread(b),
    finish: (solution) => new Tensor(vector ? reshape(solution, solution.shape.slice(0, -1)) : solution),
  };
}
