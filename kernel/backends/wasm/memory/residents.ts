/**
 * @file Arrays that live in the common memory, so that programs read and write them where they are. Such an array is an
 * ordinary view; its block is given back when nobody holds the view any more, or at once by `release`. So no other view
 * of the same bytes may leave the kernel: it would not keep the block.
 */
import { bytesPerElement, type DType, type TypedArray, viewOf } from "../../../dtype.ts";
import { IS_SHARED } from "../code/module.ts";
import { garbageCollector } from "./garbage.ts";
import { commonMemory, commonSize, giveBlock, heapBytes, takeBlock } from "./memory.ts";

/** Below this a copy costs less than finding and giving back a block. */
const LEAST_BYTES = 16 * 1024;
/** Beyond this an array is better off where its memory can be returned to the system. */
const MOST_BYTES = 256 * 2 ** 20;

export const isWorthABlock = (bytes: number): boolean => bytes >= LEAST_BYTES && bytes <= MOST_BYTES;

interface Block {
  readonly data: WeakRef<TypedArray>;
  /** Set when several tensors have this array as their value. */
  isShared: boolean;
}

/** By address. */
const blocks = new Map<number, Block>();

/** Buffers of the common memory: the present one, and those from before it grew. */
const buffers = new WeakSet<ArrayBufferLike>();
let buffer: ArrayBufferLike = new ArrayBuffer(0);
let bufferSize = -1;

function commonBuffer(): ArrayBufferLike {
  if (bufferSize !== commonSize()) {
    buffer = commonMemory().buffer;
    bufferSize = commonSize();
    buffers.add(buffer);
  }
  return buffer;
}

/** Whether and where an array lies in the common memory. */
export const addressOf = (data: TypedArray): number | undefined =>
  data.buffer === buffer || buffers.has(data.buffer) ? data.byteOffset : undefined;

function give(address: number): void {
  blocks.delete(address);
  giveBlock(address);
}

/** Hears of garbage where a collection cannot be asked for. */
const collected = new FinalizationRegistry<{ readonly address: number; readonly block: Block }>(
  ({ address, block }) => {
    // The block may have been given back, and taken anew, before the collector noticed.
    if (blocks.get(address) === block) give(address);
  },
);

const LEAST_PATIENCE = 128 * 2 ** 20;
const MOST_PATIENCE = 512 * 2 ** 20;
/** Collecting takes at most this share of the time. */
const MOST_TIME = 0.15;

/** What may be taken in all where nobody can tell when garbage is collected. */
const MOST_UNCOLLECTED = 1024 * 2 ** 20;

/** Bytes that may be taken before garbage is collected for them. */
let patience = LEAST_PATIENCE;
let takenSince = 0;
let lastSweep = 0;

/** Gives back the blocks of arrays that are garbage by now. */
function sweep(): void {
  const collect = garbageCollector();
  takenSince = 0;
  if (collect === null) return;
  const start = performance.now();
  collect();
  for (const [address, block] of blocks) if (block.data.deref() === undefined) give(address);
  const now = performance.now();
  const isDear = now - start > MOST_TIME * (now - lastSweep);
  patience = Math.max(heapBytes(), isDear ? Math.min(2 * patience, MOST_PATIENCE) : LEAST_PATIENCE);
  lastSweep = now;
}

/** An array of the common memory, its contents whatever was there; undefined when there is no room. */
export function makeResident(dtype: DType, size: number): TypedArray | undefined {
  const bytes = size * bytesPerElement(dtype);
  if (takenSince + bytes > patience) sweep();
  if (garbageCollector() === null && heapBytes() + bytes > MOST_UNCOLLECTED) return undefined;
  let address = takeBlock(bytes);
  if (address === undefined) {
    sweep();
    address = takeBlock(bytes);
    if (address === undefined) return undefined;
  }
  takenSince += bytes;
  const data = viewOf(dtype, commonBuffer(), address, size);
  const block: Block = { data: new WeakRef(data), isShared: false };
  blocks.set(address, block);
  if (garbageCollector() === null) collected.register(data, { address, block });
  return data;
}

/** The same numbers as an array of the common memory, if that is worth it and there is room; else the array itself. */
export function settle(dtype: DType, data: TypedArray): TypedArray {
  if (!IS_SHARED || !isWorthABlock(data.byteLength) || addressOf(data) !== undefined) return data;
  const resident = makeResident(dtype, data.length);
  resident?.set(data);
  return resident ?? data;
}

/** Gives the array's block back now; the array must not be used again. */
export function release(data: TypedArray): void {
  const address = addressOf(data);
  const block = address === undefined ? undefined : blocks.get(address);
  if (block === undefined || block.isShared || block.data.deref() !== data) return;
  give(address!);
}

/** Another tensor has this array as its value, too: only the collector can tell when all are gone. */
export function share(data: TypedArray): void {
  const address = addressOf(data);
  const block = address === undefined ? undefined : blocks.get(address);
  if (block !== undefined) block.isShared = true;
}
