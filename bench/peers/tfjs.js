/** @file TensorFlow.js's side of the benchmark, on its WebAssembly backend (SIMD, one thread: what it offers in Node). */

import path from "node:path";
import { programs } from "./programs/tfjs.js";
import { serveSide } from "./serve.js";
import { Unsupported } from "./side.js";
import { setWasmPaths, tf } from "./tensorflow.js";

const folder = path.join(import.meta.dirname, "..", "node_modules", "@tensorflow", "tfjs-backend-wasm", "dist");
setWasmPaths(`${folder}${path.sep}`);
await tf.setBackend("wasm");
await tf.ready();

const leaves = (result) => (Array.isArray(result) ? result : [result]);

await serveSide(`TensorFlow.js ${tf.version.tfjs}`, ({ program, params = {} }, inputs) => {
  if (!(program in programs)) throw new Unsupported("not written for TensorFlow.js");
  if (inputs.some(({ data }) => data instanceof Float64Array)) throw new Unsupported("has no float64");
  tf.disposeVariables();
  const args = inputs.map(({ shape, data }) =>
    tf.tensor(data, [...shape], data instanceof Int32Array ? "int32" : "float32"),
  );
  const f = programs[program](params, args);
  return {
    wasm: {
      call: () => tf.tidy(() => f(...args)),
      release: (result) => {
        for (const each of leaves(result)) each.dispose();
      },
      read: (result) =>
        leaves(result)
          .map(f.asOthersLayItOut ?? ((each) => each))
          .map((each) => ({ shape: each.shape, data: each.dataSync() })),
    },
  };
});
