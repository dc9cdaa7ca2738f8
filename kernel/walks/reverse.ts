/** @file Reverse mode on nodes: from the cotangents of some nodes to those of the nodes they were computed from. */
import { isFloating } from "../dtype.ts";
import { add, mul, resultOf, tuple } from "../emit.ts";
import { type Node, placeholderNode, type Trace } from "../graph/node.ts";
import { type PathStep, pathsBetween } from "../graph/walk.ts";
import { primitiveOf } from "../primitive.ts";

function plus(a: Node, b: Node): Node {
  if (a.results === undefined) return add(a, b);
  // What is not floating has no cotangent; its place holds a zero.
  return tuple(
    a.results.map(({ dtype }, i) => (isFloating(dtype) ? add(resultOf(a, i), resultOf(b, i)) : resultOf(a, i))),
  );
}

/** Adds `cotangent` to what `node` has. */
export function accumulate(cotangents: Map<Node, Node>, node: Node, cotangent: Node): void {
  const sum = cotangents.get(node);
  cotangents.set(node, sum === undefined ? cotangent : plus(sum, cotangent));
}

/** A primitive that only knows its tangent is pulled back by transposing the graph of that tangent. */
function transposeTangent(
  { expression }: PathStep,
  cotangent: Node,
  active: readonly boolean[],
  jvp: (tangents: readonly (Node | null)[]) => Node | null,
): (Node | null)[] {
  const trace: Trace = { transform: "vjp", open: true };
  const tangents = expression.inputs.map((input, i) => (active[i] ? placeholderNode(input, trace) : null));
  const out = jvp(tangents);
  trace.open = false;
  if (out === null) return expression.inputs.map(() => null);
  const marks = tangents.filter((tangent) => tangent !== null);
  const cotangents = new Map<Node, Node>([[out, cotangent]]);
  pullBack(pathsBetween(marks, [out]), cotangents);
  return tangents.map((tangent) => (tangent === null ? null : (cotangents.get(tangent) ?? null)));
}

/** Extends `cotangents` backwards along the paths; nodes off the paths get none. */
export function pullBack(
  { steps, active }: { readonly steps: readonly PathStep[]; readonly active: ReadonlySet<Node> },
  cotangents: Map<Node, Node>,
): void {
  for (let s = steps.length - 1; s >= 0; s--) {
    const { node, expression } = steps[s];
    const cotangent = cotangents.get(node);
    if (cotangent === undefined) continue;
    const { op, inputs, params } = expression;
    const { derivative } = primitiveOf(op);
    const wanted = inputs.map((input) => active.has(input) && isFloating(input.dtype));
    switch (derivative.kind) {
      case "none":
        break;
      case "partials":
        inputs.forEach((input, i) => {
          if (wanted[i]) accumulate(cotangents, input, mul(cotangent, derivative.partial(i, inputs, node, params)));
        });
        break;
      case "linear":
      case "bilinear": {
        const wrt = derivative.kind === "linear" ? derivative.wrt : undefined;
        inputs.forEach((input, i) => {
          if (!wanted[i] || (wrt !== undefined && !wrt.includes(i))) return;
          accumulate(cotangents, input, derivative.transpose(cotangent, i, inputs, params));
        });
        break;
      }
      case "jvp": {
        const pulled =
          derivative.pull?.(cotangent, wanted, inputs, node, params) ??
          transposeTangent(steps[s], cotangent, wanted, (tangents) => derivative.jvp(inputs, tangents, node, params));
        pulled.forEach((each, i) => {
          if (each !== null) accumulate(cotangents, inputs[i], each);
        });
      }
    }
  }
}
