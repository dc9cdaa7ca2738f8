/** @file A graph evaluated node by node, each by its primitive's own reference evaluation: the meaning of a graph. */
import type { TypedArray } from "./dtype.ts";
import type { Graph } from "./graph/graph.ts";
import { type NDArray, ndarray, primitiveOf } from "./primitive.ts";

/** @returns the outputs; one that is an input is that very array */
export function interpret({ nodes, inputs, outputs }: Graph, given: readonly TypedArray[]): NDArray[] {
  const values = new Array<NDArray>(nodes.length);
  inputs.forEach((place, i) => {
    const { shape, dtype } = nodes[place];
    values[place] = { shape, dtype, data: given[i] };
  });
  nodes.forEach((node, place) => {
    if (node.op === null) return;
    const out = ndarray(node);
    primitiveOf(node.op).evaluate(
      node.inputs.map((input) => values[input]),
      out,
      node.params,
    );
    values[place] = out;
  });
  return outputs.map((place) => values[place]);
}
