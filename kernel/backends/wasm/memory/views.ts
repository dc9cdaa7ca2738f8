/** @file Views of a program's buffers in the memory it runs in. */
import { type TypedArray, viewOf } from "../../../dtype.ts";
import type { BufferId } from "../../../loops/ir.ts";
import { commonSize, TABLE_ADDRESS, TABLE_SLOTS } from "./memory.ts";
import type { Placed } from "./placed.ts";

export class Views {
  readonly #buffers: readonly Placed[];
  #memory: WebAssembly.Memory | undefined;
  /** The buffer of the memory, and what size the common memory had when it was asked for. */
  #buffer: ArrayBufferLike = new ArrayBuffer(0);
  #size = -1;
  #views: (TypedArray | undefined)[] = [];
  /** The addresses of buffers apart, where the program looks for them. */
  #table: Uint32Array = new Uint32Array(0);

  constructor(buffers: readonly Placed[]) {
    this.#buffers = buffers;
  }

  /** Goes over to another memory, or to none. */
  move(memory: WebAssembly.Memory | undefined): void {
    this.#memory = memory;
    this.#size = -1;
    if (memory === undefined) this.#look(new ArrayBuffer(0));
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
    if (slot !== undefined) return viewOf(dtype, this.#buffer, this.#table[slot], size);
    this.#views[id] ??= viewOf(dtype, this.#buffer, address, size);
    return this.#views[id];
  }

  /** Memory that grew has another buffer. */
  #refresh(): void {
    const size = commonSize();
    if (size === this.#size) return;
    this.#size = size;
    this.#look(this.#memory!.buffer);
  }

  #look(buffer: ArrayBufferLike): void {
    this.#buffer = buffer;
    this.#views = [];
    const hasTable = buffer.byteLength > TABLE_ADDRESS;
    this.#table = hasTable ? new Uint32Array(buffer, TABLE_ADDRESS, TABLE_SLOTS) : new Uint32Array(0);
  }
}
