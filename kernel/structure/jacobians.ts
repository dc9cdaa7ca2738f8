/** @file Jacobians of nodes with respect to nodes, by elimination of what lies between them in the cheapest order found. */
import type { Node } from "../graph/node.ts";
import type { Paths } from "../graph/walk.ts";
import { derivativePaths } from "../walks/paths.ts";
import { denseWork } from "./dense.ts";
import { type Edge, explicit, identityEdge, structuredOf } from "./edge.ts";
import { Elimination, type Vertex, weightOf } from "./elimination.ts";
import { localJacobian, sourceOf } from "./local.ts";
import { type Order, orders } from "./order.ts";
import type { Structured, Term } from "./term.ts";

export interface Eliminated {
  /** Per output and input; null where one does not depend on the other. */
  readonly jacobians: readonly (readonly (Structured | null)[])[];
  readonly report: EliminationReport;
}

export interface EliminationReport {
  /** The order that was cheapest. */
  readonly order: Order;
  /** Multiplications of the products along that order, and of writing the result out. */
  readonly multiplications: number;
  readonly vertices: number;
}

/** The graph with an edge for each local Jacobian; null where there is one without terms and that is not wanted. */
function graphOf(
  { steps, active }: Paths,
  inputs: readonly Node[],
  outputs: readonly Node[],
  withoutOpaque: boolean,
): { graph: Elimination; sinks: readonly Vertex[] } | null {
  const graph = new Elimination();
  const vertices = new Map<Node, Vertex>();
  let next = 0;
  const vertexOf = (node: Node): Vertex => {
    vertices.set(node, next);
    graph.addVertex(next);
    return next++;
  };
  for (const input of inputs) vertexOf(input);
  for (const step of steps) {
    // Several results together are no vertex: each of them is.
    if (step.node.results !== undefined) continue;
    const vertex = vertexOf(step.node);
    graph.inner.add(vertex);
    const seen = new Set<Node>();
    for (const input of sourceOf(step).expression.inputs) {
      if (!active.has(input) || seen.has(input)) continue;
      seen.add(input);
      const from = vertices.get(input);
      if (from === undefined) continue;
      const { terms, opaque } = localJacobian(step, input, jacobianTerms);
      if (opaque !== null && withoutOpaque) return null;
      if (terms.length === 0 && opaque === null) continue;
      graph.addEdge(from, vertex, { output: step.node, input, terms, opaque: opaque === null ? [] : [opaque] });
    }
  }
  const sinks = outputs.map((output) => {
    const sink = next++;
    graph.addVertex(sink);
    const vertex = vertices.get(output);
    if (vertex !== undefined) graph.addEdge(vertex, sink, identityEdge(output));
    return sink;
  });
  return { graph, sinks };
}

export interface EliminationOptions {
  /** Whether to give up where an operation has no structure. */
  readonly withoutOpaque?: boolean;
}

/**
 * The Jacobians of `outputs` with respect to `inputs`, which the paths start from, in terms.
 * @returns null when `withoutOpaque` says so
 */
export function eliminated(
  paths: Paths,
  inputs: readonly Node[],
  outputs: readonly Node[],
  { withoutOpaque = false }: EliminationOptions = {},
): Eliminated | null {
  const built = graphOf(paths, inputs, outputs, withoutOpaque);
  if (built === null) return null;
  const { graph, sinks } = built;
  const vertices = graph.inner.size;
  let best: { done: Elimination; edges: (Edge | null)[][]; order: Order; cost: number } | null = null;
  for (const { order, run } of orders(graph, inputs, outputs)) {
    const done = run(best?.cost ?? Number.POSITIVE_INFINITY);
    if (done === null) continue;
    const edges = sinks.map((sink) =>
      inputs.map((_, i) => {
        const edge = done.edge(i, sink);
        return edge === undefined ? null : explicit(edge, done.tally);
      }),
    );
    for (const edge of edges.flat()) if (edge !== null) done.tally.add(denseWork(structuredOf(edge)));
    const cost = weightOf(done.tally);
    if (best === null || cost < best.cost) best = { done, edges, order, cost };
  }
  const { done, edges, order } = best!;
  return {
    jacobians: edges.map((row) => row.map((edge) => edge && structuredOf(edge))),
    report: { order, multiplications: done.tally.multiplications, vertices },
  };
}

/** The terms of one Jacobian, where all between has structure. */
function jacobianTerms(input: Node, output: Node): readonly Term[] | null {
  const found = eliminated(derivativePaths([input], [output]), [input], [output], { withoutOpaque: true });
  return found === null ? null : (found.jacobians[0][0]?.terms ?? []);
}
