/** @file Measurements as a benchmark display: times and figures of each, what they support, and where they were taken. */
import { Comparison, type Environment, type Measurement, type Ratio } from "cotangent";
import type {
  BenchmarkDisplay,
  BenchmarkRow,
  EarlierRow,
  RatioShown,
  WritingLimitShown,
} from "../../../protocol/benchmark.ts";
import { DISPLAY_VERSION } from "../../../protocol/display.ts";
import { formatRate } from "../../../protocol/notation.ts";

/** More dots than this are not told apart, and make the notebook large. */
const MOST_TIMES = 400;
/** A limit further below all times than this says nothing about them. */
const FAR = 100;
/** The limit was measured too, so times this much below it do not contradict it. */
const TOLERANCE = 0.95;

export const measurementDisplay = (measurement: Measurement): BenchmarkDisplay => ({
  version: DISPLAY_VERSION,
  kind: "benchmark",
  title: measurement.label,
  verdict: "",
  rows: [rowOf(measurement, measurement.name)],
  caveats: measurement.caveats,
  ...stampOf([measurement]),
});

export function comparisonDisplay(comparison: Comparison): BenchmarkDisplay {
  const { measurements, verdict, earlier, predecessors } = comparison;
  const before = predecessors.filter((each) => each !== undefined);
  const { stamp } = stampOf(measurements);
  const { stamp: earlierStamp } = earlier ? stampOf(before) : {};
  return {
    version: DISPLAY_VERSION,
    kind: "benchmark",
    title: titleOf(measurements),
    verdict,
    winner: winnerOf(comparison),
    rows: measurements.map((measurement, i) => comparedRow(comparison, measurement, i)),
    ...limitOf(comparison),
    ...(stamp ? { stamp } : {}),
    ...(earlierStamp ? { earlierStamp } : {}),
  };
}

/** Undefined for anything but timings of several things: a result of one is drawn as it is. */
export const comparisonOf = (measurements: readonly Measurement[]): Comparison | undefined =>
  measurements.length > 1 ? new Comparison(measurements) : undefined;

/** One thing timed in several ways is named above the table; the rows then name the ways. */
function titleOf(measurements: readonly Measurement[]): string {
  const [{ label, description }] = measurements;
  const isShared = measurements.every((each) => each.label === label && each.description !== "");
  if (isShared) return label;
  return measurements.length === 1 ? description || label : "Timings";
}

function nameAmong(measurements: readonly Measurement[], index: number): string {
  const { name, label, description } = measurements[index];
  const isUnique = measurements.filter((other) => other.name === name).length === 1;
  return isUnique || !description ? name : `${label}: ${description}`;
}

function rowOf(measurement: Measurement, label: string): BenchmarkRow {
  const { mean, median, quartiles, repetitions, callsPerRepetition, resultBytes, wait } = measurement;
  return {
    label,
    mean,
    median,
    quartiles,
    repetitions,
    callsPerRepetition,
    times: drawn(measurement.times),
    ...(resultBytes > 0 ? { resultBytes } : {}),
    ...(wait === undefined ? {} : { wait }),
  };
}

function comparedRow(comparison: Comparison, measurement: Measurement, index: number): BenchmarkRow {
  const { measurements, ratios, changes, predecessors } = comparison;
  const before = predecessors[index];
  return {
    ...rowOf(measurement, nameAmong(measurements, index)),
    ...(measurements.length > 1 && measurement.median > 0 ? ratioOf(ratios[index], "ratio") : {}),
    ...(before ? { earlier: earlierRow(before, changes[index]) } : {}),
  };
}

function earlierRow({ median, quartiles, times }: Measurement, change: Ratio | undefined): EarlierRow {
  return { median, quartiles, times: drawn(times), ...(change ? ratioOf(change, "change") : {}) };
}

/** Nothing for a ratio to a time that the clock could not see. */
const ratioOf = <Key extends string>({ value, interval }: Ratio, key: Key): { [K in Key]?: RatioShown } =>
  Number.isFinite(value) ? ({ [key]: { value, ...(interval ? { interval } : {}) } } as { [K in Key]: RatioShown }) : {};

/** Every so manieth time, with the figures that a dot has. */
function drawn(times: readonly number[]): number[] {
  const step = Math.max(1, times.length / MOST_TIMES);
  const count = Math.min(times.length, MOST_TIMES);
  return Array.from({ length: count }, (_, i) => Number(times[Math.floor(i * step)].toPrecision(5)));
}

/** The row that all others are slower than, as far as the times support it. */
function winnerOf({ measurements, ratios, ranking }: Comparison): number | undefined {
  const fastest = measurements.indexOf(ranking[0]);
  const wins = measurements.length > 1 && ratios.every(({ finding }, i) => i === fastest || finding === "slower");
  return wins ? fastest : undefined;
}

/** A limit is drawn where it is one and says something; that it turned out to be none is said. */
function limitOf({ writingLimit, ranking, caveats }: Comparison): {
  limit?: WritingLimitShown;
  caveats: readonly string[];
} {
  if (writingLimit === undefined) return { caveats };
  const { bytesPerSecond } = writingLimit;
  const [fastest] = ranking;
  const seconds = fastest.resultBytes / bytesPerSecond;
  if (fastest.median < TOLERANCE * seconds) {
    const contradicted = `Results came faster than memory was written just before, at ${formatRate(bytesPerSecond)}: no limit is drawn.`;
    return { caveats: [...caveats, contradicted] };
  }
  return seconds * FAR < fastest.median ? { caveats } : { caveats, limit: { bytesPerSecond, seconds } };
}

function stampOf(measurements: readonly Measurement[]): { stamp?: string } {
  const environments = measurements.flatMap(({ environment }) => (environment ? [environment] : []));
  if (environments.length === 0) return {};
  // Settings in which rows differ are among the caveats.
  const parts = environments.map(partsOf);
  const shared = parts[0].filter((part, i) => part !== "" && parts.every((other) => other[i] === part));
  return { stamp: shared.join(" · ") };
}

/** As many parts for each environment, in one order. */
function partsOf({ backend, device, threads, fusedMultiplyAdd, machine, date }: Environment): string[] {
  const { cpu, cores, system, runtime, version } = machine;
  return [
    device === undefined ? backend : `${backend} (${device})`,
    threads === 1 ? "1 thread" : `${threads} threads`,
    fusedMultiplyAdd ? "fused multiply-add" : "no fused multiply-add",
    cpu ?? "",
    cores === undefined ? "" : cores === 1 ? "1 core" : `${cores} cores`,
    system ?? "",
    runtime ?? "",
    version === undefined ? "" : `Cotangent ${version}`,
    `${date.slice(0, 10)} ${date.slice(11, 16)} UTC`,
  ];
}
