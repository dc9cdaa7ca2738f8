/** @file The WebAssembly backend: compiles the graph to loops and assembles those to one module. */
import { compile } from "../../compiler/compile.ts";
import type { Backend } from "../backend.ts";
import { assemble } from "./assemble.ts";
import { LIMIT } from "./memory.ts";

export const wasmBackend: Backend = {
  name: "wasm",
  limit: LIMIT,
  plan(graph) {
    const program = compile(graph);
    return { bytes: program.arenaBytes, compile: () => assemble(program) };
  },
};
