/** @file From a program of loops to a WebAssembly module that runs it. */
import type { TypedArray } from "../../dtype.ts";
import type { BufferId, Kernel, LoopProgram } from "../../loops/ir.ts";
import type { HostExecutable } from "../executable.ts";
import type { FunctionBuilder } from "./code/function.ts";
import { ModuleBuilder } from "./code/module.ts";
import { compileBranch, compileLoop } from "./control.ts";
import { compileDot } from "./gemm/dot.ts";
import { compileHost } from "./host.ts";
import { ARENA_BASE, checkSize, OWN_MEMORY_BYTES, SLACK_BYTES } from "./memory/memory.ts";
import { type Placed, apart as placedApart } from "./memory/placed.ts";
import { Views } from "./memory/views.ts";
import { compileMap } from "./nests/map.ts";
import type { Target } from "./nests/point.ts";
import { compileReduce } from "./nests/reduce.ts";
import { compileRows } from "./nests/rows.ts";
import { Runner } from "./runner.ts";
import { THREAD_WORKSPACE_BYTES } from "./threads/pool.ts";

export interface AssembleOptions {
  /** A program that needs more bytes than this gets a memory of its own, freed after each run. */
  readonly ownMemoryBytes?: number;
  /** Whether multiplication and addition are one instruction, for which the engine must have relaxed SIMD. */
  readonly fused?: boolean;
}

/** Compiles `program` to one WebAssembly module, synchronously. */
export function assemble(
  program: LoopProgram,
  { ownMemoryBytes = OWN_MEMORY_BYTES, fused = false }: AssembleOptions = {},
): HostExecutable {
  const module = new ModuleBuilder({ fused });
  const buffers = place(program);
  const commonAddress = ARENA_BASE + aligned(program.arenaBytes);
  let commonBytes = 0;
  let workspaceBytes = 0;
  const target: Target = {
    module,
    buffers,
    workspace(bytes) {
      workspaceBytes = Math.max(workspaceBytes, bytes);
    },
    common(bytes) {
      commonBytes = Math.max(commonBytes, bytes);
      return commonAddress;
    },
  };
  const views = new Views(buffers);
  const entry = module.define([], []);
  for (const kernel of program.kernels) compileKernel(target, kernel, (id) => views.of(id), entry);
  const workspace = commonAddress + aligned(commonBytes);
  const arenaEnd = workspace + workspaceBytes + SLACK_BYTES;
  checkSize(arenaEnd);
  const bytes = module.encode({ run: entry });
  // A program is kept long: what follows must not hold on to the loops or to the module as it was written.
  return new Runner(new WebAssembly.Module(bytes), module.imports(), views, {
    inputs: program.inputs,
    outputs: program.outputs,
    workspace,
    arenaEnd,
    portable: module.offers && workspaceBytes <= THREAD_WORKSPACE_BYTES ? module.portableImports() : undefined,
    codeBytes: bytes.length,
    isLarge: arenaEnd - ARENA_BASE > ownMemoryBytes,
  });
}

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

function place({ buffers }: LoopProgram): Placed[] {
  let slots = 0;
  return buffers.map(({ dtype, size, offset, apart }) =>
    apart ? placedApart(dtype, size, slots++) : { dtype, size, address: ARENA_BASE + offset },
  );
}

function compileKernel(
  target: Target,
  kernel: Kernel,
  view: (id: BufferId) => TypedArray,
  entry: FunctionBuilder,
): void {
  switch (kernel.kind) {
    case "map":
      compileMap(target, kernel, entry);
      return;
    case "reduce":
      compileReduce(target, kernel, entry);
      return;
    case "rows":
      compileRows(target, kernel, entry);
      return;
    case "dot":
      compileDot(target, kernel, entry);
      return;
    case "host":
      compileHost(target, kernel, view, entry);
      return;
    case "loop":
      compileLoop(target, kernel, (each, f) => compileKernel(target, each, view, f), entry);
      return;
    case "branch":
      compileBranch(target, kernel, (each, f) => compileKernel(target, each, view, f), entry);
  }
}
