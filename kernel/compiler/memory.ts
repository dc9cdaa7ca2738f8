/** @file The static memory plan: every buffer gets a place in one arena; those that never live together may share it. */
import { bytesPerElement } from "../dtype.ts";
import type { BufferSpec, LoopProgram } from "../loops/ir.ts";
import { buffersRead, buffersWritten } from "../loops/walk.ts";
import type { Draft } from "./lower.ts";

const ALIGNMENT = 16;
const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

interface Lifetime {
  first: number;
  last: number;
}

/** From the kernel that first writes a buffer to the one that last reads it. Inputs live from before the first kernel. */
function lifetimes(draft: Draft): Lifetime[] {
  const lives = draft.buffers.map((): Lifetime => ({ first: Number.POSITIVE_INFINITY, last: -1 }));
  const touch = (buffer: number, at: number): void => {
    lives[buffer].first = Math.min(lives[buffer].first, at);
    lives[buffer].last = Math.max(lives[buffer].last, at);
  };
  for (const buffer of draft.inputs) touch(buffer, -1);
  draft.kernels.forEach((kernel, at) => {
    for (const buffer of buffersRead(kernel)) touch(buffer, at);
    for (const buffer of buffersWritten(kernel)) touch(buffer, at);
  });
  for (const buffer of draft.outputs) touch(buffer, draft.kernels.length);
  return lives;
}

/** First fit, largest buffers first. */
export function planMemory(draft: Draft): LoopProgram {
  const lives = lifetimes(draft);
  const bytes = draft.buffers.map(({ dtype, size }) => align(size * bytesPerElement(dtype)));
  const offsets = new Array<number>(draft.buffers.length).fill(0);
  const placed: number[] = [];
  let arenaBytes = 0;
  const used = draft.buffers.map((_, buffer) => buffer).filter((buffer) => lives[buffer].last >= lives[buffer].first);
  for (const buffer of used.sort((x, y) => bytes[y] - bytes[x])) {
    const neighbours = placed
      .filter((other) => lives[other].first <= lives[buffer].last && lives[buffer].first <= lives[other].last)
      .sort((x, y) => offsets[x] - offsets[y]);
    let offset = 0;
    for (const other of neighbours) {
      if (offset + bytes[buffer] <= offsets[other]) break;
      offset = Math.max(offset, offsets[other] + bytes[other]);
    }
    offsets[buffer] = offset;
    placed.push(buffer);
    arenaBytes = Math.max(arenaBytes, offset + bytes[buffer]);
  }
  const buffers = draft.buffers.map(
    ({ dtype, size }, buffer): BufferSpec => ({ dtype, size, offset: offsets[buffer] }),
  );
  return { buffers, inputs: draft.inputs, outputs: draft.outputs, kernels: draft.kernels, arenaBytes };
}
