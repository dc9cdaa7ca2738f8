/** @file Forward mode on nodes: from the tangents of some nodes to those of nodes computed from them. */
import { isFloating } from "../dtype.ts";
import { add, emitLike, mul, zerosOf } from "../emit.ts";
import type { Expression, Node } from "../graph/node.ts";
import { whileWalking } from "../graph/origin.ts";
import type { PathStep, Paths } from "../graph/walk.ts";
import { primitiveOf } from "../primitive.ts";

const plus = (a: Node | null, b: Node): Node => (a === null ? b : add(a, b));

/** The tangent of one node; `null` stands for zero, in and out. */
function tangentOf(out: Node, { op, inputs, params }: Expression, tangents: readonly (Node | null)[]): Node | null {
  const { derivative } = primitiveOf(op);
  switch (derivative.kind) {
    case "none":
      return null;
    case "partials": {
      let sum: Node | null = null;
      tangents.forEach((tangent, i) => {
        if (tangent !== null) sum = plus(sum, mul(tangent, derivative.partial(i, inputs, out, params)));
      });
      return sum;
    }
    case "linear": {
      const wrt = derivative.wrt?.(params) ?? inputs.map((_, i) => i);
      if (!wrt.some((i) => tangents[i] !== null)) return null;
      const moved = inputs.map((input, i) => (wrt.includes(i) ? (tangents[i] ?? zerosOf(input)) : input));
      return emitLike(op, moved, params);
    }
    case "bilinear": {
      let sum: Node | null = null;
      tangents.forEach((tangent, i) => {
        if (tangent === null) return;
        const moved = inputs.map((input, j) => (i === j ? tangent : input));
        sum = plus(sum, emitLike(op, moved, params));
      });
      return sum;
    }
    case "jvp":
      return derivative.jvp(inputs, tangents, out, params);
  }
}

/** Extends `tangents` along `steps`, which are in topological order. */
function pushForward(steps: readonly PathStep[], tangents: Map<Node, Node>): void {
  for (const step of steps) {
    const { node, expression } = step;
    if (!isFloating(node.dtype)) continue;
    const incoming = expression.inputs.map((input) => tangents.get(input) ?? null);
    if (incoming.every((tangent) => tangent === null)) continue;
    const tangent = whileWalking(step, true, () => tangentOf(node, expression, incoming));
    if (tangent !== null) tangents.set(node, tangent);
  }
}

/** Tangents of `outputs` for those of `inputs`, which the paths start from; `null` is zero, in and out. */
export function pushAlong(
  { steps }: Paths,
  inputs: readonly Node[],
  given: readonly (Node | null)[],
  outputs: readonly Node[],
): (Node | null)[] {
  const tangents = new Map<Node, Node>();
  given.forEach((tangent, i) => {
    if (tangent !== null) tangents.set(inputs[i], tangent);
  });
  pushForward(steps, tangents);
  return outputs.map((output) => tangents.get(output) ?? null);
}
