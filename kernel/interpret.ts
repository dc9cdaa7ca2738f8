/** @file A graph evaluated node by node, each by its primitive's own reference evaluation: the meaning of a graph. */
import type { TypedArray } from "./dtype.ts";
import type { Graph, GraphNode } from "./graph/graph.ts";
import { type NDArray, ndarray, primitiveOf } from "./primitive.ts";

type Observer = (node: GraphNode, inputs: readonly NDArray[], out: NDArray) => void;

let observer: Observer | null = null;

/** Every operation that is evaluated in `body`, those inside loops and branches too, is shown to `observe` when it is done. */
export function whileObserving<T>(observe: Observer, body: () => T): T {
  const outer = observer;
  observer = observe;
  try {
    return body();
  } finally {
    observer = outer;
  }
}

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
    const from = node.inputs.map((input) => values[input]);
    primitiveOf(node.op).evaluate(from, out, node.params);
    observer?.(node, from, out);
    values[place] = out;
  });
  return outputs.map((place) => values[place]);
}
