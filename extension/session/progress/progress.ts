/** @file The global `progress`: a loop, or other long work of a cell, says how far it is. */
import { runBehind } from "../stack.ts";
import type { Bar, Bars } from "./bars.ts";

interface ProgressOptions {
  readonly label?: string;
  readonly total?: number;
  readonly unit?: string;
}

type Settled = ReturnType<typeof settled>;

/** The function as cells see it is declared in `language/session-globals.d.ts`. */
export function progressIn(bars: Bars) {
  return (first: unknown = {}, options: ProgressOptions = {}): Progress => {
    if (typeof first === "number") return new Loop(bars, stepsTo(first), settled(options, first));
    const over = typeof first === "string" ? [...first] : first;
    if (over === null || typeof over !== "object") {
      throw new TypeError(
        `progress: expected what a loop can go over, a number of steps, or options such as { total: 200 }, got ${String(over)}.`,
      );
    }
    if (Symbol.iterator in over) return new Loop(bars, over as Iterable<unknown>, settled(options, sizeOf(over)));
    if (Symbol.asyncIterator in over) return new AsyncLoop(bars, over as AsyncIterable<unknown>, settled(options));
    return new SteppedBar(bars, settled(over));
  };
}

function settled(options: ProgressOptions, size?: number) {
  const { label = "", total = size, unit = "" } = options;
  if (total !== undefined && !(Number.isFinite(total) && total >= 0)) {
    throw new TypeError(
      `progress: total must be a number of 0 or more, got ${String(total)}. Leave it out if unknown.`,
    );
  }
  return { label: String(label), total, unit: String(unit) };
}

function sizeOf(over: object): number | undefined {
  const { length, size } = over as { readonly length?: unknown; readonly size?: unknown };
  return [length, size].find((each): each is number => typeof each === "number");
}

function stepsTo(end: number): Iterable<number> {
  if (!Number.isInteger(end)) throw new TypeError(`progress: expected a whole number of steps, got ${end}.`);
  return {
    *[Symbol.iterator]() {
      for (let step = 0; step < end; step++) yield step;
    },
  };
}

abstract class Progress {
  readonly #bars: Bars;
  readonly #options: Settled;
  #label: string;
  #latest: Bar | undefined;

  constructor(bars: Bars, options: Settled) {
    this.#bars = bars;
    this.#options = options;
    this.#label = options.label;
  }

  get label(): string {
    return this.#label;
  }

  set label(label: string) {
    this.#label = String(label);
    if (this.#latest) this.#latest.label = this.#label;
  }

  /** Undefined before the first cell. */
  protected begin(): Bar | undefined {
    const run = runBehind();
    this.#latest = run && this.#bars.begin(run, { ...this.#options, label: this.#label });
    return this.#latest;
  }
}

/** Goes over what it was given; each time with a new bar. */
class Loop extends Progress {
  readonly #over: Iterable<unknown>;

  constructor(bars: Bars, over: Iterable<unknown>, options: Settled) {
    super(bars, options);
    this.#over = over;
  }

  *[Symbol.iterator](): Generator<unknown, void> {
    const bar = this.begin();
    let steps = 0;
    let state: "done" | "stopped" = "stopped";
    try {
      for (const each of this.#over) {
        yield each;
        bar?.advanceTo(++steps);
      }
      state = "done";
    } finally {
      bar?.end(state);
    }
  }
}

class AsyncLoop extends Progress {
  readonly #over: AsyncIterable<unknown>;

  constructor(bars: Bars, over: AsyncIterable<unknown>, options: Settled) {
    super(bars, options);
    this.#over = over;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void> {
    const bar = this.begin();
    let steps = 0;
    let state: "done" | "stopped" = "stopped";
    try {
      for await (const each of this.#over) {
        yield each;
        bar?.advanceTo(++steps);
      }
      state = "done";
    } finally {
      bar?.end(state);
    }
  }
}

/** Moved by hand. */
class SteppedBar extends Progress {
  readonly #bar = this.begin();
  #steps = 0;

  advance(by = 1): void {
    if (!Number.isFinite(by)) throw new TypeError(`advance: expected a number of steps, got ${String(by)}.`);
    this.#steps += by;
    this.#bar?.advanceTo(this.#steps);
  }

  done(): void {
    this.#bar?.end("done");
  }
}
