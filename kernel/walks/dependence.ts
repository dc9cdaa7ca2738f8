/** @file Which results depend on which inputs, seen through loops and branches rather than at their surface. */
import type { Graph } from "../graph/graph.ts";
import { primitiveOf } from "../primitive.ts";

/**
 * Whether each output of a graph depends on one of the inputs flagged. A loop that carries tangents beside values is one
 * operation; its values do not depend on the tangents all the same.
 */
export function dependence({ nodes, inputs, outputs }: Graph, flags: readonly boolean[]): boolean[] {
  /** Per node, and per result of one that has several. */
  const found: (readonly boolean[])[] = [];
  inputs.forEach((place, i) => {
    found[place] = [flags[i]];
  });
  nodes.forEach(({ op, inputs: from, params, results }, place) => {
    if (op === null) return;
    if (op.name === "result") {
      found[place] = [found[from[0]][params.index as number]];
      return;
    }
    const given = from.map((each) => found[each].includes(true));
    const any = given.includes(true);
    const { dependence: own } = primitiveOf(op);
    found[place] = any && own !== undefined ? own(given, params) : (results ?? [null]).map(() => any);
  });
  return outputs.map((place) => found[place].includes(true));
}
