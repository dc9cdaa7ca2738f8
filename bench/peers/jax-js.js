/** @file jax-js's side of the benchmark, on its WebAssembly backend. */
import { readFileSync } from "node:fs";
import { defaultDevice, init } from "@jax-js/jax";
import { jaxVariants } from "./jax-js-variants.js";
import { serveSide } from "./serve.js";

// Node 20 has no such array, and jax-js (0.1.25) asks of every array that is not float32 whether it is one.
globalThis.Float16Array ??= class {};
await init("wasm");
defaultDevice("wasm");

const { version } = JSON.parse(
  readFileSync(new URL("../node_modules/@jax-js/jax/package.json", import.meta.url), "utf8"),
);

await serveSide(`jax-js ${version}`, jaxVariants);
