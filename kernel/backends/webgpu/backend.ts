/** @file The WebGPU backend: compiles the graph to loops, and those to shaders of which a program runs all in one go. */
import { compileKernels } from "../../compiler/compile.ts";
import type { Draft } from "../../compiler/lower.ts";
import { planMemory } from "../../compiler/memory.ts";
import { showShape } from "../../errors.ts";
import type { Graph } from "../../graph/graph.ts";
import type { BufferId, Kernel } from "../../loops/ir.ts";
import { accesses } from "../../loops/walk.ts";
import type { Backend } from "../backend.ts";
import { ELEMENT_BYTES, type Limits, noFloat64 } from "./code/bindings.ts";
import { brought, PLACE } from "./device/array.ts";
import type { Processor, ProcessorInfo } from "./device/processor.ts";
import { Runner } from "./runner.ts";

/** Refuses what a graphics processor has no numbers for, before anything is compiled. */
function requireSingle({ nodes }: Graph): void {
  for (const { op, dtype, shape, results = [] } of nodes) {
    if (dtype !== "float64" && results.every((each) => each.dtype !== "float64")) continue;
    throw noFloat64(`${op === null ? "an input" : `the result of ${op.name}`} of shape ${showShape(shape)}`);
  }
}

/** Bindings that are left for inputs and results when the arena has one. */
const roomFor = ({ bindings }: Limits): number => bindings - 1;

/**
 * The inputs and results that shaders see where they are: all, unless one kernel has more of them than may be bound at
 * once. Then the smallest are copied to the arena and back.
 */
function seenWhereTheyAre({ inputs, outputs, kernels, buffers }: Draft, limits: Limits): ReadonlySet<BufferId> {
  const apart = new Set([...inputs, ...outputs]);
  const leaves = (kernel: Kernel): Kernel[] => (kernel.kind === "rows" ? kernel.kernels.flatMap(leaves) : [kernel]);
  for (const kernel of kernels.flatMap(leaves)) {
    for (const { reads, writes } of accesses(kernel)) {
      const bound = [...new Set([...reads, ...writes])].filter((id) => apart.has(id));
      bound.sort((a, b) => buffers[a].size - buffers[b].size);
      for (const id of bound.slice(0, Math.max(0, bound.length - roomFor(limits)))) apart.delete(id);
    }
  }
  return apart;
}

/** As much as the engine says: browsers often tell the maker and the kind only. */
function nameOf({ vendor, architecture, device, description, isEmulated }: ProcessorInfo): string {
  const name = description || [vendor, architecture, device].filter((part) => part !== "").join(" ");
  return isEmulated ? `${name || "unnamed"}, emulated` : name;
}

export const webgpuBackend = (processor: Processor): Backend => ({
  name: "webgpu",
  place: PLACE,
  device: nameOf(processor.info),
  limit: {
    bytes: processor.limits.bufferBytes,
    reason: "what this graphics processor gives to one program",
  },
  bring(dtype, data, storage) {
    if (dtype === "float64") throw noFloat64("this tensor");
    return brought(processor, dtype, data, storage === "float16");
  },
  finished: () => processor.finished(),
  plan(graph) {
    requireSingle(graph);
    const { limits } = processor;
    const draft = compileKernels(graph);
    const apart = seenWhereTheyAre(draft, limits);
    const program = planMemory(draft, {
      alignment: limits.alignment,
      bytesPerElement: () => ELEMENT_BYTES,
      isApart: (_, buffer) => apart.has(buffer),
    });
    return {
      bytes: program.arenaBytes,
      kernels: program.kernels.length,
      compile: () => new Runner(processor, program),
    };
  },
});
