/**
 * @file Second derivatives, by elimination with symmetry. Beside its edges the graph has a curvature between vertices,
 * `Σ adjoint · ∂²v/∂u∂u'`; a vertex that is eliminated hands its own on to those before it. Of two that mirror each other
 * only one is kept (Gower and Mello, A new framework for the computation of Hessians, 2012, whose order is the reverse one).
 */
import type { Node } from "../graph/node.ts";
import type { PathStep, Paths } from "../graph/walk.ts";
import { range } from "../shape.ts";
import { derivativePaths } from "../walks/paths.ts";
import { denseWork } from "./dense.ts";
import { type Edge, structuredOf } from "./edge.ts";
import { Elimination, type Vertex, weightOf } from "./elimination.ts";
import { factorOf, Tally } from "./factor.ts";
import { eliminated, jacobianTerms } from "./jacobians.ts";
import { sourceOf } from "./local.ts";
import { type LocalGraph, localGraph } from "./local-graph.ts";
import { type Order, total } from "./order.ts";
import type { EliminationReport } from "./report.ts";
import { multiplied, plus } from "./structured.ts";
import { axisForm, identity, labelsFor, permuted, type Structured, type Term } from "./term.ts";

/** Axes: those of the function's output, those of the first vertex, those of the second. */
type Curvature = Structured;

/** Whether second derivatives of a rule that a person wrote need not be symmetric. */
const isTrusted = (step: PathStep): boolean => sourceOf(step).expression.op.name !== "custom";

class SymmetricElimination {
  readonly first: Elimination;
  readonly tally = new Tally();
  readonly #rank: number;
  readonly #nodes: readonly Node[];
  /** Keyed by both vertices, the smaller first. */
  readonly #curvatures: Map<Vertex, Map<Vertex, Curvature>>;

  constructor(first: Elimination, nodes: readonly Node[], rank: number, from?: SymmetricElimination) {
    this.first = new Elimination(first);
    this.#nodes = nodes;
    this.#rank = rank;
    const known = from === undefined ? [] : [...from.#curvatures];
    this.#curvatures = new Map(known.map(([v, others]) => [v, new Map(others)]));
    if (from !== undefined) this.tally.add(from.tally);
  }

  copy(): SymmetricElimination {
    return new SymmetricElimination(this.first, this.#nodes, this.#rank, this);
  }

  #rankOf(vertex: Vertex): number {
    return this.#nodes[vertex].shape.length;
  }

  between(a: Vertex, b: Vertex): Curvature | null {
    const found = this.#curvatures.get(Math.min(a, b))?.get(Math.max(a, b));
    if (found === undefined) return null;
    return a <= b ? found : this.#mirrored(found, b, a);
  }

  /** The same with the two vertices in the other order. */
  #mirrored(given: Curvature, first: Vertex, second: Vertex): Curvature {
    const [p, q] = [this.#rankOf(first), this.#rankOf(second)];
    return permuted(given, [...range(this.#rank), ...range(q, this.#rank + p), ...range(p, this.#rank)]);
  }

  add(a: Vertex, b: Vertex, given: Curvature): void {
    if (given.terms.length === 0) return;
    const [first, second] = a <= b ? [a, b] : [b, a];
    const ordered = a <= b ? given : this.#mirrored(given, a, b);
    const others = this.#curvatures.get(first) ?? new Map<Vertex, Curvature>();
    this.#curvatures.set(first, others);
    const there = others.get(second);
    others.set(second, there === undefined ? ordered : plus(there, ordered, this.tally));
  }

  /** All curvatures of a vertex, with its own axes first. */
  #of(vertex: Vertex): [Vertex, Curvature][] {
    const found: [Vertex, Curvature][] = [];
    for (const [first, others] of this.#curvatures) {
      for (const second of others.keys()) {
        if (first === vertex) found.push([second, this.between(vertex, second)!]);
        else if (second === vertex) found.push([first, this.between(vertex, first)!]);
      }
    }
    return found;
  }

  eliminate(vertex: Vertex): void {
    this.first.atVertex(vertex, () => this.#handOn(vertex));
    this.first.eliminate(vertex);
  }

  /** The curvatures of a vertex to those before it. */
  #handOn(vertex: Vertex): void {
    const before = [...this.first.into.get(vertex)!];
    const rank = this.#rankOf(vertex);
    for (const [other, curvature] of this.#of(vertex)) {
      this.#curvatures.get(Math.min(vertex, other))!.delete(Math.max(vertex, other));
      for (const [i, [u, edge]] of before.entries()) {
        const half = multiplied(curvature, this.#rank, rank, structuredOf(edge), this.tally);
        if (other !== vertex) {
          this.add(u, other, half);
          // The one between u and itself is met in both orders.
          if (u === other) this.add(u, u, this.#mirrored(half, u, u));
          continue;
        }
        for (const [w, second] of before.slice(i)) {
          this.add(u, w, multiplied(half, this.#rank + this.#rankOf(u), rank, structuredOf(second), this.tally));
        }
      }
    }
  }

  get cost(): number {
    return weightOf(this.tally) + weightOf(this.first.tally);
  }
}

/** A product was made of what lies behind an input, past the input itself. */
class Hidden extends Error {}

function unlessHidden<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof Hidden) return null;
    throw error;
  }
}

/**
 * The derivatives of a local Jacobian, given in terms, with respect to the inputs of its node: axes of the node, of `u`, of
 * that input.
 */
function derivedTerms(
  node: Node,
  u: Node,
  terms: readonly Term[],
  inputs: readonly Node[],
  tally: Tally,
): Structured[] {
  const sums = inputs.map(
    (w): Structured => ({ shape: [...node.shape, ...u.shape, ...w.shape], dtype: node.dtype, terms: [] }),
  );
  const hidden = inputs.flatMap((input) => {
    const { factor } = factorOf(input, labelsFor(input.shape));
    return factor === null || factor.node === input ? [] : [factor.node];
  });
  for (const each of terms) {
    each.factors.forEach((factor, i) => {
      if (factor.dtype === "bool") return;
      // As it was stated: what lies behind a repetition may not be an input of this node but of one before it.
      const { node: value, labels, scale } = factor.stated ?? { node: factor.node, labels: factor.labels, scale: 1 };
      const { shape } = value;
      const marks = [...inputs, ...hidden];
      const [slopes] = eliminated(derivativePaths(marks, [value]), marks, [value])!.jacobians;
      if (slopes.some((slope, k) => k >= inputs.length && slope !== null)) throw new Hidden();
      // The other factors as they are, and an axis for each label of this one.
      const opened: Term = {
        ...each,
        scale: each.scale / scale,
        forms: [...each.forms, ...labels.map((label, d) => axisForm(label, shape[d]))],
        factors: each.factors.filter((_, j) => j !== i),
      };
      const rest: Structured = { shape: [...node.shape, ...u.shape, ...shape], dtype: node.dtype, terms: [opened] };
      slopes.slice(0, inputs.length).forEach((slope, k) => {
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
function curvedGraph(local: LocalGraph, output: Node): SymmetricElimination {
  const { graph, nodes } = local;
  const adjoints = adjointsOf(local, output, new Tally());
  const result = new SymmetricElimination(graph, nodes, output.shape.length);
  const isNeeded = new Set<Vertex>();
  for (const vertex of [...graph.inner].reverse()) {
    const before = [...graph.into.get(vertex)!];
    const adjoint = adjoints.get(vertex);
    if (adjoint !== undefined) {
      graph.atVertex(vertex, () => {
        for (const [u, w] of addCurvature(result, nodes, vertex, before, adjoint)) isNeeded.add(u).add(w);
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
  vertex: Vertex,
  before: readonly [Vertex, Edge][],
  adjoint: Structured,
): [Vertex, Vertex][] {
  const node = nodes[vertex];
  const outputAxes = adjoint.shape.length - node.shape.length;
  const inputs = before.map(([u]) => nodes[u]);
  const pairs: [Vertex, Vertex][] = [];
  for (const [u, { terms }] of before) {
    derivedTerms(node, nodes[u], terms, inputs, result.tally).forEach((derived, k) => {
      const [w] = before[k];
      // Of two that mirror each other, the one met in this order.
      if (derived.terms.length === 0 || u > w) return;
      pairs.push([u, w]);
      result.add(u, w, multiplied(adjoint, outputAxes, node.shape.length, derived, result.tally));
    });
  }
  return pairs;
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
