/** @file Starting the graphics processor: where its interface is found, and what to say where there is none. */
import type { Backend } from "../backends/backend.ts";
import { webgpuBackend } from "../backends/webgpu/backend.ts";
import { Processor, type ProcessorInfo } from "../backends/webgpu/device/processor.ts";
import { ArgumentError } from "../errors.ts";
import { setBackendOfPlace } from "./elsewhere.ts";

let find: (() => Promise<unknown>) | undefined;
let starting: Promise<Processor> | undefined;
let started: { readonly processor: Processor; readonly backend: Backend } | undefined;

/**
 * Says where WebGPU's interface is found, for engines that have no `navigator.gpu`: whoever embeds the kernel calls it
 * before anyone asks for the graphics processor.
 * @param provider gives a `GPU`, or throws what a person is to do to get one
 * @example provideWebGPU(async () => dawn.create([]))
 */
export function provideWebGPU(provider: () => Promise<unknown>): void {
  if (typeof provider !== "function") {
    throw new ArgumentError(`provideWebGPU: expected a function that gives a GPU, got ${String(provider)}.`);
  }
  find = provider;
}

/** WebGPU's interface, the engine's own or that of the provider. @param asked which backend wants it, for the message */
export async function findGPU(asked: string): Promise<GPU> {
  const engine = globalThis as { navigator?: { gpu?: unknown } };
  const gpu = engine.navigator?.gpu ?? (await find?.());
  if (gpu === undefined || gpu === null) {
    throw new ArgumentError(
      `${asked}: there is no WebGPU here (no navigator.gpu). In a browser, it needs a page of a secure origin and a ` +
        'browser that has it; elsewhere, provideWebGPU. Go on with WebAssembly: await setDefaultBackend("wasm").',
    );
  }
  return gpu as GPU;
}

const startProcessor = async (): Promise<Processor> => Processor.start(await findGPU("webgpu"));

/** The graphics processor's backend, started if it was not: adapters and devices come with time only. */
export async function startGraphics(): Promise<Backend> {
  if (started !== undefined) return started.backend;
  starting ??= startProcessor();
  try {
    const processor = await starting;
    started ??= { processor, backend: webgpuBackend(processor) };
    setBackendOfPlace(started.backend);
    return started.backend;
  } finally {
    // Where it failed, the next call tries again.
    starting = undefined;
  }
}

/** The backend, if it was started. */
export const startedGraphics = (): Backend | undefined => started?.backend;

export type { ProcessorInfo } from "../backends/webgpu/device/processor.ts";

/**
 * What computes behind the backend "webgpu", as the engine names it; null before it was started.
 * @example webgpuInfo()?.description   // its name, after await setDefaultBackend("webgpu")
 */
export const webgpuInfo = (): ProcessorInfo | null => started?.processor.info ?? null;

/**
 * Ends the device of the backend "webgpu", as a driver that fails does, to try what a program does then. What was on the
 * device alone is lost; whatever is asked for next starts another.
 * @example await loseWebGPU()
 */
export async function loseWebGPU(): Promise<void> {
  await started?.processor.lose();
}
