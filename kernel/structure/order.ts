/**
 * @file Orders of elimination. Which one is cheapest is NP-complete to find (Naumann 2008), so a few are tried: forward,
 * reverse, the greedy one that takes whichever vertex is cheapest next (after Markowitz), and for a chain the best
 * bracketing. The search is bounded: one of the first two is always finished, the others only while they are cheaper.
 */
import type { Node } from "../graph/node.ts";
import type { Edge } from "./edge.ts";
import { Elimination, type Vertex, weightOf } from "./elimination.ts";

export type Order = "forward" | "reverse" | "greedy" | "chain";

export interface Candidate {
  readonly order: Order;
  /** The graph with nothing left between inputs and outputs; null once it costs more than `limit`. */
  run(limit: number): Elimination | null;
}

/** Vertices up to which more than one order is tried. */
const MOST_SEARCHED = 300;
/** Edges of a chain up to which all bracketings are compared. */
const LONGEST_CHAIN = 24;

/** Entries of all. */
export const total = (nodes: readonly Node[]): number => nodes.reduce((sum, { size }) => sum + size, 0);

export function orders(graph: Elimination, inputs: readonly Node[], outputs: readonly Node[]): Candidate[] {
  const vertices = [...graph.inner];
  const forward: Candidate = { order: "forward", run: (limit) => inOrder(graph, vertices, limit) };
  const reverse: Candidate = { order: "reverse", run: (limit) => inOrder(graph, [...vertices].reverse(), limit) };
  const both = total(inputs) < total(outputs) ? [forward, reverse] : [reverse, forward];
  if (vertices.length < 2) return both.slice(0, 1);
  if (vertices.length > MOST_SEARCHED) return both.slice(0, 1);
  const chain = chainOf(graph);
  const last: Candidate =
    chain !== null && chain.length <= LONGEST_CHAIN + 1
      ? { order: "chain", run: () => bracketed(graph, chain) }
      : { order: "greedy", run: (limit) => greedily(graph, limit) };
  return [...both, last];
}

function inOrder(start: Elimination, vertices: readonly Vertex[], limit: number): Elimination | null {
  const graph = new Elimination(start);
  for (const vertex of vertices) {
    graph.eliminate(vertex);
    if (weightOf(graph.tally) >= limit) return null;
  }
  return graph;
}

function greedily(start: Elimination, limit: number): Elimination | null {
  const graph = new Elimination(start);
  const costs = new Map<Vertex, number>([...graph.inner].map((vertex) => [vertex, graph.costOf(vertex)]));
  while (costs.size > 0) {
    let next = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const [vertex, cost] of costs) {
      if (cost < least) [next, least] = [vertex, cost];
      if (cost === 0) break;
    }
    const around = [...graph.into.get(next)!.keys(), ...graph.outOf.get(next)!.keys()];
    graph.eliminate(next);
    costs.delete(next);
    if (weightOf(graph.tally) >= limit) return null;
    for (const vertex of around) if (costs.has(vertex)) costs.set(vertex, graph.costOf(vertex));
  }
  return graph;
}

/** The vertices of a graph that is one path, ends included. */
function chainOf(graph: Elimination): Vertex[] | null {
  for (const vertex of graph.inner) {
    if (graph.into.get(vertex)!.size !== 1 || graph.outOf.get(vertex)!.size !== 1) return null;
  }
  const [first] = graph.inner;
  let [[at]] = graph.into.get(first)!;
  const chain = [at];
  while (chain.length < graph.inner.size + 2) {
    const behind = graph.outOf.get(at)!;
    if (behind.size !== 1) return null;
    [[at]] = behind;
    chain.push(at);
  }
  return graph.inner.has(at) ? null : chain;
}

/** The product of a chain of Jacobians by dynamic programming over its brackets. */
function bracketed(start: Elimination, chain: readonly Vertex[]): Elimination {
  const graph = new Elimination(start);
  const count = chain.length - 1;
  const best: { edge: Edge; cost: number; split: number }[][] = [];
  for (let i = count - 1; i >= 0; i--) {
    best[i] = [];
    best[i][i] = { edge: graph.edge(chain[i], chain[i + 1])!, cost: 0, split: i };
    for (let j = i + 1; j < count; j++) {
      for (let split = i; split < j; split++) {
        const [first, second] = [best[i][split], best[split + 1][j]];
        const paid = first.cost + second.cost;
        if (best[i][j] !== undefined && paid >= best[i][j].cost) continue;
        const product = graph.product(second.edge, first.edge);
        const cost = paid + weightOf(product.tally);
        if (best[i][j] === undefined || cost < best[i][j].cost) best[i][j] = { edge: product.edge, cost, split };
      }
    }
  }
  // The vertex of an inner bracket goes before the one that its product meets.
  const eliminate = (i: number, j: number): void => {
    if (i === j) return;
    const { split } = best[i][j];
    eliminate(i, split);
    eliminate(split + 1, j);
    graph.eliminate(chain[split + 1]);
  };
  eliminate(0, count - 1);
  return graph;
}
