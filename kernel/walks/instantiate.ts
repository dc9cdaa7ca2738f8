/** @file A body as nodes again, with given nodes for its inputs. */
import { emitLike } from "../emit.ts";
import type { Body } from "../graph/body.ts";
import type { Graph } from "../graph/graph.ts";
import { Node } from "../graph/node.ts";
import { sameShape } from "../shape.ts";

/** Whether nothing is known of a node but its type: then there is nothing to simplify that was not when the body was made. */
const isOpaque = ({ expression }: Node): boolean =>
  expression === null || expression.op.name === "mark" || expression.op.name === "placeholder";

function fits({ nodes, inputs }: Graph, given: readonly Node[]): boolean {
  return inputs.every((place, i) => {
    const { dtype, shape } = nodes[place];
    const node: Node | undefined = given[i];
    // Nothing is given for what nothing reads.
    return node === undefined || (isOpaque(node) && node.dtype === dtype && sameShape(node.shape, shape));
  });
}

/** @returns the nodes of the body's outputs */
export function instantiate({ graph }: Body, inputs: readonly Node[]): Node[] {
  const nodes = new Array<Node>(graph.nodes.length);
  graph.inputs.forEach((place, i) => {
    nodes[place] = inputs[i];
  });
  const asItIs = fits(graph, inputs);
  graph.nodes.forEach((cut, place) => {
    if (cut.op === null) return;
    const { op, params } = cut;
    const from = cut.inputs.map((each) => nodes[each]);
    nodes[place] = asItIs
      ? new Node(cut, { op, inputs: from, params }, null, null, cut.signature)
      : emitLike(op, from, params);
  });
  return graph.outputs.map((place) => nodes[place]);
}
