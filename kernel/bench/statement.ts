/** @file A statement that is called again and again, each call to its end: tensors are lazy. */
import { ArgumentError } from "../errors.ts";
import { Completed } from "../runtime/complete.ts";

/** Warming up lasts this long (milliseconds), so that the engine has compiled the statement before it is measured. */
const WARM_UP = 50;
const LEAST_WARM_UP_CALLS = 2;

/** A repetition lasts at least this many ticks of the clock, so that the clock adds less than 1 % to it. */
export const TICKS = 200;

/** A clock in milliseconds. */
export type Clock = () => number;

export const realClock: Clock = () => globalThis.performance.now();

export class Statement {
  readonly #name: string;
  readonly #stmt: () => unknown;
  readonly #now: Clock;
  #latest: Completed | undefined;

  /** @param name of the function that was given the statement, for messages */
  constructor(name: string, stmt: () => unknown, now: Clock) {
    if (typeof stmt !== "function") {
      throw new ArgumentError(
        `${name}: expected stmt to be a function, got ${typeof stmt}. Write stmt: () => f(x), not stmt: f(x).`,
      );
    }
    this.#name = name;
    this.#stmt = stmt;
    this.#now = now;
  }

  /** Bytes of the tensors that the last call made and gave, which any way of computing them has to write. */
  get resultBytes(): number {
    return this.#latest?.bytes ?? 0;
  }

  /** Milliseconds that `calls` calls took together. */
  block(calls: number): number {
    const stmt = this.#stmt;
    const start = this.#now();
    for (let i = 0; i < calls; i++) this.#keep(new Completed(stmt));
    return this.#now() - start;
  }

  /** Calls until the engine has settled, at most `limit` times or twice; says how long a call took in the end. */
  warmUp(limit = Number.POSITIVE_INFINITY): number {
    const start = this.#now();
    const first = new Completed(this.#stmt);
    if (first.result instanceof Promise) {
      throw new ArgumentError(
        `${this.#name}: the statement returned a promise, which cannot be timed call by call. Return the tensor itself; its evaluation is part of the timing.`,
      );
    }
    if (first.elsewhere !== undefined) {
      throw new ArgumentError(
        `${this.#name}: the result is computed on ${first.elsewhere}, which goes on when the call is over, so the time of a call ` +
          "would say nothing. Time it with performance.now() around await x.data(), or on another backend: " +
          'await setDefaultBackend("wasm").',
      );
    }
    this.#keep(first);
    let done = 1;
    for (let calls = 1; ; ) {
      const time = this.block(calls);
      done += calls;
      if (done >= LEAST_WARM_UP_CALLS && (done >= limit || this.#now() - start >= WARM_UP)) return time / calls;
      calls = Math.min(2 * calls, limit - done);
    }
  }

  #keep(completed: Completed): void {
    this.#latest?.release(completed);
    this.#latest = completed;
  }
}

/** How many calls of `estimate` milliseconds last as long as `duration`. */
export const callsLasting = (duration: number, estimate: number): number =>
  Math.max(1, Math.ceil(duration / Math.max(estimate, 1e-6)));

/** The clock's granularity in milliseconds: browsers give 0.005 to 0.1, Node far less. */
export function tickOf(now: Clock): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10; i++) {
    const start = now();
    let next = start;
    while (next === start) next = now();
    smallest = Math.min(smallest, next - start);
  }
  return smallest;
}
