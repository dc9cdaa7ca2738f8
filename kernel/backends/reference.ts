/** @file The oracle: every node by its primitive's own reference evaluation, one after the other, nothing fused. */
import type { Graph } from "../graph/graph.ts";
import { type NDArray, ndarray, primitiveOf } from "../primitive.ts";
import { sizeOf } from "../shape.ts";
import type { Backend } from "./backend.ts";

export const referenceBackend: Backend = {
  name: "reference",
  compile: (graph: Graph) => ({
    run(inputs) {
      const values = new Array<NDArray>(graph.nodes.length);
      graph.inputs.forEach((n, i) => {
        values[n] = { shape: graph.nodes[n].shape, dtype: graph.nodes[n].dtype, data: inputs[i] };
      });
      graph.nodes.forEach((node, n) => {
        if (node.op === null) return;
        const out = ndarray(node, sizeOf(node.shape));
        primitiveOf(node.op).evaluate(
          node.inputs.map((input) => values[input]),
          out,
          node.params,
        );
        values[n] = out;
      });
      // An output that is an input, or given twice, must not share memory with it.
      return graph.outputs.map((n) => values[n].data.slice());
    },
  }),
};
