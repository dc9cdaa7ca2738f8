/** @file The WebAssembly backend: compiles the graph to loops and assembles those to one module. */
import { compile } from "../../compiler/compile.ts";
import type { Backend } from "../backend.ts";
import { assemble } from "./assemble.ts";
import { LIMIT } from "./memory.ts";

/** @param fused whether multiplication and addition are one instruction, for which the engine must have relaxed SIMD */
export const wasmBackend = ({ fused }: { readonly fused: boolean }): Backend => ({
  name: "wasm",
  variant: fused ? "fused" : "strict",
  limit: LIMIT,
  plan(graph) {
    const program = compile(graph);
    return { bytes: program.arenaBytes, compile: () => assemble(program, { fused }) };
  },
});
