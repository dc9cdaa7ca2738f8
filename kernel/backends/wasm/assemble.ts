/** @file From a program of loops to a WebAssembly module that runs it. */
import { type TypedArray, viewOf } from "../../dtype.ts";
import type { BufferId, Kernel, LoopProgram } from "../../loops/ir.ts";
import type { Executable } from "../executable.ts";
import { compileBranch, compileLoop } from "./control.ts";
import { compileDot } from "./dot.ts";
import type { FunctionBuilder } from "./function.ts";
import { compileHost } from "./host.ts";
import { compileMap } from "./map.ts";
import { ARENA_BASE, checkSize, ensure, OWN_MEMORY_BYTES, ownMemory, SLACK_BYTES, sharedMemory } from "./memory.ts";
import { ModuleBuilder } from "./module.ts";
import type { Target } from "./point.ts";
import { compileReduce } from "./reduce.ts";

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
): Executable {
  const module = new ModuleBuilder({ fused });
  const buffers = program.buffers.map(({ dtype, size, offset }) => ({ dtype, size, address: ARENA_BASE + offset }));
  const workspaceAddress = ARENA_BASE + Math.ceil(program.arenaBytes / 64) * 64;
  let workspaceBytes = 0;
  const target: Target = {
    module,
    buffers,
    workspace(bytes) {
      workspaceBytes = Math.max(workspaceBytes, bytes);
      return workspaceAddress;
    },
  };

  let memory: WebAssembly.Memory | undefined;
  let viewed: ArrayBuffer | undefined;
  let views: (TypedArray | undefined)[] = [];
  const view = (id: BufferId): TypedArray => {
    const { buffer } = memory!;
    if (buffer !== viewed) {
      viewed = buffer;
      views = [];
    }
    const { dtype, address, size } = buffers[id];
    views[id] ??= viewOf(dtype, buffer, address, size);
    return views[id];
  };

  const entry = module.define([], []);
  for (const kernel of program.kernels) compileKernel(target, kernel, view, entry);
  const bytesNeeded = workspaceAddress + workspaceBytes + SLACK_BYTES;
  checkSize(bytesNeeded);
  const bytes = module.encode(entry);
  const compiled = new WebAssembly.Module(bytes);
  // A program is kept long: what follows must not hold on to the loops or to the module as it was written.
  const imports = module.imports();
  const { inputs: inputIds, outputs: outputIds } = program;
  const start = (own: WebAssembly.Memory): (() => void) => {
    memory = own;
    return new WebAssembly.Instance(compiled, imports(own)).exports.run as () => void;
  };

  const exchange = (inputs: readonly TypedArray[], run: () => void): TypedArray[] => {
    for (const [i, id] of inputIds.entries()) view(id).set(inputs[i]);
    run();
    return outputIds.map((id) => view(id).slice());
  };

  const check = (inputs: readonly TypedArray[]): void => {
    const { length } = inputIds;
    if (inputs.length !== length) {
      throw new TypeError(`The program takes ${length} inputs, but ${inputs.length} were given.`);
    }
    for (const [i, id] of inputIds.entries()) {
      const { dtype, size } = buffers[id];
      if (inputs[i].length !== size) {
        throw new TypeError(
          `Input ${i} of the program is ${dtype} of ${size} elements, but an array of ${inputs[i].length} was given.`,
        );
      }
    }
  };

  if (bytesNeeded > ownMemoryBytes) {
    return {
      codeBytes: bytes.length,
      run(inputs) {
        check(inputs);
        const run = start(ownMemory(bytesNeeded));
        try {
          return exchange(inputs, run);
        } finally {
          memory = undefined;
          viewed = undefined;
          views = [];
        }
      },
    };
  }
  const run = start(sharedMemory());
  return {
    codeBytes: bytes.length,
    run(inputs) {
      check(inputs);
      ensure(memory!, bytesNeeded);
      return exchange(inputs, run);
    },
  };
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
