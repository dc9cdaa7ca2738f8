/** @file The graph that elimination starts from: a vertex per node and an edge per local Jacobian. */
import type { Node } from "../graph/node.ts";
import type { PathStep, Paths } from "../graph/walk.ts";
import { identityEdge } from "./edge.ts";
import { Elimination, type Vertex } from "./elimination.ts";
import { type JacobianTerms, localJacobian, sourceOf } from "./local.ts";

export interface LocalGraph {
  readonly graph: Elimination;
  /** The node of each vertex: inputs first, then the nodes between in topological order. */
  readonly nodes: readonly Node[];
  readonly vertices: ReadonlyMap<Node, Vertex>;
}

/**
 * @param jacobianTerms follows tangents; null where only stated structure counts
 * @returns null when `jacobianTerms` is, and some structure is not stated
 */
export function localGraph(
  { steps, active }: Paths,
  inputs: readonly Node[],
  jacobianTerms: JacobianTerms | null,
): LocalGraph | null {
  const graph = new Elimination();
  const vertices = new Map<Node, Vertex>();
  const nodes: Node[] = [];
  const vertexOf = (node: Node, step?: PathStep): Vertex => {
    const vertex = nodes.length;
    vertices.set(node, vertex);
    nodes.push(node);
    graph.addVertex(vertex, step);
    return vertex;
  };
  for (const input of inputs) vertexOf(input);
  for (const step of steps) {
    // Several results together are no vertex: each of them is.
    if (step.node.results !== undefined) continue;
    const vertex = vertexOf(step.node, step);
    for (const input of new Set(sourceOf(step).expression.inputs)) {
      const from = vertices.get(input);
      if (from === undefined || !active.has(input)) continue;
      const { terms, opaque } = localJacobian(step, input, jacobianTerms);
      if (opaque !== null && jacobianTerms === null) return null;
      if (terms.length === 0 && opaque === null) continue;
      graph.addEdge(from, vertex, { output: step.node, input, terms, opaque: opaque === null ? [] : [opaque] });
    }
  }
  return { graph, nodes, vertices };
}

/** Adds a vertex behind that of each output: one may be an input too, or lie on the way to another. */
export function addSinks({ graph, nodes, vertices }: LocalGraph, outputs: readonly Node[]): Vertex[] {
  return outputs.map((output, i) => {
    const sink = nodes.length + i;
    graph.addVertex(sink);
    const vertex = vertices.get(output);
    if (vertex !== undefined) graph.addEdge(vertex, sink, identityEdge(output));
    return sink;
  });
}
