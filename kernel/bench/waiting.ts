/**
 * @file How long waiting for a device takes by itself: a repetition ends with one such wait, which is no work of the
 * statement's.
 */
import type { Backend } from "../backends/backend.ts";
import { full } from "../functions/creation.ts";
import { computedOn } from "../runtime/evaluate.ts";
import type { Measuring } from "./measuring.ts";
import { type Clock, Statement } from "./statement.ts";
import { quantile, sorted } from "./statistics.ts";

/** Milliseconds of waiting, within so many repetitions. */
const DURATION = 40;
const LEAST_REPETITIONS = 5;
const MOST_REPETITIONS = 50;

/** Milliseconds from asking for a program that writes one number until the backend says that it is done: the median. */
export function* waitingTime(backend: Backend, now: Clock): Measuring<number> {
  const statement = new Statement({
    name: "waitingTime",
    stmt: () => computedOn(backend, () => full([1], 1, { dtype: "float32" }).evaluate()),
    now,
  });
  // The first compiles it.
  yield { statement, calls: 1 };
  const times: number[] = [];
  for (let spent = 0; times.length < LEAST_REPETITIONS || (spent < DURATION && times.length < MOST_REPETITIONS); ) {
    const time = yield { statement, calls: 1 };
    spent += time;
    times.push(time);
  }
  return quantile(sorted(times), 0.5);
}
