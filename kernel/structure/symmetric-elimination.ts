/**
 * @file Elimination with symmetry. Beside its edges the graph has a curvature between vertices, `Σ adjoint · ∂²v/∂u∂u'`; a
 * vertex that is eliminated hands its own on to those before it. Of two that mirror each other only one is kept (Gower and
 * Mello, A new framework for the computation of Hessians, 2012, whose order is the reverse one).
 */
import type { Node } from "../graph/node.ts";
import { range } from "../shape.ts";
import { structuredOf } from "./edge.ts";
import { Elimination, type Vertex, weightOf } from "./elimination.ts";
import { Tally } from "./factor.ts";
import { multiplied, plus } from "./structured.ts";
import { permuted, type Structured } from "./term.ts";

/** Axes: those of the function's output, those of the first vertex, those of the second. */
type Curvature = Structured;

export class SymmetricElimination {
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
