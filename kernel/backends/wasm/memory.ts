/**
 * @file Where programs keep their buffers. Programs never run at the same time and keep nothing between runs, so all of
 * them share one memory, which only grows. A big program gets a memory for each run instead, so that it can be freed.
 */
import { MemoryError } from "../../errors.ts";
import { MAX_PAGES } from "./module.ts";

const PAGE_BYTES = 65536;
export const MAX_BYTES = MAX_PAGES * PAGE_BYTES;

/** Address of every program's arena; not 0, so that a stray null address does not hit data. */
export const ARENA_BASE = 64;

/** Vector code may read (never write) this far past the end of a buffer. */
export const SLACK_BYTES = 64;

/** Above this a program gets a memory of its own. */
export const OWN_MEMORY_BYTES = 256 * 2 ** 20;

/** The shared memory grows in steps of this, since each step detaches every view of it. */
const GROWTH_PAGES = 64;

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 3 : 0)} MB`;

function outOfMemory(bytes: number, cause?: unknown): MemoryError {
  return new MemoryError(
    `The program needs ${megabytes(bytes)} of WebAssembly memory, which could not be had ` +
      `(limit: ${megabytes(MAX_BYTES)}). Compute it in chunks (option chunkSize), or use smaller inputs.`,
    { cause },
  );
}

export function checkSize(bytes: number): void {
  if (bytes > MAX_BYTES) throw outOfMemory(bytes);
}

/** A memory that holds `bytes`, for one run. */
export function ownMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw outOfMemory(bytes, cause);
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
    throw outOfMemory(bytes, cause);
  }
}
