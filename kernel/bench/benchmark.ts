/** @file Several statements timed in turns, so that what disturbs the machine disturbs all of them alike. */
import type { Backend } from "../backends/backend.ts";
import { ArgumentError } from "../errors.ts";
import { type Advance, type WorkOptions, working, workingUntil } from "../progress.ts";
import { MersenneTwister } from "../random/mt19937.ts";
import { type BackendName, setDefaultBackend, useBackend } from "../runtime/choose.ts";
import { currentBackend, setBackend } from "../runtime/evaluate.ts";
import { LEAST_FOR_INTERVAL } from "./bootstrap.ts";
import { Comparison } from "./comparison.ts";
import { currentEnvironment, type Environment } from "./environment.ts";
import { Measurement } from "./measurement.ts";
import { type Measuring, measuredNow, measuredToTheEnd } from "./measuring.ts";
import { type Clock, callsLasting, leastRepetition, realClock, Statement, timeOfCall } from "./statement.ts";
import { waitingTime } from "./waiting.ts";
import { writingLimit } from "./writing-limit.ts";

/** The time for a statement is shared out to this many repetitions. */
const SHARE = 100;
/** Statements that are slow get fewer repetitions when they would take longer than this many times what was asked for. */
const PATIENCE = 20;
const LEAST_REPETITIONS = 5;

export interface BenchmarkCase {
  /** What is timed, as `stmt` of a `Timer`: its result is evaluated inside the timed region. */
  readonly stmt: () => unknown;
  /** Runs before each of its repetitions, untimed: `() => useBackend("reference")`. A promise in `benchmarkAsync` alone. */
  readonly setup?: () => unknown;
}

export type BenchmarkStatements = Readonly<Record<string, (() => unknown) | BenchmarkCase>>;

export interface BenchmarkOptions {
  /** What is timed in several ways, in words. */
  readonly label?: string;
  /** Seconds for each statement. Default: 0.5. */
  readonly minRunTime?: number;
  /** A clock in milliseconds. */
  readonly now?: Clock;
}

export interface AsyncBenchmarkOptions extends BenchmarkOptions {
  /** Times each statement on each of these, which are started first. Default: on the backend in use. */
  readonly backends?: readonly BackendName[];
}

/** A statement that is to be measured. */
interface Entrant {
  readonly name: string;
  readonly statement: Statement;
  /** Where it is to be computed, if that was said. */
  readonly backend?: BackendName;
}

/** A statement while it is measured. */
interface Contender extends Entrant {
  readonly environment: Environment;
  readonly calls: number;
  /** Milliseconds that a repetition is about to take, by its first call. */
  readonly expected: number;
  /** Milliseconds that waiting for a device takes by itself. */
  readonly wait: number | undefined;
  readonly times: number[];
}

/** What is to be done, once it is known to be in order. */
interface Plan {
  readonly entrants: readonly Entrant[];
  readonly label: string;
  /** Milliseconds for each statement. */
  readonly each: number;
  readonly now: Clock;
}

/** Refuses a row whose name says one backend and whose work was done by another. */
function requirePlace({ name, backend, statement: { elsewhere } }: Entrant): void {
  if (backend === undefined || elsewhere === undefined || elsewhere.name === backend) return;
  throw new ArgumentError(
    `benchmark of ${name}: expected it to be computed on ${backend}, but one of the tensors it is computed from is on ` +
      `${elsewhere.name}, and so it is computed there. Bring that here first: x = await x.to("wasm").`,
  );
}

/** Warms all up, and finds out how many calls make a repetition. */
function* prepared({ entrants, each, now }: Plan): Measuring<Contender[]> {
  const waits = new Map<Backend, number>();
  const contenders: Contender[] = [];
  for (const entrant of entrants) {
    const { statement } = entrant;
    yield { statement, calls: "setup" };
    const last = yield* statement.warmUp();
    requirePlace(entrant);
    const { elsewhere } = statement;
    const environment = currentEnvironment(elsewhere);
    if (elsewhere !== undefined && !waits.has(elsewhere)) waits.set(elsewhere, yield* waitingTime(elsewhere, now));
    const wait = elsewhere && waits.get(elsewhere);
    const estimate = timeOfCall(last, wait);
    const calls = callsLasting(Math.max(leastRepetition(now, wait), each / SHARE), estimate);
    contenders.push({ ...entrant, environment, calls, expected: calls * estimate, wait, times: [] });
  }
  return contenders;
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
function* measured(contenders: readonly Contender[], asked: number, advance: Advance): Measuring<void> {
  const random = new MersenneTwister(0);
  let spent = 0;
  const isDone = (rounds: number): boolean =>
    rounds >= LEAST_REPETITIONS && (rounds >= LEAST_FOR_INTERVAL ? spent >= asked : spent >= PATIENCE * asked);
  for (let rounds = 0; !isDone(rounds); rounds++) {
    for (const { statement, calls, times } of shuffled(contenders, random)) {
      yield { statement, calls: "setup" };
      const time = yield { statement, calls };
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

/** What is said while it lasts. */
function workOf({ label, entrants, each }: Plan, contenders: readonly Contender[]): WorkOptions {
  const what = label || (entrants.length === 1 ? entrants[0].name : `${entrants.length} statements in turns`);
  const total = Math.ceil(durationOf(contenders, each * contenders.length));
  return { label: () => `timing ${what}`, total, unit: "ms" };
}

function outcome({ label }: Plan, contenders: readonly Contender[], limit: Comparison["writingLimit"]): Comparison {
  const measurements = contenders.map(
    ({ name, statement, environment, calls, times, wait }) =>
      new Measurement({
        label: label || name,
        description: label ? name : "",
        times,
        callsPerRepetition: calls,
        resultBytes: statement.resultBytes,
        environment,
        wait: wait === undefined ? undefined : wait / 1000,
      }),
  );
  return new Comparison(measurements, { interleaved: true, writingLimit: limit });
}

/** Checks what was given. @param backends null: the one in use */
function planOf(
  asked: string,
  statements: BenchmarkStatements,
  { label = "", minRunTime = 0.5, now = realClock }: BenchmarkOptions,
  backends: readonly (BackendName | null)[],
): Plan {
  const named = Object.entries(statements);
  if (named.length === 0) {
    throw new ArgumentError(`${asked}: expected statements by name, got none. Write ${asked}({ jacrev: () => … }).`);
  }
  if (!(minRunTime > 0 && minRunTime < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(`${asked}: expected minRunTime in seconds above 0, got ${minRunTime}.`);
  }
  const entrants = named.flatMap(([statement, given]) =>
    backends.map((backend) => {
      const name = backends.length > 1 ? `${statement}, ${backend}` : statement;
      return entrantOf(name, given, now, backend ?? undefined);
    }),
  );
  return { entrants, label, each: 1000 * minRunTime, now };
}

function entrantOf(name: string, given: (() => unknown) | BenchmarkCase, now: Clock, backend?: BackendName): Entrant {
  const { stmt, setup } = typeof given === "object" && given !== null ? given : { stmt: given, setup: undefined };
  const before = (): unknown => {
    if (backend !== undefined) useBackend(backend);
    return setup?.();
  };
  const instead = "await benchmarkAsync({ … })";
  return {
    name,
    statement: new Statement({ name: `benchmark of ${name}`, stmt, setup: before, now, instead }),
    backend,
  };
}

/**
 * Times statements in turns, one repetition of each after the other, and compares them: each repetition lasts a few
 * milliseconds, and whatever slows the machine down for longer slows all of them. Where their results are large and of one
 * size, it also measures how fast this machine can write them. Displayed in a notebook, it is a picture of all times.
 * What goes on when a call is over, on a device or behind a promise, is timed by `benchmarkAsync`.
 * @example benchmark({ reverse: () => jacrev(f)(x), forward: () => jacfwd(f)(x) })
 */
export function benchmark(statements: BenchmarkStatements, options: BenchmarkOptions = {}): Comparison {
  const plan = planOf("benchmark", statements, options, [null]);
  const contenders = measuredNow(prepared(plan));
  const limit = limitFor(contenders, plan.now);
  const asked = plan.each * contenders.length;
  working(workOf(plan, contenders), (advance) => measuredNow(measured(contenders, asked, advance)));
  return outcome(plan, contenders, limit);
}

/**
 * `benchmark` for work that goes on when a call is over: on a graphics processor, in onnxruntime, behind a promise. The
 * calls of a repetition are all asked for, and then waited for once, as one does with CUDA; what that waiting takes by itself
 * is measured, and is `wait` of each measurement. A statement that returns a promise is awaited before its next call:
 * `() => f(x).data()` times the way there and back.
 * @throws ArgumentError where there is no such backend, or where a statement is computed on another one than its row says
 * @example await benchmarkAsync({ jacrev: () => jacrev(f)(x) }, { backends: ["wasm", "webgpu"] })
 */
export async function benchmarkAsync(
  statements: BenchmarkStatements,
  { backends, ...options }: AsyncBenchmarkOptions = {},
): Promise<Comparison> {
  if (backends !== undefined && (!Array.isArray(backends) || backends.length === 0)) {
    throw new ArgumentError(
      `benchmarkAsync: expected backends as a list such as ["wasm", "webgpu"], got ${JSON.stringify(backends)}.`,
    );
  }
  const plan = planOf("benchmarkAsync", statements, options, backends ?? [null]);
  const before = currentBackend();
  try {
    for (const backend of backends ?? []) await setDefaultBackend(backend);
    setBackend(before);
    const contenders = await measuredToTheEnd(prepared(plan));
    const limit = limitFor(contenders, plan.now);
    const asked = plan.each * contenders.length;
    await workingUntil(workOf(plan, contenders), (advance) => measuredToTheEnd(measured(contenders, asked, advance)));
    return outcome(plan, contenders, limit);
  } finally {
    setBackend(before);
  }
}
