/** @file A statement that is called again and again, each call to its end: tensors are lazy, and devices go on by themselves. */
import type { Backend } from "../backends/backend.ts";
import { ArgumentError } from "../errors.ts";
import { newestNode } from "../graph/node.ts";
import { Completed } from "../runtime/complete.ts";
import { allFinished, watchWork } from "../runtime/elsewhere.ts";
import type { Measuring } from "./measuring.ts";

/** Warming up lasts this long (milliseconds), so that the engine has compiled the statement before it is measured. */
const WARM_UP = 50;
const LEAST_WARM_UP_CALLS = 2;

/** A repetition lasts at least this many ticks of the clock, so that the clock adds less than 1 % to it. */
const TICKS = 200;
/** And so many times what waiting for a device takes by itself, so that it adds less than 5 %. */
const WAITS = 20;

/** A clock in milliseconds. */
export type Clock = () => number;

export const realClock: Clock = () => globalThis.performance.now();

/** Some calls, and the milliseconds they took together. */
export interface Block {
  readonly calls: number;
  readonly time: number;
}

export interface StatementOptions {
  /** The function that was given the statement, for messages. */
  readonly name: string;
  readonly stmt: () => unknown;
  readonly now: Clock;
  readonly setup?: () => unknown;
  /** What to write where a call is not over when it returns. */
  readonly instead?: string;
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === "function";

export class Statement {
  readonly #name: string;
  readonly #stmt: () => unknown;
  readonly #now: Clock;
  readonly #setup: () => unknown;
  readonly #instead: string;
  #latest: Completed | undefined;
  #backend: Backend | undefined;

  constructor({ name, stmt, now, setup = () => {}, instead = "" }: StatementOptions) {
    if (typeof stmt !== "function") {
      throw new ArgumentError(
        `${name}: expected stmt to be a function, got ${typeof stmt}. Write stmt: () => f(x), not stmt: f(x).`,
      );
    }
    this.#name = name;
    this.#stmt = stmt;
    this.#now = now;
    this.#setup = setup;
    this.#instead = instead;
  }

  /** Bytes of the tensors that the last call made and gave, which any way of computing them has to write. */
  get resultBytes(): number {
    return this.#latest?.bytes ?? 0;
  }

  /** What was given work that goes on when a call is over; undefined where all of it is done here, within the call. */
  get elsewhere(): Backend | undefined {
    return this.#backend;
  }

  setup(): void {
    if (!isPromise(this.#setup())) return;
    throw new ArgumentError(`${this.#name}: setup returned a promise, for which nobody waits. Write ${this.#instead}.`);
  }

  async setupAsync(): Promise<void> {
    await this.#setup();
  }

  /** Milliseconds that `calls` calls took together. Refuses those that are not over when they return. */
  block(calls: number): number {
    const stmt = this.#stmt;
    const endOfWatch = watchWork();
    let time: number;
    try {
      const start = this.#now();
      for (let i = 0; i < calls; i++) this.#keep(new Completed(stmt));
      time = this.#now() - start;
    } finally {
      this.#remember(endOfWatch());
    }
    if (isPromise(this.#latest?.result)) {
      throw new ArgumentError(
        `${this.#name}: the statement returned a promise, so it goes on when the call is over. Return the tensor itself, ` +
          `whose evaluation is part of the timing, or wait for it: ${this.#instead}.`,
      );
    }
    if (this.#backend === undefined) return time;
    throw new ArgumentError(
      `${this.#name}: the statement is computed on ${this.#backend.name}, which goes on when the call is over, so the time of a ` +
        `call would say nothing. Wait for it: ${this.#instead}.`,
    );
  }

  /**
   * Milliseconds until the work of `calls` calls was done. A promise is awaited before the next call; what a device does is
   * awaited once, after the last, so that it has the next call's work before it is done with the one before.
   */
  async blockAsync(calls: number): Promise<number> {
    const [stmt, now] = [this.#stmt, this.#now];
    // What was asked for before is not part of it.
    await allFinished();
    const endOfWatch = watchWork();
    let given: ReadonlySet<Backend> = new Set();
    const start = now();
    try {
      for (let i = 0; i < calls; i++) {
        const before = newestNode();
        const result = stmt();
        const value = isPromise(result) ? await result : result;
        this.#keep(new Completed(() => value, before));
      }
    } finally {
      given = endOfWatch();
      this.#remember(given);
    }
    if (given.size > 0) await Promise.all(Array.from(given, (backend) => backend.finished?.()));
    const time = now() - start;
    // What failed on a device was quick.
    await this.#latest!.finished();
    return time;
  }

  /** Calls until the engine has settled, at most `limit` times or twice; says how long the last calls took. */
  *warmUp(limit = Number.POSITIVE_INFINITY): Measuring<Block> {
    const start = this.#now();
    yield { statement: this, calls: 1 };
    let done = 1;
    for (let calls = 1; ; ) {
      const time = yield { statement: this, calls };
      done += calls;
      if (done >= LEAST_WARM_UP_CALLS && (done >= limit || this.#now() - start >= WARM_UP)) return { calls, time };
      calls = Math.min(2 * calls, limit - done);
    }
  }

  #keep(completed: Completed): void {
    this.#latest?.release(completed);
    this.#latest = completed;
  }

  #remember(given: ReadonlySet<Backend>): void {
    [this.#backend] = given;
  }
}

/** The least milliseconds that a repetition lasts. @param wait what waiting for a device takes by itself */
export const leastRepetition = (now: Clock, wait = 0): number => Math.max(TICKS * tickOf(now), WAITS * wait);

/** Milliseconds of a call, without the waiting that ended the block; of a block that was all waiting, some part of it. */
export const timeOfCall = ({ calls, time }: Block, wait = 0): number => Math.max(time - wait, time / WAITS) / calls;

/** How many calls of `estimate` milliseconds last as long as `duration`. */
export const callsLasting = (duration: number, estimate: number): number =>
  Math.max(1, Math.ceil(duration / Math.max(estimate, 1e-6)));

/** The clock's granularity in milliseconds: browsers give 0.005 to 0.1, Node far less. */
function tickOf(now: Clock): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    const start = now();
    let next = start;
    while (next === start) next = now();
    smallest = Math.min(smallest, next - start);
  }
  return smallest;
}
