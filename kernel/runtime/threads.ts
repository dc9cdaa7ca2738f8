/** @file How many threads compute. */
import { setThreadCount, threadCount } from "../backends/wasm/threads/pool.ts";
import { ArgumentError } from "../errors.ts";

/**
 * Sets how many threads compute, from now on. Large kernels are divided among them; the results are the same bits for any
 * number. "auto", the setting at first, is as many as the machine has cores, at most 16. Where threads cannot share
 * memory (in a page that is not cross-origin isolated), one computes whatever is set.
 * @param count a positive integer, this thread included, or "auto"
 * @example setThreads(1)
 */
export function setThreads(count: number | "auto"): void {
  if (count !== "auto" && !(Number.isInteger(count) && count > 0)) {
    throw new ArgumentError(`setThreads: expected a positive integer or "auto", got ${String(count)}.`);
  }
  setThreadCount(count);
}

/**
 * How many threads compute, this one included.
 * @example setThreads(1);  threads()   // 1
 */
export const threads = (): number => threadCount();
