/** @file The contract of a backend: it turns a graph into something that runs. */
import type { Graph } from "../graph/graph.ts";
import type { Executable } from "./executable.ts";

export interface Backend {
  readonly name: string;
  compile(graph: Graph): Executable;
}
