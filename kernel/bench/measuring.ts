/**
 * @file A way of measuring, apart from how it is waited for: a generator that says what is to be called next and is told how
 * long that took. So `benchmark` and `benchmarkAsync` measure alike, and only one of them is a promise.
 */
import type { Statement } from "./statement.ts";

/** The statement's setup, or so many calls of it. */
export type Step = { readonly statement: Statement; readonly calls: number | "setup" };

/** Is told the milliseconds that each step took; 0 of a setup. */
export type Measuring<T> = Generator<Step, T, number>;

/** Does all steps at once. Refuses statements that are not over when they return. */
export function measuredNow<T>(measuring: Measuring<T>): T {
  let step = measuring.next();
  while (!step.done) {
    const { statement, calls } = step.value;
    if (calls === "setup") statement.setup();
    step = measuring.next(calls === "setup" ? 0 : statement.block(calls));
  }
  return step.value;
}

/** Does all steps, and waits for each until all of its work is done, wherever that is. */
export async function measuredToTheEnd<T>(measuring: Measuring<T>): Promise<T> {
  let step = measuring.next();
  while (!step.done) {
    const { statement, calls } = step.value;
    if (calls === "setup") await statement.setupAsync();
    step = measuring.next(calls === "setup" ? 0 : await statement.blockAsync(calls));
  }
  return step.value;
}
