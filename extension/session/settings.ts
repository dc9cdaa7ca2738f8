/** @file What the person set for a session, as the kernel is told. */
import { setDefaultBackend, setDefaultDtype, setPrintDigits, setThreads, useBackend } from "cotangent";
import type { BackendName, LiveSettings, SessionOptions } from "../../protocol/session.ts";

export function applySettings({ threads, dtype, backend, ...live }: SessionOptions): void {
  if (threads !== undefined) setThreads(threads);
  if (dtype !== undefined) setDefaultDtype(dtype);
  if (backend !== undefined && !isStarted(backend)) useBackend(backend);
  applyLiveSettings(live);
}

/** Whether it is started apart, which takes time and may fail. */
const isStarted = (backend: BackendName): boolean => backend === "webgpu" || backend === "onnx-wasm";

/** Starts the backend that was chosen, if it has to be. @returns what to tell the person where it cannot be had */
export async function startChosenBackend({ backend }: SessionOptions): Promise<string | undefined> {
  if (backend === undefined || !isStarted(backend)) return undefined;
  try {
    await setDefaultBackend(backend);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `The backend "${backend}" was chosen for this notebook, and WebAssembly computes instead. ${reason}\n`;
  }
}

export function applyLiveSettings({ displayDigits }: LiveSettings): void {
  if (displayDigits !== undefined) setPrintDigits(displayDigits);
}
