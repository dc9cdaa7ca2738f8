/** @file The oracle: every node by its primitive's own reference evaluation, one after the other, nothing fused. */
import { interpret } from "../interpret.ts";
import type { Backend } from "./backend.ts";

export const referenceBackend: Backend = {
  name: "reference",
  compile: (graph) => ({
    run: (inputs) =>
      // An output that is an input, or given twice, must not share memory with it.
      interpret(graph, inputs).map(({ data }) => data.slice()),
  }),
};
