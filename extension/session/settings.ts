/** @file What the person set for a session, as the kernel is told. */
import { setDefaultDtype, setPrintDigits, setThreads, useBackend } from "cotangent";
import type { LiveSettings, SessionOptions } from "../../protocol/session.ts";

export function applySettings({ threads, dtype, backend, ...live }: SessionOptions): void {
  if (threads !== undefined) setThreads(threads);
  if (dtype !== undefined) setDefaultDtype(dtype);
  if (backend !== undefined) useBackend(backend);
  applyLiveSettings(live);
}

export function applyLiveSettings({ displayDigits }: LiveSettings): void {
  if (displayDigits !== undefined) setPrintDigits(displayDigits);
}
