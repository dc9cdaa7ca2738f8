/** @file The compiler from end to end: graph → kernels → fewer kernels → order and place in memory. No backend in sight. */
import type { Graph } from "../graph/graph.ts";
import type { LoopProgram } from "../loops/ir.ts";
import { erase } from "./erase.ts";
import { chooseLayouts } from "./layout.ts";
import { type Draft, lower } from "./lower.ts";
import { planMemory } from "./memory.ts";
import { merge } from "./merge.ts";

const draft = (graph: Graph): Draft => chooseLayouts(merge(lower(erase(graph), draft)));

export const compile = (graph: Graph): LoopProgram => planMemory(draft(graph));
