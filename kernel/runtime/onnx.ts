/** @file Starting the ONNX backend: where its runtime is found, and what to say where there is none. */
import type { Backend } from "../backends/backend.ts";
import { type OnnxBackendName, onnxBackend } from "../backends/onnx/backend.ts";
import type { OnnxRuntime } from "../backends/onnx/runtime.ts";
import { ArgumentError } from "../errors.ts";
import { setBackendOfPlace } from "./elsewhere.ts";

let find: (() => Promise<OnnxRuntime>) | undefined;
const started = new Map<OnnxBackendName, Backend>();

/**
 * Says where onnxruntime is found, for the backend "onnx-wasm". It is large, and loaded only when that is asked for:
 * whoever embeds the kernel calls it before.
 * @param provider gives the module `onnxruntime-web`, or throws what a person is to do to get it
 * @example provideOnnxRuntime(() => import("onnxruntime-web"))
 */
export function provideOnnxRuntime(provider: () => Promise<OnnxRuntime>): void {
  if (typeof provider !== "function") {
    throw new ArgumentError(`provideOnnxRuntime: expected a function that gives onnxruntime, got ${String(provider)}.`);
  }
  find = provider;
}

/** The backend, its runtime loaded if it was not. */
export async function startOnnx(name: OnnxBackendName): Promise<Backend> {
  const known = started.get(name);
  if (known !== undefined) return known;
  if (find === undefined) {
    throw new ArgumentError(
      `${name}: there is no onnxruntime here. Install onnxruntime-web, and say where it is: ` +
        'provideOnnxRuntime(() => import("onnxruntime-web")). Or go on with WebAssembly: await setDefaultBackend("wasm").',
    );
  }
  const backend = onnxBackend(name, await find());
  started.set(name, backend);
  setBackendOfPlace(backend);
  return backend;
}

/** The backend, if it was started. */
export const startedOnnx = (name: OnnxBackendName): Backend | undefined => started.get(name);
