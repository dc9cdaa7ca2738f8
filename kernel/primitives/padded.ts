/**
 * @file Tensors known to have zeros around them, as a chunk of unit vectors does. Operations go on inside, on the part that
 * is not zero, where the algebra of `diagonal.ts` finds its diagonals: a Jacobian in chunks costs what it costs at once, and
 * its zeros are as exact.
 */

import { type DotParams, dot, emit, full, permute, sum } from "../emit.ts";
import type { Node } from "../graph/node.ts";
import { identityForms, shiftForm } from "../loops/form.ts";
import { surroundForm } from "../onnx/forms/views.ts";
import { define, type PrimitiveParams, primitiveOf } from "../primitive.ts";
import { range, type Shape, sameShape } from "../shape.ts";
import { scattered } from "../structure/rules.ts";
import { literalValue } from "./elementwise.ts";

declare module "../primitive.ts" {
  interface PrimitiveParams {
    /** `inputs[0]` with zeros around it, which are known to be zeros by structure, as those off a diagonal are. */
    surround: { readonly starts: readonly number[]; readonly shape: Shape };
  }
}

const ones = (list: readonly unknown[]): number[] => list.map(() => 1);
const asEmbed = ({ starts, shape }: PrimitiveParams["surround"]): PrimitiveParams["embed"] => ({
  starts,
  steps: ones(starts),
  shape,
});

define("surround", {
  infer: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  evaluate: (inputs, out, params) => primitiveOf({ name: "embed" }).evaluate(inputs, out, asEmbed(params)),
  derivative: { kind: "linear", transpose: (cotangent, _, [x], { starts }) => cut(cotangent, starts, x.shape) },
  structure(_, [x], __, { starts }) {
    const forms = identityForms(x.shape.length);
    return scattered(
      x.shape,
      forms.map((form, d) => shiftForm(form, starts[d])),
      forms,
    );
  },
  batch: ([x], _, size, { starts, shape }) => padTo(x, [0, ...starts], [size, ...shape]),
  lowering: {
    kind: "scatter",
    fill: () => 0,
    pieces: () => [0],
    place: ({ index, params: { starts } }) => index.map((form, d) => shiftForm(form, starts[d])),
  },
  onnx: surroundForm,
});

interface Padded {
  readonly inner: Node;
  /** Where `inner` begins, per axis. */
  readonly starts: readonly number[];
}

/** `node` as something with zeros around it, if it is known as such. */
function padded(node: Node): Padded | null {
  const expression = node.expression;
  if (expression?.op.name !== "surround") return null;
  return { inner: expression.inputs[0], starts: expression.params.starts as readonly number[] };
}

/** Zeros around `x`, up to `shape`. */
export const padTo = (x: Node, starts: readonly number[], shape: Shape): Node =>
  sameShape(x.shape, shape) ? x : emit("surround", [x], { starts, shape });

/** The part of `y` where `x` is, for `y` of the shape around it. */
export function cut(y: Node, starts: readonly number[], shape: Shape): Node {
  if (sameShape(y.shape, shape)) return y;
  const value = literalValue(y);
  return value === null ? emit("slice", [y], { starts, steps: ones(shape), shape }) : full(value, shape, y.dtype);
}

/** An elementwise function with f(0) = 0; `inside` restricts its other operands. */
export function throughPadded(x: Node, f: (v: Node, inside: (other: Node) => Node) => Node): Node | null {
  const p = padded(x);
  if (p === null) return null;
  const { inner, starts } = p;
  return padTo(
    f(inner, (other) => cut(other, starts, inner.shape)),
    starts,
    x.shape,
  );
}

/** The same for two operands with zeros in the same places. */
export function throughBothPadded(x: Node, y: Node, f: (v: Node, w: Node) => Node): Node | null {
  const [a, b] = [padded(x), padded(y)];
  if (a === null || b === null || !sameShape(a.starts, b.starts) || !sameShape(a.inner.shape, b.inner.shape))
    return null;
  return padTo(f(a.inner, b.inner), a.starts, x.shape);
}

export function permutePadded(x: Node, axes: readonly number[]): Node | null {
  const p = padded(x);
  if (p === null) return null;
  return padTo(
    permute(p.inner, axes),
    axes.map((axis) => p.starts[axis]),
    axes.map((axis) => x.shape[axis]),
  );
}

export function broadcastPadded(x: Node, shape: Shape, axes: readonly number[]): Node | null {
  const p = padded(x);
  // An axis of extent 1 that repeats cannot be one with zeros around it.
  if (p === null || axes.some((axis, d) => x.shape[d] !== shape[axis])) return null;
  const starts = shape.map(() => 0);
  const inside = [...shape];
  axes.forEach((axis, d) => {
    starts[axis] = p.starts[d];
    inside[axis] = p.inner.shape[d];
  });
  return padTo(emit("broadcast", [p.inner], { shape: inside, axes }), starts, shape);
}

export function sumPadded(x: Node, axes: readonly number[]): Node | null {
  const p = padded(x);
  if (p === null) return null;
  const kept = range(x.shape.length).filter((d) => !axes.includes(d));
  return padTo(
    sum(p.inner, axes),
    kept.map((d) => p.starts[d]),
    kept.map((d) => x.shape[d]),
  );
}

/** Only the part of `b` that meets `a` where it is not zero takes part. */
export function dotPadded(a: Node, b: Node, { contract, batch }: DotParams): Node | null {
  const p = padded(a);
  if (p === null) return null;
  const starts = b.shape.map(() => 0);
  const shape = [...b.shape];
  for (const [ofA, ofB] of [contract, batch]) {
    ofA.forEach((axis, i) => {
      starts[ofB[i]] = p.starts[axis];
      shape[ofB[i]] = p.inner.shape[axis];
    });
  }
  const out = dot(p.inner, cut(b, starts, shape), { contract, batch });
  const freeOfA = range(a.shape.length).filter((d) => !contract[0].includes(d) && !batch[0].includes(d));
  const fromA = [...batch[0], ...freeOfA];
  const rest = out.shape.slice(fromA.length);
  return padTo(
    out,
    [...fromA.map((axis) => p.starts[axis]), ...rest.map(() => 0)],
    [...fromA.map((axis) => a.shape[axis]), ...rest],
  );
}
