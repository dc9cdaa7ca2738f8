/** @file Cotangent's programs as ONNX models, run by onnxruntime-web with one thread: the backend "onnx-wasm". */
import * as ort from "onnxruntime-web";
import { serveSide } from "./serve.js";
import { throughOnnxruntime } from "./through-onnxruntime.js";

ort.env.wasm.numThreads = 1;
await serveSide("Cotangent through onnxruntime", await throughOnnxruntime(ort, "onnx-wasm"));
