/** @file Times a statement, in the manner of `torch.utils.benchmark`. */
import { ArgumentError } from "../errors.ts";
import { type Advance, working } from "../progress.ts";
import { Measurement } from "./measurement.ts";

/** Warming up lasts this long (milliseconds), so that the engine has compiled the statement before it is measured. */
const WARM_UP = 50;
const LEAST_WARM_UP_CALLS = 2;
/** A repetition lasts at least this many ticks of the clock, so that the clock adds less than 1 % to it. */
const TICKS = 200;
/** Fewer repetitions than this say nothing about the spread. */
const LEAST_REPETITIONS = 5;
/** When the repetitions of `blockedAutorange` share the time out, this many. */
const SHARE = 100;

/** A call whose result owes no more work: tensors are lazy, and a tensor nobody computed was not timed. */
interface Completion {
  readonly result: unknown;
  /** Frees what the call made, but what a later one gave again. */
  release(later: Completion): void;
}

let complete: (statement: () => unknown) => Completion = (statement) => ({ result: statement(), release() {} });

/** Called once by the kernel, which knows how to evaluate and free the tensors of a result. */
export function registerCompletion<C extends Completion>(completing: (statement: () => unknown) => C): void {
  complete = completing as typeof complete;
}

export interface TimerOptions {
  /**
   * What is timed. Its result, a tensor or a tree of them, is evaluated inside the timed region, and tensors that a call
   * made are freed when the next one has made its own; so a variable that the statement sets has the last result.
   */
  readonly stmt: () => unknown;
  /** Runs once before each measurement, untimed. */
  readonly setup?: () => void;
  /** What is timed, in words; by default the statement's own text. */
  readonly label?: string;
  /** Which variant of it, when several are compared. */
  readonly description?: string;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/** Measures how long a function takes, as `torch.utils.benchmark.Timer` does. */
export class Timer {
  readonly #stmt: () => unknown;
  readonly #setup: () => void;
  readonly #label: string;
  readonly #description: string;
  readonly #now: () => number;
  #latest: Completion | undefined;

  constructor({ stmt, setup, label, description, now }: TimerOptions) {
    if (typeof stmt !== "function") {
      throw new ArgumentError(
        `Timer: expected stmt to be a function, got ${typeof stmt}. Write stmt: () => f(x), not stmt: f(x).`,
      );
    }
    this.#stmt = stmt;
    this.#setup = setup ?? (() => {});
    this.#label = label ?? textOf(stmt);
    this.#description = description ?? "";
    this.#now = now ?? (() => globalThis.performance.now());
  }

  /**
   * Calls the statement `n` times after warming up, in repetitions of equally many calls; calls that do not make up a
   * whole repetition go to the warm-up.
   */
  timeit(n = 500): Measurement {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new ArgumentError(`timeit: expected a number of calls of 1 or more, got ${n}.`);
    }
    return this.#reporting({ total: n, unit: "calls" }, (advance) => {
      this.#setup();
      const estimate = this.#warmUp(n);
      const most = Math.max(1, Math.floor(n / LEAST_REPETITIONS));
      const calls = Math.min(most, this.#callsLasting(TICKS * this.#tick(), estimate));
      this.#block(n % calls);
      advance(n % calls);
      const times: number[] = [];
      for (let done = calls; done <= n; done += calls) {
        times.push(this.#block(calls) / calls);
        advance(calls);
      }
      return this.#measurement(times, calls);
    });
  }

  /** Repeats the statement for at least `minRunTime` seconds, in as many repetitions as that takes. */
  blockedAutorange({ minRunTime = 0.2 }: { readonly minRunTime?: number } = {}): Measurement {
    if (!(minRunTime > 0 && minRunTime < Number.POSITIVE_INFINITY)) {
      throw new ArgumentError(`blockedAutorange: expected minRunTime in seconds above 0, got ${minRunTime}.`);
    }
    return this.#reporting({ total: 1000 * minRunTime, unit: "ms" }, (advance) => {
      this.#setup();
      const estimate = this.#warmUp(Number.POSITIVE_INFINITY);
      const calls = this.#callsLasting(Math.max(TICKS * this.#tick(), (1000 * minRunTime) / SHARE), estimate);
      const times: number[] = [];
      for (let spent = 0; spent < 1000 * minRunTime || times.length < LEAST_REPETITIONS; ) {
        const time = this.#block(calls);
        spent += time;
        times.push(time / calls);
        advance(time);
      }
      return this.#measurement(times, calls);
    });
  }

  /** Between repetitions, so that saying it takes no time of theirs. */
  #reporting<T>(amount: { readonly total: number; readonly unit: string }, measure: (advance: Advance) => T): T {
    const what = this.#description ? `${this.#label}: ${this.#description}` : this.#label;
    return working({ label: () => `timing ${what}`, ...amount }, measure);
  }

  #measurement(milliseconds: readonly number[], callsPerRepetition: number): Measurement {
    const times = milliseconds.map((time) => time / 1000);
    return new Measurement({ label: this.#label, description: this.#description, times, callsPerRepetition });
  }

  /** Milliseconds that `calls` calls took together. */
  #block(calls: number): number {
    const stmt = this.#stmt;
    const start = this.#now();
    for (let i = 0; i < calls; i++) this.#keep(complete(stmt));
    return this.#now() - start;
  }

  #keep(completion: Completion): void {
    this.#latest?.release(completion);
    this.#latest = completion;
  }

  /** Calls until the engine has settled, at most `limit` times or twice; says how long a call took in the end. */
  #warmUp(limit: number): number {
    const start = this.#now();
    const first = complete(this.#stmt);
    if (first.result instanceof Promise) {
      throw new ArgumentError(
        "Timer: the statement returned a promise, which cannot be timed call by call. Return the tensor itself; its evaluation is part of the timing.",
      );
    }
    this.#keep(first);
    let done = 1;
    for (let calls = 1; ; ) {
      const time = this.#block(calls);
      done += calls;
      if (done >= LEAST_WARM_UP_CALLS && (done >= limit || this.#now() - start >= WARM_UP)) return time / calls;
      calls = Math.min(2 * calls, limit - done);
    }
  }

  /** How many calls of `estimate` milliseconds last as long as `duration`. */
  #callsLasting(duration: number, estimate: number): number {
    return Math.max(1, Math.ceil(duration / Math.max(estimate, 1e-6)));
  }

  /** The clock's granularity in milliseconds: browsers give 0.005 to 0.1, Node far less. */
  #tick(): number {
    let smallest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 10; i++) {
      const start = this.#now();
      let next = start;
      while (next === start) next = this.#now();
      smallest = Math.min(smallest, next - start);
    }
    return smallest;
  }
}

/** The body of `() => expression` on one line, or the name of a function that has one besides `stmt`. */
function textOf(stmt: () => unknown): string {
  const body = /^\(\)\s*=>\s*([^{\s][^\n]{0,79})$/.exec(stmt.toString().trim());
  if (body) return body[1];
  return stmt.name && stmt.name !== "stmt" ? stmt.name : "statement";
}
