/** @file Times a statement, in the manner of `torch.utils.benchmark`. */
import { ArgumentError } from "../errors.ts";
import { type Advance, type WorkOptions, working, workingUntil } from "../progress.ts";
import { currentEnvironment } from "./environment.ts";
import { Measurement } from "./measurement.ts";
import { type Measuring, measuredNow, measuredToTheEnd } from "./measuring.ts";
import { type Clock, callsLasting, leastRepetition, realClock, Statement, timeOfCall } from "./statement.ts";
import { waitingTime } from "./waiting.ts";

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
  /** Runs once before each measurement, untimed. May give a promise where the measurement is one. */
  readonly setup?: () => unknown;
  /** What is timed, in words; by default the statement's own text. */
  readonly label?: string;
  /** Which variant of it, when several are compared. */
  readonly description?: string;
  /** A clock in milliseconds. */
  readonly now?: Clock;
}

/**
 * Measures how long a function takes, as `torch.utils.benchmark.Timer` does. What a device computes, or what returns a
 * promise, goes on when the call is over: `timeitAsync` and `blockedAutorangeAsync` wait for it.
 */
export class Timer {
  readonly #statement: Statement;
  readonly #label: string;
  readonly #description: string;
  readonly #now: Clock;

  constructor({ stmt, setup, label, description, now }: TimerOptions) {
    this.#now = now ?? realClock;
    this.#statement = new Statement({
      name: "Timer",
      stmt,
      setup,
      now: this.#now,
      instead: "await timer.timeitAsync() or await timer.blockedAutorangeAsync()",
    });
    this.#label = label ?? textOf(stmt);
    this.#description = description ?? "";
  }

  /**
   * Calls the statement `n` times after warming up, in repetitions of equally many calls; calls that do not make up a
   * whole repetition go to the warm-up.
   */
  timeit(n = 500): Measurement {
    const work = this.#counting("timeit", n);
    return working(work, (advance) => measuredNow(this.#counted(n, advance)));
  }

  /**
   * The same for work that goes on when a call is over. The calls of a repetition are all asked for, and then waited for
   * once (`wait` of the measurement says what that takes by itself); only a promise is awaited before the next call.
   * @example const time = await new Timer({ stmt: () => x.exp() }).timeitAsync(100)
   */
  async timeitAsync(n = 500): Promise<Measurement> {
    const work = this.#counting("timeitAsync", n);
    return workingUntil(work, (advance) => measuredToTheEnd(this.#counted(n, advance)));
  }

  /** Repeats the statement for at least `minRunTime` seconds, in as many repetitions as that takes. */
  blockedAutorange({ minRunTime = 0.2 }: { readonly minRunTime?: number } = {}): Measurement {
    const work = this.#lasting("blockedAutorange", minRunTime);
    return working(work, (advance) => measuredNow(this.#repeated(minRunTime, advance)));
  }

  /**
   * The same for work that goes on when a call is over, waited for as `timeitAsync` does.
   * @example console.log(`${await new Timer({ stmt: () => jacrev(f)(x) }).blockedAutorangeAsync()}`)
   */
  async blockedAutorangeAsync({ minRunTime = 0.2 }: { readonly minRunTime?: number } = {}): Promise<Measurement> {
    const work = this.#lasting("blockedAutorangeAsync", minRunTime);
    return workingUntil(work, (advance) => measuredToTheEnd(this.#repeated(minRunTime, advance)));
  }

  *#counted(n: number, advance: Advance): Measuring<Measurement> {
    const statement = this.#statement;
    const { estimate, wait } = yield* this.#begun(n);
    const most = Math.max(1, Math.floor(n / LEAST_REPETITIONS));
    const calls = Math.min(most, callsLasting(leastRepetition(this.#now, wait), estimate));
    if (n % calls > 0) yield { statement, calls: n % calls };
    advance(n % calls);
    const times: number[] = [];
    for (let done = calls; done <= n; done += calls) {
      times.push((yield { statement, calls }) / calls);
      advance(calls);
    }
    return this.#measurement(times, calls, wait);
  }

  *#repeated(minRunTime: number, advance: Advance): Measuring<Measurement> {
    const { estimate, wait } = yield* this.#begun();
    const calls = callsLasting(Math.max(leastRepetition(this.#now, wait), (1000 * minRunTime) / SHARE), estimate);
    const times: number[] = [];
    for (let spent = 0; spent < 1000 * minRunTime || times.length < LEAST_REPETITIONS; ) {
      const time = yield { statement: this.#statement, calls };
      spent += time;
      times.push(time / calls);
      advance(time);
    }
    return this.#measurement(times, calls, wait);
  }

  /** How many milliseconds a call takes, and waiting for a device by itself. */
  *#begun(limit?: number): Measuring<{ readonly estimate: number; readonly wait: number | undefined }> {
    const statement = this.#statement;
    yield { statement, calls: "setup" };
    const last = yield* statement.warmUp(limit);
    const { elsewhere } = statement;
    const wait = elsewhere && (yield* waitingTime(elsewhere, this.#now));
    return { estimate: timeOfCall(last, wait), wait };
  }

  #counting(asked: string, n: number): WorkOptions {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new ArgumentError(`${asked}: expected a number of calls of 1 or more, got ${n}.`);
    }
    return { label: () => this.#work, total: n, unit: "calls" };
  }

  #lasting(asked: string, minRunTime: number): WorkOptions {
    if (!(minRunTime > 0 && minRunTime < Number.POSITIVE_INFINITY)) {
      throw new ArgumentError(`${asked}: expected minRunTime in seconds above 0, got ${minRunTime}.`);
    }
    return { label: () => this.#work, total: 1000 * minRunTime, unit: "ms" };
  }

  get #work(): string {
    return `timing ${this.#description ? `${this.#label}: ${this.#description}` : this.#label}`;
  }

  #measurement(milliseconds: readonly number[], callsPerRepetition: number, wait: number | undefined): Measurement {
    const { resultBytes, elsewhere } = this.#statement;
    return new Measurement({
      label: this.#label,
      description: this.#description,
      times: milliseconds.map((time) => time / 1000),
      callsPerRepetition,
      resultBytes,
      environment: currentEnvironment(elsewhere),
      wait: wait === undefined ? undefined : wait / 1000,
    });
  }
}

/** The body of `() => expression` on one line, or the name of a function that has one besides `stmt`. */
function textOf(stmt: () => unknown): string {
  const body = /^\(\)\s*=>\s*([^{\s][^\n]{0,79})$/.exec(stmt.toString().trim());
  if (body) return body[1];
  return stmt.name && stmt.name !== "stmt" ? stmt.name : "statement";
}
