/** @file Diagonals of matrices, and the triangles beside them. */
import { binary, broadcastAlong, diagonalEmbed, diagonal as diagonalNode, full, iota, select } from "../emit.ts";
import { ShapeError, showShape } from "../errors.ts";
import { normalizeAxis, range } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { broadcastNode, operand, requireIntegers } from "./operands.ts";
import { moveAxis, slice } from "./shape.ts";

/**
 * The diagonal of two axes (the last two by default), which goes last.
 * @example diagonal(tensor([[1, 2, 3], [4, 5, 6]]))   // [1, 5]
 */
export function diagonal(x: Tensor, first = -2, second = -1): Tensor {
  const node = operand("diagonal", x);
  const [p, q] = [first, second]
    .map((axis) => normalizeAxis("diagonal", axis, node.shape.length))
    .sort((a, b) => a - b);
  if (p === q) throw new ShapeError("diagonal: expected two different axes.");
  const extent = Math.min(node.shape[p], node.shape[q]);
  const square = slice(slice(new Tensor(node), p, 0, extent), q, 0, extent);
  return moveAxis(new Tensor(diagonalNode(square.node, p, q)), p, -1);
}

/**
 * A vector becomes a diagonal matrix; a matrix gives its diagonal.
 * @example diag(tensor([1, 2]))   // [[1, 0], [0, 2]]
 */
export function diag(x: Tensor): Tensor {
  const node = operand("diag", x);
  if (node.shape.length === 1) return new Tensor(diagonalEmbed(node, 0, 1));
  if (node.shape.length === 2) return diagonal(x);
  throw new ShapeError(
    `diag: expected a vector or a matrix, got shape ${showShape(node.shape)}. Use diagonal(x, axis, axis).`,
  );
}

/**
 * Sum of the diagonal of matrices `[…, m, n]`.
 * @example trace(tensor([[1, 2], [3, 4]]))   // 5
 */
export const trace = (x: Tensor): Tensor => diagonal(x).sum(-1);

/** Keeps the entries where column − row is at most (tril) or at least (triu) `offset`. */
function triangle(name: "tril" | "triu", x: Tensor, offset: number): Tensor {
  const node = operand(name, x);
  const rank = node.shape.length;
  if (rank < 2)
    throw new ShapeError(`${name}: expected a matrix or a stack of them, got shape ${showShape(node.shape)}.`);
  requireIntegers(name, offset);
  const shape = node.shape.slice(-2);
  const distance = binary("sub", iota(shape, 1), iota(shape, 0));
  const bound = broadcastNode(full(offset, [], "int32"), shape);
  const mask = broadcastAlong(binary(name === "tril" ? "le" : "ge", distance, bound), node.shape, range(rank - 2));
  return new Tensor(select(mask, node, full(0, node.shape, node.dtype)));
}

/**
 * The lower triangle; `offset` moves its edge up.
 * @example tril(tensor([[1, 2], [3, 4]]))   // [[1, 0], [3, 4]]
 */
export const tril = (x: Tensor, offset = 0): Tensor => triangle("tril", x, offset);

/**
 * The upper triangle; `offset` moves its edge up.
 * @example triu(tensor([[1, 2], [3, 4]]), 1)   // [[0, 2], [0, 0]]
 */
export const triu = (x: Tensor, offset = 0): Tensor => triangle("triu", x, offset);
