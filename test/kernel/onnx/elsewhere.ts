/** @file onnxruntime-web in Node: what it computes is what an imported model must compute. */
import * as ort from "onnxruntime-web";
import { type Numbers, packed } from "./build.ts";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

/** Runs a model once. @returns its outputs in order, whole numbers as numbers */
export async function runElsewhere(bytes: Uint8Array, inputs: Readonly<Record<string, Numbers>>): Promise<Numbers[]> {
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"], logSeverityLevel: 3 });
  try {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, numbers]) => [
        name,
        new ort.Tensor(numbers.type, packed(numbers) as Float32Array, [...numbers.shape]) as ort.Tensor,
      ]),
    );
    const results = await session.run(feeds);
    return session.outputNames.map((name) => {
      const { type, dims, data } = results[name];
      return { type: type as Numbers["type"], shape: dims, data: Array.from(data as ArrayLike<number>, Number) };
    });
  } finally {
    await session.release();
  }
}
