/** @file The compiler from end to end: graph → kernels → fewer kernels → order and place in memory. No backend in sight. */
import type { Graph } from "../graph/graph.ts";
import type { LoopProgram } from "../loops/ir.ts";
import { erase } from "./erase.ts";
import { chooseLayouts } from "./layout.ts";
import { type Draft, lower } from "./lower.ts";
import { PLAIN_STORAGE, planMemory, type Storage } from "./memory.ts";
import { dropDeadStores, merge } from "./merge.ts";
import { gatherOverlaps } from "./overlaps.ts";
import { groupRows } from "./rows.ts";
import { tidyKernels } from "./tidy.ts";

/** Not in groups yet: in a body, what passes between its iterations is found by its kernels. */
const draft = (graph: Graph): Draft =>
  chooseLayouts(dropDeadStores(tidyKernels(merge(lower(gatherOverlaps(erase(graph)), draft)))));

export const compile = (graph: Graph, storage: Storage = PLAIN_STORAGE): LoopProgram =>
  planMemory(groupRows(draft(graph)), storage);

/** The kernels of a graph for a backend that runs each for itself, and chooses where its buffers are when it has seen them. */
export const compileKernels = (graph: Graph): Draft => draft(graph);
