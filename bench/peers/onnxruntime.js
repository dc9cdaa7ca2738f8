/** @file onnxruntime-web's side of the benchmark, on its WebAssembly backend with one thread. */
import * as ort from "onnxruntime-web";
import { model } from "./onnx.js";
import { programs } from "./programs/onnx.js";
import { serveSide, Unsupported } from "./serve.js";

ort.env.wasm.numThreads = 1;

const TYPES = { Float32Array: "float32", Float64Array: "float64", Int32Array: "int32" };
const LETTERS = "abcdefgh";

/** @type {import("onnxruntime-web").InferenceSession | undefined} */
let session;

await serveSide(`onnxruntime-web ${ort.env.versions.web}`, async ({ program, params = {} }, inputs) => {
  await session?.release();
  session = undefined;
  if (!(program in programs)) throw new Unsupported("is not a plain graph");
  const values = inputs.map(({ shape, data }, i) => ({
    name: LETTERS[i],
    shape,
    type: TYPES[data.constructor.name],
    data,
  }));
  session = await ort.InferenceSession.create(model({ ...programs[program](params), inputs: values }), {
    executionProviders: ["wasm"],
  });
  const created = session;
  const feeds = Object.fromEntries(
    values.map(({ name, type, data, shape }) => [name, new ort.Tensor(type, data, [...shape])]),
  );
  return {
    wasm: {
      call: () => created.run(feeds),
      release: (result) => {
        for (const each of Object.values(result)) each.dispose();
      },
      read: (result) => created.outputNames.map((name) => ({ shape: result[name].dims, data: result[name].data })),
    },
  };
});
