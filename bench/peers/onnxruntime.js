/** @file onnxruntime-web's side of the benchmark, on its WebAssembly backend with one thread. */
import * as ort from "onnxruntime-web";
import { onnxVariants } from "./onnxruntime-variants.js";
import { serveSide } from "./serve.js";

ort.env.wasm.numThreads = 1;
await serveSide(`onnxruntime-web ${ort.env.versions.web}`, onnxVariants(ort, "wasm"));
