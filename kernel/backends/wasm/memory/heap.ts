/**
 * @file Which parts of a range of addresses are taken. Blocks that are given back join their free neighbours at once, and
 * a block is cut from the smallest free one that holds it (best fit, boundary tags: Knuth, "The Art of Computer
 * Programming" 1, 2.5), so that no amount of taking and giving back wears the range out.
 */

/** Blocks begin at multiples of this, a line of the processor's cache. */
const GRAIN = 64;

const sizeClass = (bytes: number): number => Math.floor(Math.log2(bytes));

export class Heap {
  readonly #start: number;
  readonly #limit: number;
  /** Bytes of every block that is taken, by its address. */
  readonly #taken = new Map<number, number>();
  /** Bytes of every free block by its address, and its address by where it ends. */
  readonly #free = new Map<number, number>();
  readonly #ends = new Map<number, number>();
  /** Addresses of free blocks, by size class. */
  readonly #classes: Set<number>[] = Array.from({ length: 33 }, () => new Set());
  /** Beyond it nothing was ever taken, or all was given back. */
  #top: number;
  #takenBytes = 0;

  /** @param start a multiple of 64 */
  constructor(start: number, limit: number) {
    this.#start = start;
    this.#limit = limit;
    this.#top = start;
  }

  /** Bytes that are taken, what was added to fill up grains included. */
  get taken(): number {
    return this.#takenBytes;
  }

  /** Address at which the highest block that is taken ends. */
  get top(): number {
    return this.#top;
  }

  /** The address of a block of at least `bytes`, or undefined when there is none. */
  take(bytes: number): number | undefined {
    const size = Math.max(GRAIN, Math.ceil(bytes / GRAIN) * GRAIN);
    const found = this.#smallest(size);
    let address: number;
    if (found === undefined) {
      if (this.#top + size > this.#limit) return undefined;
      address = this.#top;
      this.#top += size;
    } else {
      address = found;
      const whole = this.#free.get(found)!;
      this.#remove(found, whole);
      if (whole > size) this.#add(found + size, whole - size);
    }
    this.#taken.set(address, size);
    this.#takenBytes += size;
    return address;
  }

  /** Gives the block at `address` back. */
  give(address: number): void {
    let size = this.#taken.get(address);
    if (size === undefined) throw new Error(`no block begins at ${address}`);
    this.#taken.delete(address);
    this.#takenBytes -= size;
    const before = this.#ends.get(address);
    if (before !== undefined) {
      const more = this.#free.get(before)!;
      this.#remove(before, more);
      address = before;
      size += more;
    }
    const after = this.#free.get(address + size);
    if (after !== undefined) {
      this.#remove(address + size, after);
      size += after;
    }
    if (address + size === this.#top) this.#top = address;
    else this.#add(address, size);
    if (this.#takenBytes === 0 && this.#top !== this.#start) throw new Error("free blocks were not joined");
  }

  #smallest(size: number): number | undefined {
    const first = sizeClass(size);
    for (let c = first; c < this.#classes.length; c++) {
      let best: number | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const address of this.#classes[c]) {
        const bytes = this.#free.get(address)!;
        if (bytes < size || bytes > least) continue;
        // Of equal ones the lowest, so that the top comes down again.
        if (bytes === least && address > best!) continue;
        best = address;
        least = bytes;
      }
      if (best !== undefined) return best;
    }
    return undefined;
  }

  #add(address: number, bytes: number): void {
    this.#free.set(address, bytes);
    this.#ends.set(address + bytes, address);
    this.#classes[sizeClass(bytes)].add(address);
  }

  #remove(address: number, bytes: number): void {
    this.#free.delete(address);
    this.#ends.delete(address + bytes);
    this.#classes[sizeClass(bytes)].delete(address);
  }
}
