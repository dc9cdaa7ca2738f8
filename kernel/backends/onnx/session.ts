/** @file A program that is written as a model becomes a session of onnxruntime, with what is to compute it. */
import type { OnnxSubgraph } from "../../onnx/writer/graph-writer.ts";
import { modelOf } from "../../onnx/writer/model.ts";
import type { OnnxRuntime, RuntimeSession } from "./runtime.ts";

/**
 * What the runtime computes with, by the names of our backends. Operators that it has no WebGPU code for it computes on
 * the processor by itself.
 */
const PROVIDERS = { "onnx-wasm": "wasm", "onnx-webgpu": "webgpu" } as const;
export type OnnxBackendName = keyof typeof PROVIDERS;

export const OPSET = 18;

export async function openSession(
  name: OnnxBackendName,
  runtime: OnnxRuntime,
  written: OnnxSubgraph,
): Promise<RuntimeSession> {
  const { encodeModel } = await import("../../onnx/schema/file.ts");
  const bytes = encodeModel(modelOf(written, { opset: OPSET, producer: "Cotangent" }));
  // Of its log, what is fatal: what goes wrong otherwise is an error, and which node runs where is of no use to a person.
  return runtime.InferenceSession.create(bytes, { executionProviders: [PROVIDERS[name]], logSeverityLevel: 4 });
}
