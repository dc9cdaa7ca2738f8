/** @file The tensors that were shown, held so that a picture can be looked into after its cell. */
import type { Tensor } from "cotangent";

/** About ten matrices of 4096 × 4096. */
const MOST_BYTES = 768 * 1024 ** 2;

/** What looking back may cost, in bytes: never so much of a session's memory that its cells run out of it. */
export const heldBytes = (memoryLimitMB: number): number => Math.min(MOST_BYTES, (memoryLimitMB / 4) * 1024 ** 2);

export class HeldTensors {
  /** The one shown last is the last. */
  readonly #held = new Map<string, Tensor>();
  readonly #handles = new WeakMap<Tensor, string>();
  /** No two sessions give the same handle, so that a picture of an earlier one finds nothing rather than another. */
  readonly #session = `${Date.now().toString(36)}-${process.pid}`;
  readonly #mostBytes: number;
  #last = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The handle of a tensor that is about to be shown. Those that were shown longest ago are let go. */
  hold(tensor: Tensor): string {
    const handle = this.#handles.get(tensor) ?? `${this.#session}-${++this.#last}`;
    this.#handles.set(tensor, handle);
    this.#held.delete(handle);
    this.#held.set(handle, tensor);
    let bytes = 0;
    for (const [each, { size, dtype }] of [...this.#held].reverse()) {
      bytes += size * BYTES[dtype];
      if (bytes > this.#mostBytes && each !== handle) this.#held.delete(each);
    }
    return handle;
  }

  get(handle: string): Tensor | undefined {
    return this.#held.get(handle);
  }
}

const BYTES = { float32: 4, float64: 8, int32: 4, bool: 1 } as const;
