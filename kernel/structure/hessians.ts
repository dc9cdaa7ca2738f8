/** @file Second derivatives of a node with respect to pairs of nodes, by elimination with symmetry. */
import type { Node } from "../graph/node.ts";
import type { PathStep, Paths } from "../graph/walk.ts";
import { curvedGraph, Hidden } from "./curvature.ts";
import { denseWork } from "./dense.ts";
import type { Vertex } from "./elimination.ts";
import { jacobianTerms } from "./jacobians.ts";
import { sourceOf } from "./local.ts";
import { localGraph } from "./local-graph.ts";
import { type Order, total } from "./order.ts";
import type { EliminationReport } from "./report.ts";
import type { SymmetricElimination } from "./symmetric-elimination.ts";
import type { Structured } from "./term.ts";

/** Whether second derivatives of a rule that a person wrote need not be symmetric. */
const isTrusted = (step: PathStep): boolean => sourceOf(step).expression.op.name !== "custom";

function unlessHidden<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof Hidden) return null;
    throw error;
  }
}

/** Vertices up to which more than one order is tried. */
const MOST_SEARCHED = 200;

export interface SecondDerivatives {
  /** Per pair of inputs: axes of the output, of the first, of the second. Null where they are zero. */
  readonly blocks: readonly (readonly (Structured | null)[])[];
  readonly report: () => EliminationReport;
}

/**
 * The second derivatives of one output with respect to pairs of `inputs`, which the paths start from.
 * @returns null when some operation has no structure, or a rule of its own that need not be symmetric
 */
export function secondDerivatives(paths: Paths, inputs: readonly Node[], output: Node): SecondDerivatives | null {
  if (!paths.steps.every(isTrusted)) return null;
  const local = localGraph(paths, inputs, jacobianTerms);
  if (local === null) return null;
  for (const edges of local.graph.into.values()) {
    for (const { opaque } of edges.values()) if (opaque.length > 0) return null;
  }
  const start = unlessHidden(() => curvedGraph(local, output));
  if (start === null) return null;
  const vertices = [...start.first.inner];
  const orders: [Order, readonly Vertex[]][] = [
    ["reverse", [...vertices].reverse()],
    ["forward", vertices],
  ];
  let best: { done: SymmetricElimination; cost: number; order: Order } | null = null;
  for (const [order, sequence] of vertices.length > MOST_SEARCHED ? orders.slice(0, 1) : orders) {
    const done = start.copy();
    for (const vertex of sequence) {
      done.eliminate(vertex);
      if (best !== null && done.cost >= best.cost) break;
    }
    if (done.first.inner.size > 0) continue;
    inputs.forEach((_, i) => {
      inputs.slice(i).forEach((_each, j) => {
        const found = done.between(i, i + j);
        if (found !== null) done.tally.add(denseWork(found));
      });
    });
    if (best === null || done.cost < best.cost) best = { done, cost: done.cost, order };
  }
  const { done, order } = best!;
  const blocks = inputs.map((_, i) => inputs.map((_each, j) => done.between(i, j)));
  const report = (): EliminationReport => {
    // A tangent goes along every edge twice: to the vertex, and in its adjoint.
    const unitVectors = 2 * output.size * total(inputs) * local.graph.workPerVector();
    return {
      derivatives: 2,
      order,
      vertices: vertices.length,
      multiplications: done.tally.multiplications + done.first.tally.multiplications,
      vectors: 0,
      unitVectors: { reverse: unitVectors, forward: unitVectors },
      blocks: blocks.flatMap((row, i) =>
        row.flatMap((matrix, j) =>
          matrix === null
            ? []
            : [
                {
                  matrix,
                  outputAxes: output.shape.length,
                  inputAxes: [inputs[i].shape.length, inputs[j].shape.length],
                },
              ],
        ),
      ),
    };
  };
  return { blocks, report };
}
