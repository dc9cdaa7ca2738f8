/**
 * @file Appending nodes to the graph: `emit` by name, and a typed builder for each primitive that rules are written with.
 * These builders are exact: no broadcasting and no promotion, which the functions a person calls add on top.
 */
import type { DType } from "./dtype.ts";
import { NO_PARAMS, Node, type Params, type TensorType } from "./graph/node.ts";
import type { BinaryFn, UnaryFn } from "./loops/ir.ts";
import { type PrimitiveName, type PrimitiveParams, primitiveOf } from "./primitive.ts";
import { range, type Shape, sameShape } from "./shape.ts";

let isSimplifying = true;

/** Runs `body` with every operation appended as it is: what simplification must not change is compared with this. */
export function withoutSimplifying<T>(body: () => T): T {
  isSimplifying = false;
  try {
    return body();
  } finally {
    isSimplifying = true;
  }
}

/** A node for `name(inputs; params)`, or a simpler one of the same value. */
export function emit<K extends PrimitiveName>(name: K, inputs: readonly Node[], params: PrimitiveParams[K]): Node {
  const op = primitiveOf({ name });
  const plain = params as Params;
  const type = op.infer(inputs, plain);
  return (isSimplifying ? op.simplify?.(inputs, plain) : null) ?? new Node(type, { op, inputs, params: plain }, null);
}

/** The same operation on other inputs; what rewriting a graph needs. */
export const emitLike = (op: { readonly name: string }, inputs: readonly Node[], params: Params): Node =>
  emit(op.name as PrimitiveName, inputs, params as never);

/** Several nodes as the results of one. */
export const tuple = (nodes: readonly Node[]): Node => emit("tuple", nodes, NO_PARAMS);

/** One result of an operation that has several. */
export function resultOf(node: Node, index: number): Node {
  const picked = emit("result", [node], { index });
  if (node.expression?.op.name !== "tuple") {
    node.picked ??= [];
    node.picked[index] = picked;
  }
  return picked;
}

/** All results of an operation that has several. */
export const resultsOf = (node: Node): Node[] => node.results!.map((_, index) => resultOf(node, index));

/** Zeros of a type. */
export const zerosOf = ({ shape, dtype, results }: TensorType): Node =>
  results === undefined ? full(0, shape, dtype) : tuple(results.map(zerosOf));

export const unary = (fn: UnaryFn, x: Node): Node => emit(fn, [x], NO_PARAMS);
export const binary = (fn: BinaryFn, x: Node, y: Node): Node => emit(fn, [x, y], NO_PARAMS);
export const add = (x: Node, y: Node): Node => binary("add", x, y);
export const sub = (x: Node, y: Node): Node => binary("sub", x, y);
export const mul = (x: Node, y: Node): Node => binary("mul", x, y);
export const div = (x: Node, y: Node): Node => binary("div", x, y);
export const neg = (x: Node): Node => unary("neg", x);

/** A tensor filled with one number that is part of the program. */
export const full = (value: number, shape: Shape, dtype: DType): Node => emit("full", [], { value, shape, dtype });
export const fullLike = (value: number, x: Node): Node => full(value, x.shape, x.dtype);
/** `0, 1, …` along `axis`, int32. */
export const iota = (shape: Shape, axis: number): Node => emit("iota", [], { shape, axis });

export const select = (test: Node, yes: Node, no: Node): Node => emit("where", [test, yes, no], NO_PARAMS);
export const cast = (x: Node, dtype: DType): Node => (x.dtype === dtype ? x : emit("cast", [x], { dtype }));

export const reshape = (x: Node, shape: Shape): Node =>
  sameShape(x.shape, shape) ? x : emit("reshape", [x], { shape });
/** Output axis d is input axis `axes[d]`. */
export const permute = (x: Node, axes: readonly number[]): Node =>
  axes.every((axis, d) => axis === d) ? x : emit("permute", [x], { axes });
/** Places input axis d at output axis `axes[d]`; the other output axes repeat. */
export const broadcastInDim = (x: Node, shape: Shape, axes: readonly number[]): Node =>
  sameShape(x.shape, shape) ? x : emit("broadcast", [x], { shape, axes });
/** Repeats along new leading axes. */
export const broadcastLeading = (x: Node, extents: Shape): Node =>
  broadcastInDim(x, [...extents, ...x.shape], range(x.shape.length, extents.length));
/** The input's own axes sit where they are not in `axes`; the axes in `axes` repeat. */
export const broadcastAlong = (x: Node, shape: Shape, axes: readonly number[]): Node =>
  broadcastInDim(
    x,
    shape,
    range(shape.length).filter((d) => !axes.includes(d)),
  );

export const sum = (x: Node, axes: readonly number[]): Node => (axes.length === 0 ? x : emit("sum", [x], { axes }));

/** Dimension numbers of a dot: pairs of axes that are contracted and pairs that run together. */
export interface DotParams {
  readonly contract: readonly [readonly number[], readonly number[]];
  readonly batch: readonly [readonly number[], readonly number[]];
}
/** Output axes: batch, free axes of `a`, free axes of `b`, each in ascending order. */
export const dot = (a: Node, b: Node, params: DotParams): Node =>
  emit("dot", [a, b], { contract: params.contract, batch: params.batch });

/** `x` where axes `p < q` are equal; the axis stays at `p`. */
export const diagonal = (x: Node, p: number, q: number): Node => emit("diagonal", [x], { p, q });
/** The transpose of `diagonal`: `v` on the diagonal of axes `p < q`, exact zeros elsewhere. */
export const diagonalEmbed = (v: Node, p: number, q: number): Node => emit("diagonalEmbed", [v], { p, q });
