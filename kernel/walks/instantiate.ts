/** @file A body as nodes again, with given nodes for its inputs. */
import { emitLike } from "../emit.ts";
import type { Body } from "../graph/body.ts";
import type { Node } from "../graph/node.ts";

/** @returns the nodes of the body's outputs */
export function instantiate({ graph }: Body, inputs: readonly Node[]): Node[] {
  const nodes = new Array<Node>(graph.nodes.length);
  graph.inputs.forEach((place, i) => {
    nodes[place] = inputs[i];
  });
  graph.nodes.forEach(({ op, inputs: from, params }, place) => {
    if (op === null) return;
    nodes[place] = emitLike(
      op,
      from.map((each) => nodes[each]),
      params,
    );
  });
  return graph.outputs.map((place) => nodes[place]);
}
