/**
 * @file One execution of one cell, and the way to tell which execution the code that runs right now belongs to.
 *
 * Promises and timers carry their execution along. Not by AsyncLocalStorage: with its hooks on, Node 20 aborts the
 * process when an endless chain of promise callbacks is terminated.
 */
import { promiseHooks } from "node:v8";
import type { CellIdentity } from "../../protocol/session.ts";
import { OutputBudget } from "./output-budget.ts";

export class Run {
  readonly id: number;
  readonly cell: CellIdentity;
  readonly startedAt = performance.now();
  readonly budget = new OutputBudget();
  /** How many it has shown. */
  displays = 0;
  finished = false;
  #interrupted = false;
  /** Where the cell's own code waits for something: an offset in its text. */
  waitingAt: number | undefined;

  constructor(id: number, cell: CellIdentity) {
    this.id = id;
    this.cell = cell;
  }

  /** What it left behind (timers, awaiting code) must not go on. */
  get interrupted(): boolean {
    return this.#interrupted || this.id <= lastOfAllInterrupted;
  }

  interrupt(): void {
    this.#interrupted = true;
  }
}

/** Every execution up to this one was interrupted. */
let lastOfAllInterrupted = 0;

/** To be called when no cell runs. */
export function interruptAllRuns(): void {
  lastOfAllInterrupted = latest?.id ?? 0;
}

class Returned {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the way to give a private field to an object of another class
    return object;
  }
}

/**
 * Puts the execution into a private field of the promise, which nobody sees. A WeakMap of all promises would keep the
 * garbage collector busy for long moments, in which an interrupt waits.
 */
class Followed extends Returned {
  readonly #run: Run;

  constructor(promise: Promise<unknown>, run: Run) {
    super(promise);
    this.#run = run;
  }

  static run(promise: Promise<unknown>): Run | undefined {
    return #run in promise ? (promise as unknown as Followed).#run : undefined;
  }
}

let current: Run | undefined;
let latest: Run | undefined;

export function followPromises(): void {
  promiseHooks.createHook({
    init(promise) {
      if (current) new Followed(promise, current);
    },
    before(promise) {
      current = Followed.run(promise);
    },
    after() {
      current = undefined;
    },
  });
}

/** Runs a cell, or a callback it left behind, as part of its execution. */
export function runInside(run: Run | undefined, action: () => void): void {
  current = run;
  action();
  // Not in a `finally`: the handler of an uncaught error asks for the execution next.
  current = undefined;
}

export function startRun(run: Run, action: () => void): void {
  latest = run;
  runInside(run, action);
}

/** The execution that the code running right now belongs to. */
export function ownRun(): Run | undefined {
  return current;
}

/** For what has no known origin. */
export function latestRun(): Run | undefined {
  return latest;
}

export function runOf(promise: Promise<unknown>): Run | undefined {
  return Followed.run(promise);
}

/** Code was terminated half-way: nothing runs now. */
export function forgetCurrentRun(): void {
  current = undefined;
}
