/** @file Taking out operations that only matter to transforms: who reads what they pass on reads the source instead. */
import type { Graph } from "../graph/graph.ts";

/** The same graph without operations that pass their inputs on.  */
export function erase(graph: Graph): Graph {
  if (!graph.nodes.some(({ op }) => op?.passes)) return graph;
  const source: number[] = [];
  const nodes = graph.nodes.map((node, n) => {
    const inputs = node.inputs.map((input) => source[input]);
    const [first] = inputs;
    const inner = graph.nodes[first];
    if (node.op?.passes && node.results === undefined) source.push(first);
    else if (node.op?.name === "result" && inner.op?.passes) {
      source.push(source[inner.inputs[node.params.index as number]]);
    } else source.push(n);
    return { ...node, inputs };
  });
  return withoutUnused({ nodes, inputs: graph.inputs, outputs: graph.outputs.map((output) => source[output]) });
}

/** The same graph without nodes that nothing asked for needs. */
export function withoutUnused({ nodes, inputs, outputs }: Graph): Graph {
  const used = new Set([...inputs, ...outputs]);
  for (let n = nodes.length - 1; n >= 0; n--) if (used.has(n)) for (const input of nodes[n].inputs) used.add(input);
  const places = new Map<number, number>();
  const kept = nodes.filter((_, n) => {
    if (used.has(n)) places.set(n, places.size);
    return used.has(n);
  });
  const placeOf = (n: number): number => places.get(n)!;
  return {
    nodes: kept.map((node) => ({ ...node, inputs: node.inputs.map(placeOf) })),
    inputs: inputs.map(placeOf),
    outputs: outputs.map(placeOf),
  };
}
