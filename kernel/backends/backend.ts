/** @file The contract of a backend: it turns a graph into something that runs. */
import type { Graph } from "../graph/graph.ts";
import type { Executable } from "./executable.ts";

/** A graph of which it is known how it will run, but for which nothing was made yet. */
export interface Plan {
  /** Memory that a run takes, its inputs and results included, without the arrays that the caller gives and gets. */
  readonly bytes: number;
  compile(): Executable;
}

export interface Backend {
  readonly name: string;
  /** Tells backends of one name apart whose programs differ. */
  readonly variant?: string;
  /** The most that one program can have, whatever the budget, and what sets that limit. */
  readonly limit?: { readonly bytes: number; readonly reason: string };
  plan(graph: Graph): Plan;
}
