/** @file The WebAssembly backend: compiles the graph to loops and assembles those to one module. */
import { compile } from "../../compiler/compile.ts";
import { PLAIN_STORAGE } from "../../compiler/memory.ts";
import { bytesPerElement } from "../../dtype.ts";
import type { LoopProgram } from "../../loops/ir.ts";
import type { Backend } from "../backend.ts";
import { assemble } from "./assemble.ts";
import { LIMIT, TABLE_SLOTS } from "./memory/memory.ts";
import { isWorthABlock, release, settle, share } from "./memory/residents.ts";

/** Inputs and results apart are in memory once, those in the arena there and in the caller's arrays. */
const bytesApart = ({ buffers, inputs }: LoopProgram): number =>
  inputs.reduce((sum, id) => sum + (buffers[id].apart ? buffers[id].size * bytesPerElement(buffers[id].dtype) : 0), 0);

/** @param fused whether multiplication and addition are one instruction, for which the engine must have relaxed SIMD */
export const wasmBackend = ({ fused }: { readonly fused: boolean }): Backend => ({
  name: "wasm",
  variant: fused ? "fused" : "strict",
  limit: LIMIT,
  residence: { settle, share, release },
  plan(graph) {
    let slots = TABLE_SLOTS;
    const program = compile(graph, {
      ...PLAIN_STORAGE,
      isApart: (bytes) => isWorthABlock(bytes) && slots-- > 0,
    });
    return {
      bytes: program.arenaBytes + bytesApart(program),
      kernels: program.kernels.length,
      compile: () => assemble(program, { fused }),
    };
  },
});
