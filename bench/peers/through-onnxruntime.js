/** @file Cotangent's programs as ONNX models, run by an onnxruntime: what a side of the benchmark answers. */
import { jit, provideOnnxRuntime, setDefaultBackend, tensor } from "../../dist/kernel.js";
import { leaves } from "./leaves.js";
import { programs } from "./programs/ours.js";
import { Unsupported } from "./side.js";

/** The runtime's answer is here when a result can be read. */
async function finish(result) {
  await Promise.all(leaves(result).map((each) => each.data()));
  return result;
}

/**
 * @param {import("../../dist/types/kernel/index.d.ts").OnnxRuntime} runtime @param {"onnx-wasm" | "onnx-webgpu"} backend
 * @returns {Promise<import("./side.js").VariantsOf>}
 */
export async function throughOnnxruntime(runtime, backend) {
  provideOnnxRuntime(async () => runtime);
  await setDefaultBackend(backend);
  return async ({ program, params = {} }, inputs) => {
    if (!(program in programs)) throw new Unsupported("not written for Cotangent");
    const args = inputs.map(({ shape, data }) => tensor(data, { shape: [...shape] }));
    const jitted = jit(programs[program](params));
    const call = () => finish(jitted(...args));
    try {
      await call();
    } catch (error) {
      if (/no form in ONNX|there is no float64/.test(String(error))) throw new Unsupported(String(error));
      throw error;
    }
    return {
      jit: { call, read: (result) => leaves(result).map((each) => ({ shape: each.shape, data: each.dataSync() })) },
    };
  };
}
