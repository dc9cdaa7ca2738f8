/** @file The WebAssembly backend: compiles the graph to loops and assembles those to one module. */
import { compile } from "../../compiler/compile.ts";
import type { Backend } from "../backend.ts";
import { assemble } from "./assemble.ts";

export const wasmBackend: Backend = { name: "wasm", compile: (graph) => assemble(compile(graph)) };
