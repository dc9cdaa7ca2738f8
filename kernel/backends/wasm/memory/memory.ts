/**
 * @file The memory that programs run in, and what is where in it. Programs never run at the same time, so all of them
 * use one memory and one arena, which keeps nothing from one run to the next. Above the arena is a heap of blocks for
 * arrays that outlive a run. A program with a big arena gets a memory for each run instead, so that it can be freed.
 *
 *     0    1 KiB              1 MiB                    257 MiB                        4 GiB
 *     |----|- table ----------|- arena ----------------|- heap ---------------------- |
 *     control words (threads)
 */
import { memoryError, showBytes } from "../../../budget.ts";
import type { MemoryError } from "../../../errors.ts";
import { IS_SHARED, MAX_PAGES } from "../code/module.ts";
import { Heap } from "./heap.ts";

const PAGE_BYTES = 65536;

/** Addresses of the buffers apart, one word each, written before each run. */
export const TABLE_ADDRESS = 1024;

/** Address of every program's arena. */
export const ARENA_BASE = 2 ** 20;

export const TABLE_SLOTS = (ARENA_BASE - TABLE_ADDRESS) / 4;

/** Vector code may read (never write) this far past the end of a buffer. */
export const SLACK_BYTES = 64;

/** A program whose arena is larger gets a memory of its own. */
export const OWN_MEMORY_BYTES = 256 * 2 ** 20;

const HEAP_BASE = ARENA_BASE + OWN_MEMORY_BYTES;
const TOP = MAX_PAGES * PAGE_BYTES;

/** Memory grows in steps of this. */
const GROWTH_PAGES = 64;

/** What no program can have more of. */
export const LIMIT = {
  bytes: TOP,
  reason: `a WebAssembly program can have ${showBytes(TOP)}`,
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

const makeMemory = (initial: number, maximum: number): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial, maximum, shared: IS_SHARED });

/** A memory that holds `bytes`, for one run. */
export function ownMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  try {
    return makeMemory(pages, pages);
  } catch (cause) {
    throw outOfMemory(bytes, "this process could not get it", cause);
  }
}

let common: WebAssembly.Memory | undefined;
// Asking the memory itself takes the engine 0.1 µs each time.
let commonPages = GROWTH_PAGES;

/** The memory that all smaller programs use. */
export function commonMemory(): WebAssembly.Memory {
  common ??= makeMemory(GROWTH_PAGES, MAX_PAGES);
  return common;
}

/** Changes when the common memory grows: it has another buffer then. */
export const commonSize = (): number => commonPages;

/** Makes the common memory hold at least `bytes`. Views of a memory that is not shared may then be detached. */
export function ensure(bytes: number): void {
  const missing = Math.ceil(bytes / PAGE_BYTES) - commonPages;
  if (missing <= 0) return;
  const pages = Math.min(Math.ceil(missing / GROWTH_PAGES) * GROWTH_PAGES, MAX_PAGES - commonPages);
  try {
    commonMemory().grow(pages);
    commonPages += pages;
  } catch (cause) {
    throw outOfMemory(bytes, "this process could not get it", cause);
  }
}

const heap = new Heap(HEAP_BASE, TOP - SLACK_BYTES);

/** Bytes of all blocks that are taken. */
export const heapBytes = (): number => heap.taken;

/** The address of a block of the common memory, or undefined when there is none left. */
export function takeBlock(bytes: number): number | undefined {
  const address = heap.take(bytes);
  if (address === undefined) return undefined;
  try {
    ensure(heap.top + SLACK_BYTES);
  } catch {
    heap.give(address);
    return undefined;
  }
  return address;
}

export function giveBlock(address: number): void {
  heap.give(address);
}
