/** @file Measurements as a benchmark display: the figures of each, and the sentence that names the winner. */
import { Comparison, type Measurement } from "cotangent";
import { type BenchmarkDisplay, type BenchmarkRow, DISPLAY_VERSION } from "../../../protocol/display.ts";

export const measurementDisplay = (measurement: Measurement): BenchmarkDisplay => ({
  version: DISPLAY_VERSION,
  kind: "benchmark",
  title: measurement.label,
  verdict: "",
  rows: [rowOf(measurement, measurement.name)],
});

export function comparisonDisplay({ measurements, verdict }: Comparison): BenchmarkDisplay {
  const rows = measurements.map((measurement, i) => rowOf(measurement, nameAmong(measurements, i)));
  const [{ label }] = measurements;
  // One thing timed in several ways is named above the table; the rows then name the ways.
  const isShared = measurements.every((measurement) => measurement.label === label && measurement.description !== "");
  const title = isShared ? label : "Timings";
  return { version: DISPLAY_VERSION, kind: "benchmark", title, verdict, winner: winnerOf(rows), rows };
}

/** Undefined for anything but timings of several things: a result of one is drawn as it is. */
export const comparisonOf = (measurements: readonly Measurement[]): Comparison | undefined =>
  measurements.length > 1 ? new Comparison(measurements) : undefined;

function nameAmong(measurements: readonly Measurement[], index: number): string {
  const { name, label, description } = measurements[index];
  const isUnique = measurements.filter((other) => other.name === name).length === 1;
  return isUnique || !description ? name : `${label}: ${description}`;
}

const rowOf = (measurement: Measurement, label: string): BenchmarkRow => ({
  label,
  mean: measurement.mean,
  median: measurement.median,
  quartiles: measurement.quartiles,
  repetitions: measurement.repetitions,
  callsPerRepetition: measurement.callsPerRepetition,
});

/** The row whose usual times lie below those of every other; two whose middle halves overlap have no winner. */
function winnerOf(rows: readonly BenchmarkRow[]): number | undefined {
  const [fastest, ...others] = [...rows].sort((a, b) => a.median - b.median);
  return others.every((other) => other.quartiles[0] > fastest.quartiles[1]) ? rows.indexOf(fastest) : undefined;
}
