/** @file Times a statement, in the manner of `torch.utils.benchmark`. */
import { ArgumentError } from "../errors.ts";
import { type Advance, working } from "../progress.ts";
import { currentEnvironment } from "./environment.ts";
import { Measurement } from "./measurement.ts";
import { type Clock, callsLasting, realClock, Statement, TICKS, tickOf } from "./statement.ts";

/** Fewer repetitions than this say nothing about the spread. */
const LEAST_REPETITIONS = 5;
/** When the repetitions of `blockedAutorange` share the time out, this many. */
export const SHARE = 100;

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
  readonly now?: Clock;
}

/** Measures how long a function takes, as `torch.utils.benchmark.Timer` does. */
export class Timer {
  readonly #statement: Statement;
  readonly #setup: () => void;
  readonly #label: string;
  readonly #description: string;
  readonly #now: Clock;

  constructor({ stmt, setup, label, description, now }: TimerOptions) {
    this.#now = now ?? realClock;
    this.#statement = new Statement("Timer", stmt, this.#now);
    this.#setup = setup ?? (() => {});
    this.#label = label ?? textOf(stmt);
    this.#description = description ?? "";
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
      const estimate = this.#statement.warmUp(n);
      const most = Math.max(1, Math.floor(n / LEAST_REPETITIONS));
      const calls = Math.min(most, callsLasting(TICKS * tickOf(this.#now), estimate));
      this.#statement.block(n % calls);
      advance(n % calls);
      const times: number[] = [];
      for (let done = calls; done <= n; done += calls) {
        times.push(this.#statement.block(calls) / calls);
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
      const estimate = this.#statement.warmUp();
      const calls = callsLasting(Math.max(TICKS * tickOf(this.#now), (1000 * minRunTime) / SHARE), estimate);
      const times: number[] = [];
      for (let spent = 0; spent < 1000 * minRunTime || times.length < LEAST_REPETITIONS; ) {
        const time = this.#statement.block(calls);
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
    return new Measurement({
      label: this.#label,
      description: this.#description,
      times: milliseconds.map((time) => time / 1000),
      callsPerRepetition,
      resultBytes: this.#statement.resultBytes,
      environment: currentEnvironment(),
    });
  }
}

/** The body of `() => expression` on one line, or the name of a function that has one besides `stmt`. */
function textOf(stmt: () => unknown): string {
  const body = /^\(\)\s*=>\s*([^{\s][^\n]{0,79})$/.exec(stmt.toString().trim());
  if (body) return body[1];
  return stmt.name && stmt.name !== "stmt" ? stmt.name : "statement";
}
