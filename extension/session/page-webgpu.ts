/** @file WebGPU where a page has it, for libraries that were written for pages. */
import { availableParallelism } from "node:os";
import { findPackagedWebGPU, type GraphicsPlaces } from "./graphics.ts";

type Write = (this: object, buffer: object, offset: number, data: Uint8Array, from?: number, size?: number) => void;

/** Dawn refuses memory that threads share, which is what other people's WebAssembly has: it gets a copy. */
function takeSharedMemory(queue: { writeBuffer: Write }): void {
  const { writeBuffer } = queue;
  queue.writeBuffer = function (buffer, offset, data, from = 0, ...size) {
    const isShared = ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer;
    if (!isShared || data.BYTES_PER_ELEMENT !== 1) return writeBuffer.call(this, buffer, offset, data, from, ...size);
    const [length = data.length - from] = size;
    return writeBuffer.call(this, buffer, offset, data.slice(from, from + length));
  };
}

/** Makes it `navigator.gpu`, and its classes global names. What is there already stays. */
export async function exposeWebGPU(places: GraphicsPlaces): Promise<void> {
  const engine = globalThis as { navigator?: { gpu?: unknown } };
  if (engine.navigator?.gpu !== undefined) return;
  const { gpu, globals } = (await findPackagedWebGPU(places)) as {
    readonly gpu: unknown;
    readonly globals: { readonly GPUQueue: { prototype: { writeBuffer: Write } } };
  };
  takeSharedMemory(globals.GPUQueue.prototype);
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  // Node has a navigator from version 21 on.
  if (engine.navigator === undefined) {
    const value = { hardwareConcurrency: availableParallelism() };
    Object.defineProperty(globalThis, "navigator", { value, configurable: true, writable: true });
  }
  Object.defineProperty(engine.navigator, "gpu", { value: gpu, configurable: true, enumerable: true });
}
