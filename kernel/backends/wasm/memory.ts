/**
 * @file Where programs keep their buffers. Programs never run at the same time and keep nothing between runs, so all of
 * them share one memory, which only grows. A big program gets a memory for each run instead, so that it can be freed.
 */
import { memoryError, showBytes } from "../../budget.ts";
import type { MemoryError } from "../../errors.ts";
import { MAX_PAGES } from "./module.ts";

const PAGE_BYTES = 65536;

/** Address of every program's arena; not 0, so that a stray null address does not hit data. */
export const ARENA_BASE = 64;

/** Vector code may read (never write) this far past the end of a buffer. */
export const SLACK_BYTES = 64;

/** Above this a program gets a memory of its own. */
export const OWN_MEMORY_BYTES = 256 * 2 ** 20;

/** The shared memory grows in steps of this, since each step detaches every view of it. */
const GROWTH_PAGES = 64;

/** What no program can have more of. */
export const LIMIT = {
  bytes: MAX_PAGES * PAGE_BYTES,
  reason: `a WebAssembly program can have ${showBytes(MAX_PAGES * PAGE_BYTES)}`,
};

const outOfMemory = (bytes: number, reason: string, cause?: unknown): MemoryError =>
  memoryError(
    {
      name: "evaluation",
      what: "the program",
      bytes,
      remedy: "Compute in chunks (option chunkSize), or use smaller inputs.",
    },
    reason,
    cause,
  );

export function checkSize(bytes: number): void {
  if (bytes > LIMIT.bytes) throw outOfMemory(bytes, LIMIT.reason);
}

/** A memory that holds `bytes`, for one run. */
export function ownMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw outOfMemory(bytes, "this process could not get it", cause);
  }
}

let shared: WebAssembly.Memory | undefined;

/** The memory that all smaller programs use. */
export function sharedMemory(): WebAssembly.Memory {
  shared ??= new WebAssembly.Memory({ initial: GROWTH_PAGES, maximum: MAX_PAGES });
  return shared;
}

/** Makes `memory` hold at least `bytes`; views of it made before may be detached. */
export function ensure(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing <= 0) return;
  const pages = Math.ceil(missing / PAGE_BYTES / GROWTH_PAGES) * GROWTH_PAGES;
  const left = MAX_PAGES - memory.buffer.byteLength / PAGE_BYTES;
  try {
    memory.grow(Math.min(pages, left));
  } catch (cause) {
    throw outOfMemory(bytes, "this process could not get it", cause);
  }
}
