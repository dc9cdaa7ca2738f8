/** @file What the person set for a session, as the kernel is told. */
import { setDefaultBackend, setDefaultDtype, setPrintDigits, setThreads } from "cotangent";
import type { LiveSettings, SessionOptions } from "../../protocol/session.ts";

export function applySettings({ threads, dtype, backend: _, ...live }: SessionOptions): void {
  if (threads !== undefined) setThreads(threads);
  if (dtype !== undefined) setDefaultDtype(dtype);
  applyLiveSettings(live);
}

/** Computes with the backend that was chosen, once it is started. @returns what to tell the person where it cannot be had */
export async function startChosenBackend({ backend }: SessionOptions): Promise<string | undefined> {
  if (backend === undefined) return undefined;
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
