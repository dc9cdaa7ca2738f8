/** @file Batching on nodes: rewriting what depends on per-example placeholders so that it computes all examples at once. */
import type { Node } from "../graph/node.ts";
import { whileWalking } from "../graph/origin.ts";
import { pathsBetween } from "../graph/walk.ts";
import { primitiveOf } from "../primitive.ts";

/**
 * @param mapped placeholders, each with the node that has all examples along axis 0
 * @param size number of examples
 * @returns for each output the node with all examples along axis 0, or null when it does not depend on a placeholder
 */
export function batchNodes(mapped: ReadonlyMap<Node, Node>, size: number, outputs: readonly Node[]): (Node | null)[] {
  const batched = new Map(mapped);
  for (const step of pathsBetween([...mapped.keys()], outputs).steps) {
    const { node, expression } = step;
    const flags = expression.inputs.map((input) => batched.has(input));
    const inputs = expression.inputs.map((input) => batched.get(input) ?? input);
    const { op, params } = expression;
    const rewrite = (): Node => primitiveOf(op).batch(inputs, flags, size, params);
    batched.set(node, whileWalking(step, false, rewrite));
  }
  return outputs.map((output) => batched.get(output) ?? null);
}
