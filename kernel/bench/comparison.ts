/** @file Measurements side by side, with a sentence saying which is faster and by how much. */
import { ArgumentError } from "../errors.ts";
import { formatRatio, formatTime, unitFor } from "./format.ts";
import type { Measurement } from "./measurement.ts";

/** A ratio nearer to 1 than this is not worth naming a winner for. */
const LEAST_RATIO = 1.01;

/** Whether `slower` is told apart from `faster`: their middle halves do not overlap. */
const clearlySlower = (slower: Measurement, faster: Measurement): boolean =>
  slower.quartiles[0] > faster.quartiles[1] && slower.median >= LEAST_RATIO * faster.median;

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;

/** Measurements side by side, as `compare` gives them. */
export class Comparison {
  readonly measurements: readonly Measurement[];

  constructor(measurements: readonly Measurement[]) {
    if (measurements.length < 2) {
      throw new ArgumentError(`compare: expected two measurements or more, got ${measurements.length}.`);
    }
    this.measurements = measurements;
  }

  /** From the lowest median to the highest. */
  get ranking(): readonly Measurement[] {
    return [...this.measurements].sort((a, b) => a.median - b.median);
  }

  /** One sentence: the winner and its ratio to each of the others, or that none can be named. */
  get verdict(): string {
    const [fastest, ...others] = this.ranking;
    const names = this.#names();
    const name = (measurement: Measurement): string => names[this.measurements.indexOf(measurement)];
    const level = others.filter((other) => !clearlySlower(other, fastest));
    const slower = others.filter((other) => clearlySlower(other, fastest));
    // A median of zero is below the clock: it supports no ratio.
    const wins = slower.map((other) =>
      fastest.median > 0
        ? `${formatRatio(other.median / fastest.median)} faster than ${name(other)}`
        : `faster than ${name(other)}`,
    );
    const win = wins.length ? `${name(fastest)} is ${listed(wins)}` : "";
    if (!level.length) return `${win}.`;
    const draw = `no clear difference between ${listed([fastest, ...level].map(name))}`;
    return win ? `${win}; ${draw}.` : `N${draw.slice(1)}.`;
  }

  /** One line per measurement, in the order given, with the ratio of its median to the lowest. */
  get table(): string {
    const fastest = this.ranking[0].median;
    const unit = unitFor(fastest);
    const names = this.#names();
    const rows = this.measurements.map((m, i) => [
      names[i],
      formatTime(m.median, m.significantFigures, unit),
      formatTime(m.mean, m.significantFigures, unit),
      formatTime(m.iqr, 2, unit),
      `${m.repetitions} × ${m.callsPerRepetition}`,
      fastest > 0 ? formatRatio(m.median / fastest) : "–",
    ]);
    const all = [["", "median", "mean", "IQR", "runs", "time"], ...rows];
    const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
    return all
      .map((row) =>
        row
          .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
          .join("  ")
          .trimEnd(),
      )
      .join("\n");
  }

  toString(): string {
    return `${this.table}\n${this.verdict}`;
  }

  /** Names that differ: by themselves, else with their label, else numbered. */
  #names(): readonly string[] {
    const candidates = [
      this.measurements.map((m) => m.name),
      this.measurements.map((m) => (m.description ? `${m.label}: ${m.description}` : m.label)),
    ];
    const distinct = candidates.find((names) => new Set(names).size === names.length);
    return distinct ?? candidates[1].map((name, i) => `${name} (${i + 1})`);
  }
}

/**
 * Puts two measurements or more side by side: a table, and a sentence that says which is faster and by how much.
 * @example compare(a, b).verdict   // "jacrev is 3.2× faster than row by row."
 */
export const compare = (...measurements: readonly Measurement[]): Comparison => new Comparison(measurements);
