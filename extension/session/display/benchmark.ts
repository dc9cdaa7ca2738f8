/** @file Measurements as a benchmark display: the figures of each, and one sentence naming the winner. */
import { type BenchmarkDisplay, type BenchmarkRow, DISPLAY_VERSION } from "../../../protocol/display.ts";
import type { MeasurementValue } from "./kernel-values.ts";

export function benchmarkDisplay(measurements: readonly MeasurementValue[]): BenchmarkDisplay {
  const rows = measurements.map(rowOf);
  const title = rows.length === 1 ? "Timing" : "Timings";
  return { version: DISPLAY_VERSION, kind: "benchmark", title, verdict: verdictOf(rows), winner: winnerOf(rows), rows };
}

function rowOf(measurement: MeasurementValue): BenchmarkRow {
  const { label, times, callsPerRepetition, mean, median } = measurement;
  const sorted = Float64Array.from(times).sort();
  return {
    label,
    mean,
    median,
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
    repetitions: times.length,
    callsPerRepetition,
  };
}

/** Linear between neighbours, as NumPy and PyTorch do. */
function quantile(sorted: Float64Array, fraction: number): number {
  const position = (sorted.length - 1) * fraction;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** The fastest against the runner-up, and against the slowest when there are more than two. */
export function verdictOf(rows: readonly BenchmarkRow[]): string {
  if (rows.length < 2) return "";
  const [fastest, next, ...others] = [...rows].sort((a, b) => a.median - b.median);
  const slowest = others.at(-1);
  const last = slowest ? ` and ${faster(slowest, fastest)} than ${slowest.label}` : "";
  if (overlap(fastest, next)) {
    const tie = `${fastest.label} and ${next.label} are about equal: their usual times overlap`;
    return slowest && !overlap(fastest, slowest) ? `${tie}; ${fastest.label} is${last.slice(4)}.` : `${tie}.`;
  }
  return `${fastest.label} is ${faster(next, fastest)} than ${next.label}${last}.`;
}

function winnerOf(rows: readonly BenchmarkRow[]): number | undefined {
  const [fastest, next] = [...rows].sort((a, b) => a.median - b.median);
  return next && !overlap(fastest, next) ? rows.indexOf(fastest) : undefined;
}

/** Whether the middle halves of two timings share a stretch: the difference is then within the noise. */
const overlap = (a: BenchmarkRow, b: BenchmarkRow): boolean =>
  a.quartiles[0] <= b.quartiles[1] && b.quartiles[0] <= a.quartiles[1];

/** Always the slower time over the faster: a ratio below one cannot be printed as a gain. */
function faster(slow: BenchmarkRow, fast: BenchmarkRow): string {
  const ratio = slow.median / fast.median;
  if (ratio < 1.5) return `${Math.round((ratio - 1) * 100)} % faster`;
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} times faster`;
}
