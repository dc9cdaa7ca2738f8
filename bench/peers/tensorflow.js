/** @file TensorFlow.js as CommonJS: its modules name each other without extensions, which Node does not resolve. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export const tf = require("@tensorflow/tfjs");
export const { setWasmPaths } = require("@tensorflow/tfjs-backend-wasm");
