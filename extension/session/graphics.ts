/**
 * @file WebGPU for cells. Node has none of its own; the package "webgpu" (Dawn, the implementation of Chromium) has, and a
 * person who wants it installs it beside the notebook: it is large, and of use only where there is a graphics processor.
 */
import type { Modules } from "./modules.ts";

const NAME = "webgpu";
/** Where the interface is kept: collected, it would take the process along. */
const KEPT = Symbol.for("cotangent.webgpu");

/** Gives WebGPU's interface, or throws what to do to have one. */
export function findWebGPU(modules: Modules, folder: string): () => Promise<unknown> {
  return async () => {
    const kept = globalThis as { [KEPT]?: unknown };
    if (kept[KEPT] !== undefined) return kept[KEPT];
    let library: Record<string, unknown>;
    try {
      library = await modules.load(NAME, folder);
    } catch (error) {
      throw new Error(
        `WebGPU in a notebook needs the package "${NAME}" beside it: run "npm install ${NAME}" in ${folder}, and the cell ` +
          'again. Or go on with WebAssembly: await setDefaultBackend("wasm").',
        { cause: error },
      );
    }
    kept[KEPT] = (library.create as (options: readonly string[]) => unknown)([]);
    return kept[KEPT];
  };
}
