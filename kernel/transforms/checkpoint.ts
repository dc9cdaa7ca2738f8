/** @file checkpoint: reverse mode that computes the inside of a function anew instead of keeping it. */
import { emit, full, resultsOf } from "../emit.ts";
import { type Body, capturedByBranch, cutBody } from "../graph/body.ts";
import { NO_PARAMS, type Node } from "../graph/node.ts";
import { isTransforming } from "../graph/retention.ts";
import { bodyCotangents, bodyTangents } from "../primitives/control/bodies.ts";
import type { Rule } from "../primitives/custom.ts";
import { unflatten } from "../pytree.ts";
import { callOn, nodesOf, resultNodes, resultTensors, tensors } from "./arguments.ts";
import { derivedFunction } from "./naming.ts";
import { requireFunction } from "./options.ts";
import type { TensorTree } from "./types.ts";

const marked = (node: Node): Node => emit("mark", [node], NO_PARAMS);

/** The body's own derivative, with its values computed a second time once the cotangent is there. */
const ruleOf = (body: Body): Rule => ({
  transform: "checkpoint",
  key: `checkpoint ${body.key}`,
  push: (args, _, tangents) => bodyTangents(body, args.map(marked), tangents).tangents,
  pull(args, _, cotangents, wanted) {
    const arrived = cotangents.find((cotangent) => cotangent !== null && !cotangent.literal);
    const marks = args.map((arg) => marked(arrived ? emit("recompute", [arg, arrived], NO_PARAMS) : arg));
    return bodyCotangents(body, marks, cotangents, wanted);
  },
});

/**
 * The same function, but reverse mode does not keep what it computes inside: it keeps the arguments and computes the
 * inside again on the way back. Costs a second run of `f`, saves the memory of its intermediate results. Values and
 * derivatives are the same. What `f` closes over may be differentiated too.
 * @example grad((w: Tensor) => layers.reduce((x, layer) => checkpoint(layer)(x, w), input).sum())
 */
export function checkpoint<Args extends readonly unknown[], Out>(
  f: (...args: Args) => Out,
): (...args: Args) => TensorTree<Out> {
  requireFunction("checkpoint", f);
  const checkpointed = (...args: Args): TensorTree<Out> => {
    const given = nodesOf("checkpoint", [...args]);
    if (!isTransforming()) return resultTensors("checkpoint", callOn(f, given.def, given.nodes)) as TensorTree<Out>;
    const start = full(0, [], "bool");
    const marks = given.nodes.map(marked);
    const out = resultNodes("checkpoint", callOn(f, given.def, marks));
    const captured = capturedByBranch(marks, out.nodes, start);
    const body = cutBody([...marks, ...captured], out.nodes);
    // The values there are; derivatives take the other way.
    const values = out.nodes.map((node) => emit("stopGradient", [node], NO_PARAMS));
    const node = emit("custom", [...values, ...given.nodes, ...captured], {
      rule: ruleOf(body),
      outputs: values.length,
    });
    return unflatten(out.def, tensors(resultsOf(node))) as TensorTree<Out>;
  };
  return derivedFunction(f, checkpointed);
}
