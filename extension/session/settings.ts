/** @file What the person set for a session, as the kernel is told. */
import { setDefaultBackend, setDefaultDtype, setPrintDigits, setThreads, useBackend } from "cotangent";
import type { LiveSettings, SessionOptions } from "../../protocol/session.ts";

export function applySettings({ threads, dtype, backend, ...live }: SessionOptions): void {
  if (threads !== undefined) setThreads(threads);
  if (dtype !== undefined) setDefaultDtype(dtype);
  // The graphics processor is started apart: that takes time, and may fail.
  if (backend !== undefined && backend !== "webgpu") useBackend(backend);
  applyLiveSettings(live);
}

/** Starts the graphics processor, if that is what was chosen. @returns what to tell the person where it cannot be */
export async function startChosenBackend({ backend }: SessionOptions): Promise<string | undefined> {
  if (backend !== "webgpu") return undefined;
  try {
    await setDefaultBackend(backend);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `The backend "webgpu" was chosen for this notebook, and WebAssembly computes instead. ${reason}\n`;
  }
}

export function applyLiveSettings({ displayDigits }: LiveSettings): void {
  if (displayDigits !== undefined) setPrintDigits(displayDigits);
}
