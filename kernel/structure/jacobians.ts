/** @file Jacobians of nodes with respect to nodes, by elimination of what lies between them in the cheapest order found. */
import type { Node } from "../graph/node.ts";
import type { Paths } from "../graph/walk.ts";
import { derivativePaths } from "../walks/paths.ts";
import { denseWork } from "./dense.ts";
import { type Edge, explicit, structuredOf } from "./edge.ts";
import { type Elimination, weightOf } from "./elimination.ts";
import { addSinks, localGraph } from "./local-graph.ts";
import { type Order, orders, total } from "./order.ts";
import type { EliminationReport } from "./report.ts";
import type { Structured, Term } from "./term.ts";

export interface Eliminated {
  /** Per output and input; null where one does not depend on the other. */
  readonly jacobians: readonly (readonly (Structured | null)[])[];
  readonly report: () => EliminationReport;
}

export interface EliminationOptions {
  /** Whether to give up where an operation does not state its structure. */
  readonly statedOnly?: boolean;
}

/**
 * The Jacobians of `outputs` with respect to `inputs`, which the paths start from, in terms.
 * @returns null when `statedOnly` says so
 */
export function eliminated(
  paths: Paths,
  inputs: readonly Node[],
  outputs: readonly Node[],
  { statedOnly = false }: EliminationOptions = {},
): Eliminated | null {
  const local = localGraph(paths, inputs, statedOnly ? null : jacobianTerms);
  if (local === null) return null;
  const { graph } = local;
  const sinks = addSinks(local, outputs);
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
  const unitVectors = (work: number) => ({ reverse: total(outputs) * work, forward: total(inputs) * work });
  const jacobians = edges.map((row) => row.map((edge) => edge && structuredOf(edge)));
  return {
    jacobians,
    report: () => ({
      derivatives: 1,
      order,
      vertices,
      multiplications: done.tally.multiplications,
      vectors: done.tally.vectors,
      unitVectors: unitVectors(graph.workPerVector()),
      blocks: jacobians.flatMap((row, i) =>
        row.flatMap((matrix, j) =>
          matrix === null ? [] : [{ matrix, outputAxes: outputs[i].shape.length, inputAxes: [inputs[j].shape.length] }],
        ),
      ),
    }),
  };
}

/** The terms of one Jacobian, where all between states its structure. */
export function jacobianTerms(input: Node, output: Node, others: readonly Node[] = []): readonly Term[] | null {
  const marks = [input, ...others];
  const found = eliminated(derivativePaths(marks, [output]), marks, [output], { statedOnly: true });
  return found === null ? null : (found.jacobians[0][0]?.terms ?? []);
}
