/** @file The oracle: every node by its primitive's own reference evaluation, one after the other, nothing fused. */
import { bytesOf } from "../budget.ts";
import type { TypedArray } from "../dtype.ts";
import { interpret } from "../interpret.ts";
import type { Backend } from "./backend.ts";

export const referenceBackend: Backend = {
  name: "reference",
  plan: (graph) => ({
    // Every value stays until the last is computed.
    bytes: graph.nodes.reduce((sum, node) => sum + bytesOf(node), 0),
    kernels: graph.nodes.reduce((sum, { op }) => sum + (op === null ? 0 : 1), 0),
    compile: () => ({
      codeBytes: 0,
      run: (inputs) =>
        // It has no place of its own, so all numbers are here. An output that is an input, or given twice, must not share memory with it.
        interpret(graph, inputs as readonly TypedArray[]).map(({ data }) => data.slice()),
    }),
  }),
};
