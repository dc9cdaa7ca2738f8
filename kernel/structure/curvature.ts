/** @file The curvature of every operation: its second derivative, times the adjoint of the operation. */
import type { Node } from "../graph/node.ts";
import { derivativePaths } from "../walks/paths.ts";
import { type Edge, structuredOf } from "./edge.ts";
import type { Vertex } from "./elimination.ts";
import { Tally } from "./factor.ts";
import { eliminated } from "./jacobians.ts";
import type { LocalGraph } from "./local-graph.ts";
import { multiplied, plus } from "./structured.ts";
import { SymmetricElimination } from "./symmetric-elimination.ts";
import { axisForm, identity, type Structured, type Term } from "./term.ts";

/**
 * A slope was made of what lies behind an input of its operation, past the input itself: `x · (1 / c)` becomes `x / c`. Its
 * derivative with respect to that input is not to be seen then.
 */
export class Hidden extends Error {}

/** Whether a value depends on a start of the graph otherwise than through `inputs`. */
function isPastInputs(value: Node, inputs: readonly Node[], starts: readonly Node[]): boolean {
  const others = starts.filter((start) => !inputs.includes(start));
  const { steps } = derivativePaths([...inputs, ...others], [value]);
  const read = [value, ...steps.flatMap(({ expression }) => expression.inputs)];
  return read.some((node) => others.includes(node));
}

/**
 * The derivatives of a local Jacobian, given in terms, with respect to the inputs of its node: axes of the node, of `u`, of
 * that input.
 * @param starts what the graph starts from
 * @throws Hidden
 */
function derivedTerms(
  node: Node,
  u: Node,
  terms: readonly Term[],
  inputs: readonly Node[],
  starts: readonly Node[],
  tally: Tally,
): Structured[] {
  const sums = inputs.map(
    (w): Structured => ({ shape: [...node.shape, ...u.shape, ...w.shape], dtype: node.dtype, terms: [] }),
  );
  for (const each of terms) {
    each.factors.forEach((factor, i) => {
      if (factor.dtype === "bool") return;
      // As it was stated: what lies behind a repetition may not be an input of this node but of one before it.
      const { node: value, labels, scale } = factor.stated ?? { node: factor.node, labels: factor.labels, scale: 1 };
      const { shape } = value;
      if (isPastInputs(value, inputs, starts)) throw new Hidden();
      const [slopes] = eliminated(derivativePaths(inputs, [value]), inputs, [value])!.jacobians;
      // The other factors as they are, and an axis for each label of this one.
      const opened: Term = {
        ...each,
        scale: each.scale / scale,
        forms: [...each.forms, ...labels.map((label, d) => axisForm(label, shape[d]))],
        factors: each.factors.filter((_, j) => j !== i),
      };
      const rest: Structured = { shape: [...node.shape, ...u.shape, ...shape], dtype: node.dtype, terms: [opened] };
      slopes.forEach((slope, k) => {
        if (slope === null) return;
        const derived = multiplied(rest, node.shape.length + u.shape.length, shape.length, slope, tally);
        sums[k] = plus(sums[k], derived, tally);
      });
    });
  }
  return sums;
}

/** Jacobians of `output` with respect to every vertex, in reverse. */
function adjointsOf({ graph, nodes, vertices }: LocalGraph, output: Node, tally: Tally): Map<Vertex, Structured> {
  const last = vertices.get(output);
  const adjoints = new Map<Vertex, Structured>();
  if (last === undefined) return adjoints;
  const { shape, dtype } = output;
  adjoints.set(last, { shape: [...shape, ...shape], dtype, terms: [identity(shape)] });
  for (let vertex = last; graph.inner.has(vertex); vertex--) {
    const adjoint = adjoints.get(vertex);
    if (adjoint === undefined) continue;
    graph.atVertex(vertex, () => {
      for (const [u, edge] of graph.into.get(vertex)!) {
        const added = multiplied(adjoint, shape.length, nodes[vertex].shape.length, structuredOf(edge), tally);
        const there = adjoints.get(u);
        adjoints.set(u, there === undefined ? added : plus(there, added, tally));
      }
    });
  }
  return adjoints;
}

/**
 * The graph with the curvature of every operation, and first-order edges only where some curvature lies behind them.
 * @throws Hidden
 */
export function curvedGraph(local: LocalGraph, output: Node): SymmetricElimination {
  const { graph, nodes } = local;
  const adjoints = adjointsOf(local, output, new Tally());
  const result = new SymmetricElimination(graph, nodes, output.shape.length);
  const starts = nodes.filter((_, vertex) => !graph.inner.has(vertex));
  const isNeeded = new Set<Vertex>();
  for (const vertex of [...graph.inner].reverse()) {
    const before = [...graph.into.get(vertex)!];
    const adjoint = adjoints.get(vertex);
    if (adjoint !== undefined) {
      graph.atVertex(vertex, () => {
        for (const [u, w] of addCurvature(result, nodes, starts, vertex, before, adjoint)) isNeeded.add(u).add(w);
      });
    }
    if (isNeeded.has(vertex)) for (const [u] of before) isNeeded.add(u);
  }
  for (const vertex of graph.inner) if (!isNeeded.has(vertex)) result.first.remove(vertex);
  return result;
}

/** Adds what one operation bends, times its adjoint; the pairs of vertices before it between which that is. */
function addCurvature(
  result: SymmetricElimination,
  nodes: readonly Node[],
  starts: readonly Node[],
  vertex: Vertex,
  before: readonly [Vertex, Edge][],
  adjoint: Structured,
): [Vertex, Vertex][] {
  const node = nodes[vertex];
  const outputAxes = adjoint.shape.length - node.shape.length;
  const inputs = before.map(([u]) => nodes[u]);
  const pairs: [Vertex, Vertex][] = [];
  for (const [u, { terms }] of before) {
    derivedTerms(node, nodes[u], terms, inputs, starts, result.tally).forEach((derived, k) => {
      const [w] = before[k];
      // Of two that mirror each other, the one met in this order.
      if (derived.terms.length === 0 || u > w) return;
      pairs.push([u, w]);
      result.add(u, w, multiplied(adjoint, outputAxes, node.shape.length, derived, result.tally));
    });
  }
  return pairs;
}
