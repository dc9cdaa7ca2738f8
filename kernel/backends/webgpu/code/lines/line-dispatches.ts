/** @file The code for an operation on lines, if there is any: else it is done by this machine. */
import type { HostKernel, LoopProgram } from "../../../../loops/ir.ts";
import type { Limits } from "../bindings.ts";
import { extremeDispatches } from "./extreme.ts";
import { type LineDispatches, linesOf } from "./line.ts";
import { scanDispatches } from "./scan.ts";
import { lastWriterDispatches, searchDispatches } from "./search.ts";
import { sortDispatches } from "./sort.ts";

export function lineDispatches(program: LoopProgram, limits: Limits, kernel: HostKernel): LineDispatches | null {
  const { operation } = kernel;
  if (operation === undefined) return null;
  // What has no entries has no shader; the routine knows what that gives.
  if (linesOf(operation) * operation.extent === 0) return null;
  if (kernel.outputs.some((output) => program.buffers[output].size === 0)) return null;
  switch (operation.name) {
    case "cumsum":
      return scanDispatches({ program, limits, kernel, operation });
    case "argmax":
    case "argmin":
      return extremeDispatches({ program, limits, kernel, operation });
    case "argsort":
      return sortDispatches({ program, limits, kernel, operation });
    case "searchSorted":
      return searchDispatches({ program, limits, kernel, operation });
    case "lastWriter":
      return lastWriterDispatches({ program, limits, kernel, operation });
  }
}
