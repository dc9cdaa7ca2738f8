/** @file From a program of loops to the steps that the device and, where it must, this machine take. */
import type { BranchKernel, BufferId, HostKernel, Kernel, LoopKernel, LoopProgram } from "../../loops/ir.ts";
import type { Limits } from "./code/bindings.ts";
import { copyDispatches } from "./code/copy.ts";
import { dotDispatches } from "./code/dot.ts";
import { lineDispatches } from "./code/lines/line-dispatches.ts";
import { mapDispatches } from "./code/map.ts";
import { reduceDispatches } from "./code/reduce.ts";
import type { Dispatch } from "./code/shader.ts";

/** JavaScript on numbers that are read for it and written back. */
export interface HostStep {
  readonly kind: "host";
  readonly kernel: HostKernel;
}

export interface LoopStep {
  readonly kind: "loop";
  readonly times: number | { readonly steps: readonly Step[]; readonly test: BufferId };
  readonly steps: readonly Step[];
}

export interface BranchStep {
  readonly kind: "branch";
  readonly test: BufferId;
  readonly yes: readonly Step[];
  readonly no: readonly Step[];
}

export type Step = Dispatch | HostStep | LoopStep | BranchStep;

export interface Steps {
  readonly steps: readonly Step[];
  /** Room behind the arena's buffers that some step needs. */
  readonly scratch: number;
}

export function stepsOf(program: LoopProgram, limits: Limits): Steps {
  let scratch = 0;
  const list = (kernels: readonly Kernel[]): Step[] => kernels.flatMap(one);
  const loop = ({ times, before, body, after }: LoopKernel): Step[] => {
    const steps = [
      ...before.flatMap((copy) => copyDispatches(program, limits, copy)),
      ...list(body),
      ...after.flatMap((copy) => copyDispatches(program, limits, copy)),
    ];
    const test = typeof times === "number" ? times : { steps: list(times.kernels), test: times.test };
    return [{ kind: "loop", times: test, steps }];
  };
  const branch = ({ test, yes, no }: BranchKernel): Step[] => [{ kind: "branch", test, yes: list(yes), no: list(no) }];
  const host = (kernel: HostKernel): Step[] => {
    const made = lineDispatches(program, limits, kernel);
    if (made === null) return [{ kind: "host", kernel }];
    scratch = Math.max(scratch, made.scratch);
    return [...made.dispatches];
  };
  const one = (kernel: Kernel): Step[] => {
    switch (kernel.kind) {
      case "map":
        return mapDispatches(program, limits, kernel);
      case "reduce": {
        const made = reduceDispatches(program, limits, kernel);
        scratch = Math.max(scratch, made.scratch);
        return [...made.dispatches];
      }
      case "rows":
        return list(kernel.kernels);
      case "dot":
        return dotDispatches(program, limits, kernel);
      case "host":
        return host(kernel);
      case "loop":
        return loop(kernel);
      case "branch":
        return branch(kernel);
    }
  };
  return { steps: list(program.kernels), scratch };
}
