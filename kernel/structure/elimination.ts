/**
 * @file Vertex elimination: the graph between inputs and outputs loses one vertex after the other, each replaced by the
 * products of the Jacobians before and behind it, until only edges from inputs to outputs are left (Griewank and Walther,
 * Evaluating Derivatives, 2nd ed., ch. 9). Every order gives the same sums of products; what they cost differs.
 */
import { whileWalking } from "../graph/origin.ts";
import type { PathStep } from "../graph/walk.ts";
import { addedEdges, composed, type Edge } from "./edge.ts";
import { Tally } from "./factor.ts";
import { entriesOf } from "./term.ts";

/** Inputs come first, then the nodes between in topological order, then the outputs. */
export type Vertex = number;

/** The graph while it is eliminated. Edges are never changed, only replaced, so a copy of the maps is a copy. */
export class Elimination {
  readonly into: Map<Vertex, Map<Vertex, Edge>>;
  readonly outOf: Map<Vertex, Map<Vertex, Edge>>;
  /** Vertices that are neither inputs nor outputs, in topological order. */
  readonly inner: Set<Vertex>;
  /** What each inner vertex stands for. */
  readonly steps: Map<Vertex, PathStep>;
  readonly tally = new Tally();
  readonly #products: WeakMap<Edge, WeakMap<Edge, Product>>;

  constructor(from?: Elimination) {
    const copy = (maps: Map<Vertex, Map<Vertex, Edge>>) => new Map([...maps].map(([v, edges]) => [v, new Map(edges)]));
    this.into = from === undefined ? new Map() : copy(from.into);
    this.outOf = from === undefined ? new Map() : copy(from.outOf);
    this.inner = new Set(from?.inner);
    this.steps = from === undefined ? new Map() : from.steps;
    this.#products = from === undefined ? new WeakMap() : from.#products;
    if (from !== undefined) this.tally.add(from.tally);
  }

  addVertex(vertex: Vertex, step?: PathStep): void {
    this.into.set(vertex, new Map());
    this.outOf.set(vertex, new Map());
    if (step === undefined) return;
    this.inner.add(vertex);
    this.steps.set(vertex, step);
  }

  edge(from: Vertex, to: Vertex): Edge | undefined {
    return this.into.get(to)?.get(from);
  }

  addEdge(from: Vertex, to: Vertex, edge: Edge): void {
    const there = this.edge(from, to);
    const sum = there === undefined ? edge : addedEdges(there, edge, this.tally);
    this.into.get(to)!.set(from, sum);
    this.outOf.get(from)!.set(to, sum);
  }

  /** One product of edges; every order that needs it shares it. */
  product(second: Edge, first: Edge): Product {
    let byFirst = this.#products.get(second);
    if (byFirst === undefined) {
      byFirst = new WeakMap();
      this.#products.set(second, byFirst);
    }
    let product = byFirst.get(first);
    if (product === undefined) {
      const tally = new Tally();
      product = { edge: composed(second, first, tally), tally };
      byFirst.set(first, product);
    }
    return product;
  }

  /** What it would cost to eliminate a vertex now. */
  costOf(vertex: Vertex): number {
    let cost = 0;
    this.atVertex(vertex, () => {
      for (const first of this.into.get(vertex)!.values()) {
        for (const second of this.outOf.get(vertex)!.values()) cost += weightOf(this.product(second, first).tally);
      }
    });
    return cost;
  }

  /** What `body` makes is of the derivative of that vertex. */
  atVertex(vertex: Vertex, body: () => void): void {
    whileWalking(this.steps.get(vertex)!, true, body);
  }

  /** Multiplications to take one vector along all edges. */
  workPerVector(): number {
    let work = 0;
    for (const edges of this.into.values()) {
      for (const { terms } of edges.values()) {
        for (const term of terms) if (term.factors.some(({ dtype }) => dtype !== "bool")) work += entriesOf(term);
      }
    }
    return work;
  }

  eliminate(vertex: Vertex): void {
    const before = this.into.get(vertex)!;
    const behind = this.outOf.get(vertex)!;
    this.atVertex(vertex, () => {
      for (const [from, first] of before) {
        for (const [to, second] of behind) {
          const { edge, tally } = this.product(second, first);
          this.tally.add(tally);
          if (edge.terms.length > 0 || edge.opaque.length > 0) this.addEdge(from, to, edge);
        }
      }
    });
    this.remove(vertex);
  }

  /** Takes a vertex and its edges away, and puts nothing in their place. */
  remove(vertex: Vertex): void {
    const before = this.into.get(vertex)!;
    const behind = this.outOf.get(vertex)!;
    for (const from of before.keys()) this.outOf.get(from)!.delete(vertex);
    for (const to of behind.keys()) this.into.get(to)!.delete(vertex);
    this.into.delete(vertex);
    this.outOf.delete(vertex);
    this.inner.delete(vertex);
  }
}

interface Product {
  readonly edge: Edge;
  readonly tally: Tally;
}

/** Writing an entry takes about as long as a few multiplications. */
const WRITE_WEIGHT = 2;
export const weightOf = ({ multiplications, written }: Tally): number => multiplications + WRITE_WEIGHT * written;
