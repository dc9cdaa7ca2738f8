/** @file Views of a program's buffers in the memory it runs in. */
import { type TypedArray, viewOf } from "../../dtype.ts";
import type { BufferId } from "../../loops/ir.ts";
import { TABLE_ADDRESS, TABLE_SLOTS } from "./memory.ts";
import type { Placed } from "./placed.ts";

export class Views {
  readonly #buffers: readonly Placed[];
  #memory: WebAssembly.Memory | undefined;
  #viewed: ArrayBufferLike | undefined;
  #views: (TypedArray | undefined)[] = [];
  /** The addresses of buffers apart, where the program looks for them. */
  #table = new Uint32Array(0);

  constructor(buffers: readonly Placed[]) {
    this.#buffers = buffers;
  }

  /** Goes over to another memory, or to none. */
  move(memory: WebAssembly.Memory | undefined): void {
    this.#memory = memory;
    this.#viewed = undefined;
    this.#views = [];
    this.#table = new Uint32Array(0);
  }

  placed(id: BufferId): Placed {
    return this.#buffers[id];
  }

  /** Says where a buffer apart is in the next run. */
  put(id: BufferId, address: number): void {
    this.#refresh();
    this.#table[this.#buffers[id].slot!] = address;
  }

  of(id: BufferId): TypedArray {
    this.#refresh();
    const { dtype, address, size, slot } = this.#buffers[id];
    if (slot !== undefined) return viewOf(dtype, this.#viewed!, this.#table[slot], size);
    this.#views[id] ??= viewOf(dtype, this.#viewed!, address, size);
    return this.#views[id];
  }

  /** Memory that grew has another buffer. */
  #refresh(): void {
    const { buffer } = this.#memory!;
    if (buffer === this.#viewed) return;
    this.#viewed = buffer;
    this.#views = [];
    this.#table = new Uint32Array(buffer, TABLE_ADDRESS, TABLE_SLOTS);
  }
}
