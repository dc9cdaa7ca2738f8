/** @file Cotangent's programs as ONNX models, run by onnxruntime-web with one thread: the backend "onnx-wasm". */
import * as ort from "onnxruntime-web";
import { jit, provideOnnxRuntime, setDefaultBackend, tensor } from "../../dist/kernel.js";
import { leaves } from "./leaves.js";
import { programs } from "./programs/ours.js";
import { serveSide } from "./serve.js";
import { Unsupported } from "./side.js";

ort.env.wasm.numThreads = 1;
provideOnnxRuntime(async () => ort);
await setDefaultBackend("onnx-wasm");

/** The runtime's answer is here when a result can be read. */
async function finish(result) {
  await Promise.all(leaves(result).map((each) => each.data()));
  return result;
}

await serveSide("Cotangent through onnxruntime", async ({ program, params = {} }, inputs) => {
  if (!(program in programs)) throw new Unsupported("not written for Cotangent");
  const args = inputs.map(({ shape, data }) => tensor(data, { shape: [...shape] }));
  const jitted = jit(programs[program](params));
  const call = () => finish(jitted(...args));
  try {
    await call();
  } catch (error) {
    if (/no form in ONNX/.test(String(error))) throw new Unsupported(String(error));
    throw error;
  }
  return {
    jit: { call, read: (result) => leaves(result).map((each) => ({ shape: each.shape, data: each.dataSync() })) },
  };
});
