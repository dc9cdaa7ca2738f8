/** @file Runs a model in onnxruntime-web: what other people's programs make of our files. */
import * as ort from "onnxruntime-web";
import { type DType, type Tensor, tensor } from "../../../kernel/index.ts";

// Threads would have to be ended before the tests can end.
ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

const sessionOptions: ort.InferenceSession.SessionOptions = { executionProviders: ["wasm"], logSeverityLevel: 3 };

function asOrt(value: Tensor): ort.Tensor {
  const dims = [...value.shape];
  const data = value.dataSync();
  if (data instanceof Float32Array) return new ort.Tensor("float32", data.slice(), dims);
  if (data instanceof Float64Array) return new ort.Tensor("float64", data.slice(), dims);
  if (data instanceof Int32Array) return new ort.Tensor("int32", data.slice(), dims);
  return new ort.Tensor("bool", Uint8Array.from(data), dims);
}

/** The outputs of a model, in its order, for inputs in its order. */
export async function runModel(bytes: Uint8Array, inputs: readonly Tensor[]): Promise<Tensor[]> {
  const session = await ort.InferenceSession.create(bytes, sessionOptions);
  try {
    const feeds = Object.fromEntries(session.inputNames.map((name, i) => [name, asOrt(inputs[i])]));
    const results = await session.run(feeds);
    return session.outputNames.map((name) => {
      const { data, dims, type } = results[name];
      return tensor(Float64Array.from(data as ArrayLike<number>), { shape: [...dims], dtype: type as DType });
    });
  } finally {
    await session.release();
  }
}
