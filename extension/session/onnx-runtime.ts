/**
 * @file onnxruntime for cells, loaded only when one of its backends is asked for. The one for processors is shipped beside
 * the session. The one for WebGPU is twice as large, and needs WebGPU, which is not shipped either: it is taken from
 * beside the notebook.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { OnnxRuntime, OnnxRuntimeProvider } from "cotangent";
import type { GraphicsPlaces } from "./graphics.ts";
import { exposeWebGPU } from "./page-webgpu.ts";

const MODULE = "onnxruntime-web/webgpu";

/** The version that is shipped and tested; what is beside the notebook should be the same. */
const VERSION = "1.30.0";

/** What is set before the runtime starts. */
type Configurable = OnnxRuntime & { readonly env: { readonly wasm: { numThreads?: number; wasmPaths?: unknown } } };

/** Its threads would wait for work after every cell. */
function configured(runtime: unknown, folder?: string): OnnxRuntime {
  const { wasm } = (runtime as Configurable).env;
  wasm.numThreads = 1;
  if (folder !== undefined) wasm.wasmPaths = `${pathToFileURL(folder).href}/`;
  return runtime as OnnxRuntime;
}

async function besideNotebook(places: GraphicsPlaces): Promise<OnnxRuntime> {
  const { modules, directory } = places;
  let file: string;
  try {
    file = createRequire(path.join(directory, "notebook.mjs")).resolve(MODULE);
  } catch (error) {
    throw new Error(
      `The backend "onnx-webgpu" needs the package "onnxruntime-web" beside the notebook, and the package "webgpu", there or fetched: run ` +
        `"npm install onnxruntime-web@${VERSION}" in ${directory}, and the cell again. ` +
        'Or go on with WebAssembly: await setDefaultBackend("wasm").',
      { cause: error },
    );
  }
  await exposeWebGPU(places);
  // In Node it does not find its WebAssembly by itself.
  return configured(await modules.load(MODULE, directory), path.dirname(file));
}

/** Gives onnxruntime for a backend, or throws what to do to have it. */
export const findOnnxRuntime =
  (places: GraphicsPlaces): OnnxRuntimeProvider =>
  async (backend) =>
    backend === "onnx-webgpu" ? besideNotebook(places) : configured(await import("onnxruntime-web"));
