/** @file How fast this machine writes memory: no program gives its results sooner than they can be written. */
import { full } from "../functions/creation.ts";
import { measuredNow } from "./measuring.ts";
import { type Clock, callsLasting, leastRepetition, Statement, timeOfCall } from "./statement.ts";

export interface WritingLimit {
  /** What was written at a time. */
  readonly bytes: number;
  readonly bytesPerSecond: number;
}

/** Smaller results are written in the time that a call takes anyway: a limit would say nothing. */
const LEAST_BYTES = 64 * 2 ** 10;
/** Beyond every cache the rate no longer depends on the size. */
const MOST_BYTES = 64 * 2 ** 20;
/** Milliseconds of writing in each of the two ways. */
const DURATION = 40;
const LEAST_REPETITIONS = 5;

/** What a call takes in the shortest of a few repetitions, in milliseconds. */
function shortest(stmt: () => unknown, now: Clock): number {
  const statement = new Statement({ name: "writingLimit", stmt, now });
  const estimate = timeOfCall(measuredNow(statement.warmUp()));
  const calls = callsLasting(Math.max(leastRepetition(now), DURATION / LEAST_REPETITIONS / 2), estimate);
  let least = Number.POSITIVE_INFINITY;
  let spent = 0;
  for (let i = 0; i < LEAST_REPETITIONS || spent < DURATION; i++) {
    const time = statement.block(calls);
    spent += time;
    least = Math.min(least, time / calls);
  }
  return least;
}

/**
 * The rate at which that many bytes can be written here and now: the faster of a program of the kernel that does nothing
 * else, on all its threads and into memory as results get it, and of the engine's own fill, again and again in one place.
 * Undefined for few bytes.
 */
export function writingLimit(bytes: number, now: Clock): WritingLimit | undefined {
  if (bytes < LEAST_BYTES) return undefined;
  const count = Math.floor(Math.min(bytes, MOST_BYTES) / 4);
  const place = new Float32Array(count);
  const milliseconds = Math.min(
    shortest(() => full([count], 1), now),
    shortest(() => {
      place.fill(1);
    }, now),
  );
  return { bytes: 4 * count, bytesPerSecond: (4 * count) / (milliseconds / 1000) };
}
