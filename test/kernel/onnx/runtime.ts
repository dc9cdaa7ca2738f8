/** @file onnxruntime-web in Node: what other people's programs make of our files, and of the models that we import. */
import * as ort from "onnxruntime-web";
import { type DType, type Tensor, tensor } from "../../../kernel/index.ts";
import { type Numbers, packed } from "./build.ts";

// Threads would have to be ended before the tests can end.
ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

export { ort };

const given = (numbers: Numbers): ort.Tensor =>
  new ort.Tensor(numbers.type, packed(numbers) as Float32Array, [...numbers.shape]);

/**
 * Runs a model once.
 * @param inputs by name, or in the model's order @returns its outputs in order, whole numbers as numbers
 */
export async function runNumbers(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, Numbers>> | readonly Numbers[],
): Promise<Numbers[]> {
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"], logSeverityLevel: 3 });
  try {
    const named = Array.isArray(inputs)
      ? inputs.map((each, i) => [session.inputNames[i], each])
      : Object.entries(inputs);
    const results = await session.run(Object.fromEntries(named.map(([name, numbers]) => [name, given(numbers)])));
    return session.outputNames.map((name) => {
      const { type, dims, data } = results[name];
      return { type: type as Numbers["type"], shape: dims, data: Array.from(data as ArrayLike<number>, Number) };
    });
  } finally {
    await session.release();
  }
}

/** The same with tensors, in the model's order. */
export async function runModel(bytes: Uint8Array, inputs: readonly Tensor[]): Promise<Tensor[]> {
  const numbers = inputs.map((x): Numbers => ({ type: x.dtype, shape: x.shape, data: Array.from(x.dataSync()) }));
  const results = await runNumbers(bytes, numbers);
  return results.map(({ type, shape, data }) =>
    tensor(Float64Array.from(data), { shape: [...shape], dtype: type as DType }),
  );
}
