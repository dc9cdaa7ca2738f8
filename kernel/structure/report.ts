/** @file What was found by elimination, for who asks: explain. Costs nothing while nobody does. */
import type { Order } from "./order.ts";
import type { Structured } from "./term.ts";

/** A Jacobian or Hessian block. */
export interface FoundMatrix {
  readonly matrix: Structured;
  /** How many of its axes are the output's; the others are those of the inputs. */
  readonly outputAxes: number;
  readonly inputAxes: readonly number[];
}

export interface EliminationReport {
  /** First or second derivatives. */
  readonly derivatives: 1 | 2;
  /** The order that was cheapest. */
  readonly order: Order;
  /** How many vertices were eliminated. */
  readonly vertices: number;
  /** Of the products in that order, and of writing the blocks out. Slopes themselves are not among it. */
  readonly multiplications: number;
  /** Vectors taken through operations without structure. One that serves several positions at once is one colour. */
  readonly vectors: number;
  /** What unit vectors would take, pulled back or pushed forward one by one. For second derivatives both are the same. */
  readonly unitVectors: { readonly reverse: number; readonly forward: number };
  readonly blocks: readonly FoundMatrix[];
}

let reports: EliminationReport[] | null = null;

/** @param report made only if somebody wants it */
export function noteElimination(report: () => EliminationReport): void {
  reports?.push(report());
}

/** Runs `body`; gives its result and what was eliminated meanwhile. */
export function watchingEliminations<T>(body: () => T): {
  readonly result: T;
  readonly reports: readonly EliminationReport[];
} {
  const outer = reports;
  const own: EliminationReport[] = [];
  reports = own;
  try {
    return { result: body(), reports: own };
  } finally {
    reports = outer;
  }
}
