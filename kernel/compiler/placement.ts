/**
 * @file Offsets for blocks of memory that each live for some time, so that those which never live together may share
 * bytes and the whole stays small (the problem of dynamic storage allocation with known lifetimes, which is NP-hard).
 * Large blocks are placed by first fit, the largest first, which packs well and compares each with all placed before it.
 * The rest, of which a long program has thousands, are placed in one sweep over time, each where the best fit is free.
 */

export interface Block {
  readonly bytes: number;
  /** The steps at which it is first and last needed. */
  readonly first: number;
  readonly last: number;
}

export interface Placement {
  /** One per block. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** A block is large from this share of all bytes on, so there can be only so many. */
const LARGE = 1 / 256;

/** First fit, largest blocks first. */
function placeLarge(blocks: readonly Block[], chosen: readonly number[], offsets: number[]): number {
  const placed: number[] = [];
  let end = 0;
  for (const i of [...chosen].sort((a, b) => blocks[b].bytes - blocks[a].bytes)) {
    const { bytes, first, last } = blocks[i];
    const neighbours = placed
      .filter((other) => blocks[other].first <= last && first <= blocks[other].last)
      .sort((a, b) => offsets[a] - offsets[b]);
    let offset = 0;
    for (const other of neighbours) {
      if (offset + bytes <= offsets[other]) break;
      offset = Math.max(offset, offsets[other] + blocks[other].bytes);
    }
    offsets[i] = offset;
    placed.push(i);
    end = Math.max(end, offset + bytes);
  }
  return end;
}

/** Free ranges of bytes below `end`, kept apart from one another, in ascending order. */
class FreeList {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  end: number;

  constructor(end: number) {
    this.end = end;
  }

  /** The number of ranges that start before `offset`. */
  #before(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes the smallest range that holds `bytes`, or the memory behind all. */
  take(bytes: number): number {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#starts.length && least > bytes; i++) {
      const room = this.#ends[i] - this.#starts[i];
      if (room >= bytes && room < least) [best, least] = [i, room];
    }
    if (best < 0) {
      // A free range at the very end grows.
      const last = this.#starts.length - 1;
      const offset = last >= 0 && this.#ends[last] === this.end ? this.#starts[last] : this.end;
      if (offset !== this.end) {
        this.#starts.pop();
        this.#ends.pop();
      }
      this.end = offset + bytes;
      return offset;
    }
    const offset = this.#starts[best];
    if (least === bytes) {
      this.#starts.splice(best, 1);
      this.#ends.splice(best, 1);
    } else this.#starts[best] += bytes;
    return offset;
  }

  give(offset: number, bytes: number): void {
    const at = this.#before(offset);
    const joinsBefore = at > 0 && this.#ends[at - 1] === offset;
    const joinsAfter = at < this.#starts.length && this.#starts[at] === offset + bytes;
    if (joinsBefore && joinsAfter) {
      this.#ends[at - 1] = this.#ends[at];
      this.#starts.splice(at, 1);
      this.#ends.splice(at, 1);
    } else if (joinsBefore) this.#ends[at - 1] = offset + bytes;
    else if (joinsAfter) this.#starts[at] = offset;
    else {
      this.#starts.splice(at, 0, offset);
      this.#ends.splice(at, 0, offset + bytes);
    }
  }
}

/** Over time: each block takes what is free when it is first needed, and gives it back after it was last. */
function placeInTime(blocks: readonly Block[], chosen: readonly number[], offsets: number[], start: number): number {
  const free = new FreeList(start);
  const ending = [...chosen].sort((a, b) => blocks[a].last - blocks[b].last);
  let ended = 0;
  for (const i of [...chosen].sort((a, b) => blocks[a].first - blocks[b].first)) {
    for (; blocks[ending[ended]].last < blocks[i].first; ended++) {
      free.give(offsets[ending[ended]], blocks[ending[ended]].bytes);
    }
    offsets[i] = free.take(blocks[i].bytes);
  }
  return free.end;
}

/** Places all blocks; sizes that are multiples of some alignment give offsets that are. */
export function place(blocks: readonly Block[]): Placement {
  const offsets = new Array<number>(blocks.length).fill(0);
  const least = LARGE * blocks.reduce((sum, { bytes }) => sum + bytes, 0);
  const used = blocks.flatMap(({ bytes }, i) => (bytes > 0 ? [i] : []));
  const end = placeLarge(
    blocks,
    used.filter((i) => blocks[i].bytes >= least),
    offsets,
  );
  const bytes = placeInTime(
    blocks,
    used.filter((i) => blocks[i].bytes < least),
    offsets,
    end,
  );
  return { offsets, bytes };
}
