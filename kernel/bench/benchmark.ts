/** @file Several statements timed in turns, so that what disturbs the machine disturbs all of them alike. */
import { ArgumentError } from "../errors.ts";
import { type Advance, working } from "../progress.ts";
import { MersenneTwister } from "../random/mt19937.ts";
import { LEAST_FOR_INTERVAL } from "./bootstrap.ts";
import { Comparison } from "./comparison.ts";
import { currentEnvironment, type Environment } from "./environment.ts";
import { Measurement } from "./measurement.ts";
import { type Clock, callsLasting, realClock, Statement, TICKS, tickOf } from "./statement.ts";
import { writingLimit } from "./writing-limit.ts";

/** The time for a statement is shared out to this many repetitions. */
const SHARE = 100;
/** Statements that are slow get fewer repetitions when they would take longer than this many times what was asked for. */
const PATIENCE = 20;
const LEAST_REPETITIONS = 5;

export interface BenchmarkCase {
  /** What is timed, as `stmt` of a `Timer`: its result is evaluated inside the timed region. */
  readonly stmt: () => unknown;
  /** Runs before each of its repetitions, untimed: `() => useBackend("reference")`. */
  readonly setup?: () => void;
}

export interface BenchmarkOptions {
  /** What is timed in several ways, in words. */
  readonly label?: string;
  /** Seconds for each statement. Default: 0.5. */
  readonly minRunTime?: number;
  /** A clock in milliseconds. */
  readonly now?: Clock;
}

/** A statement while it is measured. */
interface Contender {
  readonly name: string;
  readonly setup: () => void;
  readonly statement: Statement;
  readonly environment: Environment;
  readonly calls: number;
  /** Milliseconds that a repetition is about to take, by its first call. */
  readonly expected: number;
  readonly times: number[];
}

function prepared(name: string, given: (() => unknown) | BenchmarkCase, repetition: number, now: Clock): Contender {
  const { stmt, setup = () => {} } = typeof given === "object" && given !== null ? given : { stmt: given };
  const statement = new Statement(`benchmark of ${name}`, stmt, now);
  setup();
  const first = statement.warmUp();
  const calls = callsLasting(repetition, first);
  return { name, setup, statement, environment: currentEnvironment(), calls, expected: calls * first, times: [] };
}

/** In another order each time: none is always behind the same other. */
function shuffled<T>(items: readonly T[], random: MersenneTwister): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const other = random.nextUint32() % (i + 1);
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

/** What can be written in the time of a call, where all give results of one size on the same backend. */
function limitFor(contenders: readonly Contender[], now: Clock): Comparison["writingLimit"] {
  const [{ statement, environment }] = contenders;
  const isShared = contenders.every(
    (each) => each.statement.resultBytes === statement.resultBytes && each.environment.backend === environment.backend,
  );
  return isShared && environment.backend === "wasm" ? writingLimit(statement.resultBytes, now) : undefined;
}

/** Takes turns for as many milliseconds as were asked for. Says how far it is between repetitions, not in them. */
function measure(contenders: readonly Contender[], asked: number, advance: Advance): void {
  const random = new MersenneTwister(0);
  let spent = 0;
  const isDone = (rounds: number): boolean =>
    rounds >= LEAST_REPETITIONS && (rounds >= LEAST_FOR_INTERVAL ? spent >= asked : spent >= PATIENCE * asked);
  for (let rounds = 0; !isDone(rounds); rounds++) {
    for (const { setup, statement, calls, times } of shuffled(contenders, random)) {
      setup();
      const time = statement.block(calls);
      spent += time;
      times.push(time / calls / 1000);
      advance(time);
    }
  }
}

/** About how many milliseconds that will take. */
function durationOf(contenders: readonly Contender[], asked: number): number {
  const round = contenders.reduce((sum, { expected }) => sum + expected, 0);
  const forInterval = Math.min(LEAST_FOR_INTERVAL * round, PATIENCE * asked);
  return Math.max(asked, forInterval, LEAST_REPETITIONS * round);
}

/**
 * Times statements in turns, one repetition of each after the other, and compares them: each repetition lasts a few
 * milliseconds, and whatever slows the machine down for longer slows all of them. Where their results are large and of one
 * size, it also measures how fast this machine can write them. Displayed in a notebook, it is a picture of all times.
 * @example benchmark({ reverse: () => jacrev(f)(x), forward: () => jacfwd(f)(x) })
 */
export function benchmark(
  statements: Readonly<Record<string, (() => unknown) | BenchmarkCase>>,
  { label = "", minRunTime = 0.5, now = realClock }: BenchmarkOptions = {},
): Comparison {
  const named = Object.entries(statements);
  if (named.length === 0) {
    throw new ArgumentError("benchmark: expected statements by name, got none. Write benchmark({ jacrev: () => … }).");
  }
  if (!(minRunTime > 0 && minRunTime < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(`benchmark: expected minRunTime in seconds above 0, got ${minRunTime}.`);
  }
  const repetition = Math.max(TICKS * tickOf(now), (1000 * minRunTime) / SHARE);
  const contenders = named.map(([name, given]) => prepared(name, given, repetition, now));
  const limit = limitFor(contenders, now);
  const asked = 1000 * minRunTime * contenders.length;
  const what = label || (contenders.length === 1 ? named[0][0] : `${contenders.length} statements in turns`);
  const total = Math.ceil(durationOf(contenders, asked));
  working({ label: () => `timing ${what}`, total, unit: "ms" }, (advance) => measure(contenders, asked, advance));
  const measurements = contenders.map(
    ({ name, statement, environment, calls, times }) =>
      new Measurement({
        label: label || name,
        description: label ? name : "",
        times,
        callsPerRepetition: calls,
        resultBytes: statement.resultBytes,
        environment,
      }),
  );
  return new Comparison(measurements, { interleaved: true, writingLimit: limit });
}
