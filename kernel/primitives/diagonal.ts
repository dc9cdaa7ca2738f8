/**
 * @file Diagonals, and the algebra that keeps identity matrices from being multiplied: a product with a matrix known to
 * be diagonal is a product with its diagonal. This is what makes `vmap(pullback)(eye(n))` cost no more than its result.
 * Entries off the diagonal are exact zeros by structure, whatever they meet (0 · ∞ is not formed).
 */

import { broadcastInDim, type DotParams, diagonal, diagonalEmbed, dot, full, permute, sum } from "../emit.ts";
import { ShapeError, showShape } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { identityForms } from "../loops/form.ts";
import { diagonalEmbedForm, diagonalForm } from "../onnx/forms/views.ts";
import { define } from "../primitive.ts";
import { range } from "../shape.ts";
import { scattered } from "../structure/rules.ts";
import { literalValue } from "./elementwise.ts";
import { broadcastPadded, dotPadded, permutePadded, sumPadded, throughBothPadded, throughPadded } from "./padded.ts";
import { defineView } from "./view.ts";

interface Axes {
  readonly p: number;
  readonly q: number;
}
declare module "../primitive.ts" {
  interface PrimitiveParams {
    diagonal: Axes;
    diagonalEmbed: Axes;
  }
}

defineView("diagonal", {
  infer: (x, { p, q }) => {
    if (x.shape[p] !== x.shape[q]) {
      throw new ShapeError(
        `diagonal: expected axes ${p} and ${q} of equal extent, got shape ${showShape(x.shape)}. Slice one of them first.`,
      );
    }
    return x.shape.filter((_, d) => d !== q);
  },
  source: (index, { p, q }) => [...index.slice(0, q), index[p], ...index.slice(q)],
  transpose: (cotangent, _, { p, q }) => diagonalEmbed(cotangent, p, q),
  batch: ({ p, q }) => ({ p: p + 1, q: q + 1 }),
  simplify: (x, { p, q }) => {
    const inner = embedded(x);
    if (inner === null) return diagonalOfBroadcast(x, p, q);
    return inner.p === p && inner.q === q ? inner.v : null;
  },
  onnx: diagonalForm,
});

/**
 * Along an axis that was only repeated, every diagonal is what was there before. A chain of derivatives meets many of
 * these; seen through, its diagonals stay diagonals, and no zero of theirs meets an infinite slope.
 */
function diagonalOfBroadcast(x: Node, p: number, q: number): Node | null {
  const expression = x.expression;
  if (expression?.op.name !== "broadcast") return null;
  const { axes } = expression.params as unknown as { readonly axes: readonly number[] };
  if (axes.includes(p) && axes.includes(q)) return null;
  // In the result, axis p stands for both.
  const kept = axes.map((axis) => (axis === q ? p : axis > q ? axis - 1 : axis));
  if (kept.some((axis, i) => i > 0 && axis <= kept[i - 1])) return null;
  return broadcastInDim(
    expression.inputs[0],
    x.shape.filter((_, d) => d !== q),
    kept,
  );
}

define("diagonalEmbed", {
  infer: ([v], { p, q }) => ({ shape: [...v.shape.slice(0, q), v.shape[p], ...v.shape.slice(q)], dtype: v.dtype }),
  evaluate([v], out, { p, q }) {
    // Visit v row by row; `at` is where its entry sits in the output.
    const rank = out.shape.length;
    const strides = new Array<number>(rank);
    for (let d = rank - 1, stride = 1; d >= 0; stride *= out.shape[d], d--) strides[d] = stride;
    const kept = range(rank).filter((d) => d !== q);
    for (let i = 0; i < v.data.length; i++) {
      let rest = i;
      let at = 0;
      for (let d = kept.length - 1; d >= 0; d--) {
        const index = rest % v.shape[d];
        rest = (rest - index) / v.shape[d];
        at += index * (strides[kept[d]] + (kept[d] === p ? strides[q] : 0));
      }
      out.data[at] = v.data[i];
    }
  },
  derivative: { kind: "linear", transpose: (cotangent, _, __, { p, q }) => diagonal(cotangent, p, q) },
  structure(_, [v], __, { p, q }) {
    const forms = identityForms(v.shape.length);
    return scattered(v.shape, forms.toSpliced(q, 0, forms[p]), forms);
  },
  batch: ([v], _, __, { p, q }) => diagonalEmbed(v, p + 1, q + 1),
  // Zeros first, then the entries: fewer steps than asking of every position whether it is on the diagonal.
  lowering: {
    kind: "scatter",
    fill: () => 0,
    pieces: () => [0],
    place: ({ index, params: { p, q } }) => [...index.slice(0, q), index[p], ...index.slice(q)],
  },
  onnx: diagonalEmbedForm,
});

interface Embedded extends Axes {
  readonly v: Node;
}

/** `node` as a diagonal embedding, if it is one. */
function embedded(node: Node): Embedded | null {
  const expression = node.expression;
  if (expression?.op.name !== "diagonalEmbed") return null;
  const { p, q } = expression.params as unknown as Axes;
  return { v: expression.inputs[0], p, q };
}

/** An elementwise function with f(0) = 0, applied to the diagonal alone; `onDiagonal` restricts its other operands. */
export function throughDiagonal(x: Node, f: (v: Node, onDiagonal: (other: Node) => Node) => Node): Node | null {
  const inner = embedded(x);
  if (inner === null) return throughPadded(x, f);
  const { v, p, q } = inner;
  return diagonalEmbed(
    f(v, (other) => onDiagonal(other, p, q)),
    p,
    q,
  );
}

/** The same for two operands that are diagonal along the same axes. */
export function throughDiagonals(x: Node, y: Node, f: (v: Node, w: Node) => Node): Node | null {
  const a = embedded(x);
  const b = embedded(y);
  if (a === null && b === null) return throughBothPadded(x, y, f);
  if (a === null || b === null || a.p !== b.p || a.q !== b.q) return null;
  return diagonalEmbed(f(a.v, b.v), a.p, a.q);
}

function onDiagonal(x: Node, p: number, q: number): Node {
  const value = literalValue(x);
  return value === null
    ? diagonal(x, p, q)
    : full(
        value,
        x.shape.filter((_, d) => d !== q),
        x.dtype,
      );
}

export function permuteDiagonal(x: Node, axes: readonly number[]): Node | null {
  const inner = embedded(x);
  if (inner === null) return permutePadded(x, axes);
  const [p, q] = [axes.indexOf(inner.p), axes.indexOf(inner.q)].sort((a, b) => a - b);
  // The axis of v stands for both; in the output it sits at the first of them.
  const source = (axis: number): number =>
    axis === inner.p || axis === inner.q ? inner.p : axis > inner.q ? axis - 1 : axis;
  return diagonalEmbed(permute(inner.v, axes.filter((_, d) => d !== q).map(source)), p, q);
}

export function broadcastDiagonal(x: Node, shape: readonly number[], axes: readonly number[]): Node | null {
  const inner = embedded(x);
  if (inner === null) return broadcastPadded(x, shape, axes);
  if (x.shape.some((extent, d) => extent !== shape[axes[d]])) return null;
  const p = axes[inner.p];
  const q = axes[inner.q];
  const keptShape = shape.filter((_, d) => d !== q);
  const keptAxes = axes.filter((_, d) => d !== inner.q).map((axis) => (axis > q ? axis - 1 : axis));
  return diagonalEmbed(broadcastInDim(inner.v, keptShape, keptAxes), p, q);
}

/** Σ over one of the two tied axes picks the diagonal; over other axes it goes inside. */
export function sumDiagonal(x: Node, axes: readonly number[]): Node | null {
  const inner = embedded(x);
  if (inner === null) return sumPadded(x, axes);
  const { v, p, q } = inner;
  const inV = (d: number): number => (d > q ? d - 1 : d);
  const hasP = axes.includes(p);
  const hasQ = axes.includes(q);
  if (hasP && hasQ) {
    return sum(v, axes.filter((d) => d !== q).map(inV));
  }
  const others = axes.filter((d) => d !== p && d !== q).map(inV);
  const rest = sum(v, others);
  const removed = (d: number): number => others.filter((axis) => axis < inV(d)).length;
  const newP = p - removed(p);
  if (hasQ) return rest;
  const newQ = q - others.filter((axis) => axis < q).length;
  if (!hasP) return diagonalEmbed(rest, newP, newQ);
  // Only p is summed: the axis of v now stands where q was.
  const order = range(rest.shape.length).filter((d) => d !== newP);
  order.splice(newQ - 1, 0, newP);
  return permute(rest, order);
}

/**
 * A dot that contracts one of the two tied axes of its first operand with axis `r` of the second: instead of a
 * contraction, the remaining tied axis and `r` run together as a batch axis. Null when it is not of that form.
 */
export function dotDiagonal(a: Node, b: Node, { contract, batch }: DotParams): Node | null {
  const inner = embedded(a);
  if (inner === null) return dotPadded(a, b, { contract, batch });
  const { v, p, q } = inner;
  const places = [contract[0].indexOf(p), contract[0].indexOf(q)];
  const contracted = places.filter((place) => place >= 0);
  if (contracted.length !== 1 || batch[0].includes(p) || batch[0].includes(q)) return null;
  const pair = contracted[0];
  const kept = contract[0][pair] === p ? q : p;
  const inV = (d: number): number => (d === p || d === q ? p : d > q ? d - 1 : d);
  const out = dot(v, b, {
    contract: [contract[0].filter((_, i) => i !== pair).map(inV), contract[1].filter((_, i) => i !== pair)],
    batch: [
      [...batch[0].map(inV), p],
      [...batch[1], contract[1][pair]],
    ],
  });
  // The new batch axis belongs where the kept axis stands among the free axes of a.
  const from = batch[0].length;
  const free = range(a.shape.length).filter((d) => !contract[0].includes(d) && !batch[0].includes(d));
  const order = range(out.shape.length).filter((d) => d !== from);
  order.splice(from + free.indexOf(kept), 0, from);
  return permute(out, order);
}
