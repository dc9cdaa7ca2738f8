/** @file The static memory plan: every buffer gets a place in one arena; those that never live together may share it. */
import { bytesPerElement, type DType } from "../dtype.ts";
import type { BufferId, BufferSpec, Copy, Kernel, LoopProgram } from "../loops/ir.ts";
import { buffersRead, buffersWritten } from "../loops/walk.ts";
import { type Lifetime, type MapStep, takenOver } from "./in-place.ts";
import type { Draft } from "./lower.ts";
import { place } from "./placement.ts";

/** What a backend asks of the places of buffers. */
export interface Storage {
  /** Places begin at multiples of this many bytes. */
  readonly alignment: number;
  readonly bytesPerElement: (dtype: DType) => number;
  /** Whether an input or output of so many bytes has a place of its own rather than one in the arena. */
  readonly isApart: (bytes: number, buffer: BufferId) => boolean;
}

/** Elements as they lie in typed arrays, all in the arena. */
export const PLAIN_STORAGE: Storage = { alignment: 16, bytesPerElement, isApart: () => false };

/** The steps of all kernels numbered through, those inside loops included, and what each of them touches. */
class Timeline {
  readonly lives: Lifetime[];
  readonly maps: MapStep[] = [];
  readonly #loops: {
    readonly begin: number;
    readonly end: number;
    readonly touched: ReadonlyMap<BufferId, boolean>;
  }[] = [];
  #now = 0;

  constructor(buffers: number) {
    this.lives = Array.from({ length: buffers }, () => ({ first: Number.POSITIVE_INFINITY, last: -1 }));
  }

  /** @returns the buffers touched, each with whether it is written before it is read */
  step(reads: readonly BufferId[], writes: readonly BufferId[]): Map<BufferId, boolean> {
    const touched = new Map<BufferId, boolean>();
    for (const buffer of [...reads, ...writes]) {
      const life = this.lives[buffer];
      life.first = Math.min(life.first, this.#now);
      life.last = Math.max(life.last, this.#now);
      if (!touched.has(buffer)) touched.set(buffer, !reads.includes(buffer));
    }
    this.#now++;
    return touched;
  }

  run(kernels: readonly Kernel[]): Map<BufferId, boolean> {
    return inTurn(kernels.map((kernel) => this.#kernel(kernel)));
  }

  #kernel(kernel: Kernel): Map<BufferId, boolean> {
    if (kernel.kind === "branch") {
      return inTurn([this.step([kernel.test], []), this.run(kernel.yes), this.run(kernel.no)]);
    }
    if (kernel.kind === "map") this.maps.push({ kernel, step: this.#now });
    if (kernel.kind !== "loop") return this.step(buffersRead(kernel), buffersWritten(kernel));
    // Steps of its own, before the first and after the last: what lasts as long as the loop does not end with a kernel in it.
    const begin = this.#now++;
    const copies = (list: readonly Copy[]): Map<BufferId, boolean> =>
      inTurn(list.map(({ from, to }) => this.step([from.buffer], [to.buffer])));
    const parts =
      typeof kernel.times === "number" ? [] : [this.run(kernel.times.kernels), this.step([kernel.times.test], [])];
    parts.push(copies(kernel.before), this.run(kernel.body), copies(kernel.after));
    const touched = inTurn(parts);
    this.#loops.push({ begin, end: this.#now++, touched });
    return touched;
  }

  /**
   * What comes into a loop, goes out of it, or passes from one iteration to the next lasts as long as the loop. What an
   * iteration writes before it reads it, and nobody else touches, may share its place with others of the iteration.
   */
  extendThroughLoops(): void {
    for (const { begin, end, touched } of this.#loops) {
      for (const [buffer, fresh] of touched) {
        const life = this.lives[buffer];
        if (fresh && life.first >= begin && life.last <= end) continue;
        life.first = Math.min(life.first, begin);
        life.last = Math.max(life.last, end);
      }
    }
  }
}

/** What several parts touch, one after the other. */
function inTurn(parts: readonly ReadonlyMap<BufferId, boolean>[]): Map<BufferId, boolean> {
  const touched = new Map<BufferId, boolean>();
  for (const part of parts) for (const [buffer, fresh] of part) if (!touched.has(buffer)) touched.set(buffer, fresh);
  return touched;
}

/** From the step that first writes a buffer to the one that last reads it. Inputs live from before the first step. */
function timelineOf(draft: Draft): Timeline {
  const timeline = new Timeline(draft.buffers.length);
  timeline.step([], draft.inputs);
  timeline.run(draft.kernels);
  timeline.step(draft.outputs, []);
  timeline.extendThroughLoops();
  return timeline;
}

/** Inputs that no kernel writes and outputs that are no inputs: those that may lie where the caller keeps them. */
function exchanged({ inputs, outputs, kernels }: Draft): Set<BufferId> {
  const written = new Set(kernels.flatMap((kernel) => buffersWritten(kernel)));
  const [given, wanted] = [new Set(inputs), new Set(outputs)];
  return new Set([
    ...inputs.filter((buffer) => !written.has(buffer) && !wanted.has(buffer)),
    ...outputs.filter((buffer) => !given.has(buffer)),
  ]);
}

export function planMemory(draft: Draft, { alignment, bytesPerElement: bytesOf, isApart }: Storage): LoopProgram {
  const { lives, maps } = timelineOf(draft);
  const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;
  const bytes = draft.buffers.map(({ dtype, size }) => align(size * bytesOf(dtype)));
  const apart = new Set([...exchanged(draft)].filter((buffer) => isApart(bytes[buffer], buffer)));
  const over = takenOver(draft, maps, lives, new Set([...draft.inputs, ...apart]), bytesOf);
  // What is written over another buffer shares its block, which then lives on.
  const blockOf = draft.buffers.map((_, buffer) => buffer);
  for (const [made, old] of over) blockOf[made] = blockOf[old];
  const blocks = lives.map(({ first, last }, buffer) => {
    const hasOwn = blockOf[buffer] === buffer && !apart.has(buffer) && last >= first;
    return { first, last, bytes: hasOwn ? bytes[buffer] : 0 };
  });
  for (const [made] of over) blocks[blockOf[made]].last = lives[made].last;
  const { offsets, bytes: arenaBytes } = place(blocks);
  const buffers = draft.buffers.map(
    ({ dtype, size }, buffer): BufferSpec =>
      apart.has(buffer) ? { dtype, size, offset: 0, apart: true } : { dtype, size, offset: offsets[blockOf[buffer]] },
  );
  return { buffers, inputs: draft.inputs, outputs: draft.outputs, kernels: draft.kernels, arenaBytes };
}
