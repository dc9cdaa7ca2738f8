/** @file Starting the ONNX backends: where their runtime is found, and what to say where there is none. */
import type { Backend } from "../backends/backend.ts";
import { type OnnxBackendName, onnxBackend } from "../backends/onnx/backend.ts";
import type { OnnxRuntime } from "../backends/onnx/runtime.ts";
import { tryOut } from "../backends/onnx/try-out.ts";
import { ArgumentError } from "../errors.ts";
import { setBackendOfPlace } from "./elsewhere.ts";
import { findGPU } from "./graphics.ts";

/** Gives onnxruntime for a backend, or throws what a person is to do to get it. */
export type OnnxRuntimeProvider = (backend: OnnxBackendName) => Promise<OnnxRuntime>;

let find: OnnxRuntimeProvider | undefined;
const starting = new Map<OnnxBackendName, Promise<Backend>>();
const started = new Map<OnnxBackendName, Backend>();

const MODULES: Readonly<Record<OnnxBackendName, string>> = {
  "onnx-wasm": "onnxruntime-web",
  "onnx-webgpu": "onnxruntime-web/webgpu",
};

/**
 * Says where onnxruntime is found, for the backends "onnx-wasm" and "onnx-webgpu". It is large, and loaded only when one
 * of them is asked for: whoever embeds the kernel calls it before. The module `onnxruntime-web` serves the first,
 * `onnxruntime-web/webgpu` both, at the price of a WebAssembly twice as large.
 * @param provider gives the module for a backend, or throws what a person is to do to get it
 * @example provideOnnxRuntime(() => import("onnxruntime-web"))
 */
export function provideOnnxRuntime(provider: OnnxRuntimeProvider): void {
  if (typeof provider !== "function") {
    throw new ArgumentError(`provideOnnxRuntime: expected a function that gives onnxruntime, got ${String(provider)}.`);
  }
  find = provider;
}

async function start(name: OnnxBackendName): Promise<Backend> {
  if (find === undefined) {
    throw new ArgumentError(
      `${name}: there is no onnxruntime here. Install onnxruntime-web, and say where it is: ` +
        `provideOnnxRuntime(() => import("${MODULES[name]}")). Or go on with WebAssembly: await setDefaultBackend("wasm").`,
    );
  }
  const runtime = await find(name);
  // Before its WebAssembly is fetched for nothing.
  if (name === "onnx-webgpu") await findGPU(name);
  await tryOut(name, runtime);
  const backend = onnxBackend(name, runtime);
  started.set(name, backend);
  setBackendOfPlace(backend);
  return backend;
}

/** The backend, started if it was not; whoever asks while it starts waits for the same start. */
export async function startOnnx(name: OnnxBackendName): Promise<Backend> {
  const there = started.get(name) ?? starting.get(name);
  if (there !== undefined) return there;
  // Where it fails, the next call tries again.
  const coming = start(name).finally(() => starting.delete(name));
  starting.set(name, coming);
  return coming;
}

/** The backend, if it was started. */
export const startedOnnx = (name: OnnxBackendName): Backend | undefined => started.get(name);
