/**
 * @file The bars that are open, in memory that both threads see. The main thread writes how far its work is, which costs a
 * store for each step and a few hundred nanoseconds for each bar; the supervisor looks a few times a second, also while
 * the main thread is in a loop or in WebAssembly. So a million steps are no message at all.
 */

/** What is said of a bar when it begins. */
export interface BarFacts {
  /** Counts the bars of the session. */
  readonly bar: number;
  /** The execution whose output it belongs to. */
  readonly run: number;
  readonly label: string;
  readonly total?: number;
  readonly unit: string;
  /** By `clock`. */
  readonly startedAt: number;
  /** Whether a line of it stays when it is over: not of a bar inside of another, nor of the kernel's own work. */
  readonly stays: boolean;
}

export interface OpenBar extends BarFacts {
  readonly done: number;
}

/** In milliseconds, and the same on all threads, which `performance.now` is not. */
export const clock = (): number => Number(process.hrtime.bigint()) / 1e6;

/** What is over sooner is not worth a line. */
export const SHOWN_FROM_MS = 300;

const BARS = 16;
const FACTS_BYTES = 2000;
/** Of each bar: a version, which is odd while the facts are written, and the length of the facts, 0 for none. */
const HEAD_BYTES = 8;
const DONE_BYTES = 8;
const BYTES = BARS * (HEAD_BYTES + DONE_BYTES + FACTS_BYTES);

export class ProgressBoard {
  /** What the other thread is given. */
  readonly memory: SharedArrayBuffer;
  readonly #heads: Int32Array;
  readonly #done: Float64Array;
  readonly #facts: Buffer;

  constructor(memory = new SharedArrayBuffer(BYTES)) {
    this.memory = memory;
    this.#heads = new Int32Array(memory, 0, 2 * BARS);
    this.#done = new Float64Array(memory, BARS * HEAD_BYTES, BARS);
    this.#facts = Buffer.from(memory, BARS * (HEAD_BYTES + DONE_BYTES));
  }

  /** A place where nothing stands. */
  free(): number | undefined {
    for (let place = 0; place < BARS; place++) if (this.#heads[2 * place + 1] === 0) return place;
    return undefined;
  }

  write(place: number, facts: BarFacts, done: number): void {
    // The thread may have been stopped in the middle of an earlier write.
    const version = Atomics.load(this.#heads, 2 * place) | 1;
    Atomics.store(this.#heads, 2 * place, version);
    this.#done[place] = done;
    Atomics.store(
      this.#heads,
      2 * place + 1,
      this.#facts.write(JSON.stringify(facts), place * FACTS_BYTES, FACTS_BYTES),
    );
    Atomics.store(this.#heads, 2 * place, version + 1);
  }

  advance(place: number, done: number): void {
    this.#done[place] = done;
  }

  clear(place: number): void {
    Atomics.store(this.#heads, 2 * place + 1, 0);
  }

  /** What stands there now; a bar that is just being written is seen the next time. */
  read(): OpenBar[] {
    const bars: OpenBar[] = [];
    for (let place = 0; place < BARS; place++) {
      const version = Atomics.load(this.#heads, 2 * place);
      const length = Atomics.load(this.#heads, 2 * place + 1);
      if (length === 0 || version % 2 === 1) continue;
      const text = this.#facts.toString("utf8", place * FACTS_BYTES, place * FACTS_BYTES + length);
      const done = this.#done[place];
      if (Atomics.load(this.#heads, 2 * place) !== version) continue;
      bars.push({ ...(JSON.parse(text) as BarFacts), done });
    }
    return bars.sort((a, b) => a.bar - b.bar);
  }
}
