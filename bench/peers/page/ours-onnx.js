/**
 * @file Cotangent's programs as ONNX models, run by onnxruntime-web on WebGPU: the backend "onnx-webgpu". Its results come
 * to the page's memory, which is part of each call.
 */
import * as ort from "onnxruntime-web/webgpu";
import { throughOnnxruntime } from "../through-onnxruntime.js";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL("./", import.meta.url).href;

export const variantsOf = await throughOnnxruntime(ort, "onnx-webgpu");
