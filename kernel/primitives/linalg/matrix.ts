/** @file What the rules of this family share: matrices in a stack, as nodes. */
import {
  add,
  binary,
  broadcastAlong,
  broadcastInDim,
  diagonalEmbed,
  diagonal as diagonalNode,
  dot,
  emit,
  full,
  fullLike,
  iota,
  mul,
  permute,
  reshape,
  select,
  sub,
} from "../../emit.ts";
import { showShape } from "../../errors.ts";
import type { Node, TensorType } from "../../graph/node.ts";
import { range, type Shape, sizeOf } from "../../shape.ts";

/** A stack: leading axes, and matrices of m × n along the last two. */
export interface Stack {
  readonly lead: Shape;
  readonly m: number;
  readonly n: number;
  /** How many matrices. */
  readonly count: number;
}

export function stackOf({ shape }: TensorType): Stack {
  const lead = shape.slice(0, -2);
  return { lead, m: shape[shape.length - 2], n: shape[shape.length - 1], count: sizeOf(lead) };
}

/** The axes of a stack: what is done to one matrix has nothing to do with the others. */
export const stackAxes = (i: number, inputs: readonly TensorType[]): readonly number[] =>
  range(inputs[i].shape.length - 2);

/** How an error names one matrix of a stack. */
export function nameOf(i: number, { lead }: Stack): string {
  if (lead.length === 0) return "the matrix";
  const at: number[] = [];
  for (let d = lead.length - 1, rest = i; d >= 0; d--) {
    at.unshift(rest % lead[d]);
    rest = Math.floor(rest / lead[d]);
  }
  return `matrix ${showShape(at)} of the batch`;
}

/** The product of matrices; leading axes are equal. */
export function matmul(a: Node, b: Node): Node {
  const rank = a.shape.length;
  const lead = range(rank - 2);
  return dot(a, b, { contract: [[rank - 1], [rank - 2]], batch: [lead, lead] });
}

export function transpose(x: Node): Node {
  const rank = x.shape.length;
  return permute(x, [...range(rank - 2), rank - 1, rank - 2]);
}

/** `(x + xᵀ) / 2`. */
export function symmetric(x: Node): Node {
  const twice = add(x, transpose(x));
  return mul(twice, fullLike(0.5, twice));
}

type Part = "lower" | "strictlyLower" | "upper" | "strictlyUpper";
const TESTS = { lower: "ge", strictlyLower: "gt", upper: "le", strictlyUpper: "lt" } as const;

/** The entries of a triangle, with the diagonal unless it is strict; exact zeros elsewhere. */
export function triangle(x: Node, part: Part): Node {
  const rank = x.shape.length;
  return select(binary(TESTS[part], iota(x.shape, rank - 2), iota(x.shape, rank - 1)), x, fullLike(0, x));
}

/** `x` off the diagonal, `value` on it. */
export function withDiagonal(x: Node, value: number): Node {
  const rank = x.shape.length;
  return select(binary("eq", iota(x.shape, rank - 2), iota(x.shape, rank - 1)), fullLike(value, x), x);
}

/** Identity matrices in place of the n × n matrices of `x`. */
export function identityLike(x: Node): Node {
  const rank = x.shape.length;
  return diagonalEmbed(full(1, x.shape.slice(0, -1), x.dtype), rank - 2, rank - 1);
}

export const diagonal = (x: Node): Node => diagonalNode(x, x.shape.length - 2, x.shape.length - 1);

/** Multiplies column j by entry j of `v`. */
export const scaleColumns = (x: Node, v: Node): Node => mul(x, broadcastAlong(v, x.shape, [x.shape.length - 2]));
/** Multiplies row i by entry i of `v`. */
export const scaleRows = (x: Node, v: Node): Node => mul(x, broadcastAlong(v, x.shape, [x.shape.length - 1]));

/** Entry (i, j) is `v[j] − v[i]`. */
export function differences(v: Node): Node {
  const rank = v.shape.length;
  const shape = [...v.shape, v.shape[rank - 1]];
  return sub(broadcastAlong(v, shape, [rank - 1]), broadcastAlong(v, shape, [rank]));
}

/** One number per matrix, times the matrix. */
export const scale = (x: Node, factor: Node): Node =>
  mul(x, broadcastInDim(factor, x.shape, range(x.shape.length - 2)));

/** A block of rows and columns. */
export function block(
  x: Node,
  [row, rows]: readonly [number, number],
  [column, columns]: readonly [number, number],
): Node {
  const lead = x.shape.slice(0, -2);
  const { m, n } = stackOf(x);
  if (rows === m && columns === n) return x;
  return emit("slice", [x], {
    starts: [...lead.map(() => 0), row, column],
    steps: x.shape.map(() => 1),
    shape: [...lead, rows, columns],
  });
}

export const columns = (x: Node, start: number, count: number): Node => block(x, [0, stackOf(x).m], [start, count]);
export const rows = (x: Node, start: number, count: number): Node => block(x, [start, count], [0, stackOf(x).n]);

const join = (parts: readonly Node[], axis: number): Node => {
  const used = parts.filter((part) => part.shape[axis] > 0);
  return used.length === 0 ? parts[0] : used.length === 1 ? used[0] : emit("concat", used, { axis });
};
export const sideBySide = (...parts: readonly Node[]): Node => join(parts, parts[0].shape.length - 1);
export const stacked = (...parts: readonly Node[]): Node => join(parts, parts[0].shape.length - 2);

/**
 * For matrices that are the same for all of a batch `b` (its first axis): the batch becomes columns, `f` is applied to
 * `[…, n, size · k]`, and the columns are taken apart again.
 */
export function asColumns(b: Node, f: (columns: Node) => Node): Node {
  const rank = b.shape.length;
  const front = range(rank - 2, 1);
  // [size, …, n, k] → […, n, size, k]
  const moved = permute(b, [...front, 0, rank - 1]);
  const wide = reshape(moved, [...front.map((d) => b.shape[d]), b.shape[0] * b.shape[rank - 1]]);
  const out = f(wide);
  const apart = reshape(out, [...out.shape.slice(0, -1), b.shape[0], b.shape[rank - 1]]);
  return permute(apart, [rank - 2, ...range(rank - 2), rank - 1]);
}
