/**
 * @file Memory of the device, used again and again: the device clears every buffer that it makes, which takes as long as
 * computing something. Work on a device is done in the order in which it is asked for, so a buffer may be given back as soon
 * as the last work on it has been asked for.
 */

/** What buffers are for, as bits; the names of the standard are not there in every engine. */
export const USAGE = { mapRead: 1, copyFrom: 4, copyTo: 8, uniform: 64, storage: 128 } as const;

const FOR_ALL = USAGE.storage | USAGE.copyFrom | USAGE.copyTo;
/** Free memory beyond this goes back to the device. */
const MOST_FREE = 512 * 2 ** 20;
const LEAST = 256;

/** Sizes come in four steps per power of two, so that a buffer fits many needs and little of it is wasted. */
function sizeClass(bytes: number): number {
  if (bytes <= LEAST) return LEAST;
  const step = 2 ** Math.max(8, Math.floor(Math.log2(bytes)) - 2);
  return Math.ceil(bytes / step) * step;
}

export class Pool {
  readonly #device: GPUDevice;
  readonly #free = new Map<number, GPUBuffer[]>();
  #freeBytes = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A buffer of at least so many bytes; what is in it is left from before. */
  take(bytes: number): GPUBuffer {
    const size = sizeClass(bytes);
    const free = this.#free.get(size)?.pop();
    if (free === undefined) return this.#device.createBuffer({ size, usage: FOR_ALL });
    this.#freeBytes -= size;
    return free;
  }

  give(buffer: GPUBuffer): void {
    const { size } = buffer;
    if (this.#freeBytes + size > MOST_FREE) {
      buffer.destroy();
      return;
    }
    this.#freeBytes += size;
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [buffer]);
    else list.push(buffer);
  }
}
