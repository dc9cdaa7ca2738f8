/** @file What a {@link Timer} found: the times of one statement and what they say. */
import type { Environment } from "./environment.ts";
import { formatTime, unitFor } from "./format.ts";
import { type Groups, twoGroups } from "./groups.ts";
import { mean, quantile, sorted, standardDeviation } from "./statistics.ts";

/** No clock is trusted below this, in seconds; it bounds the figures that are shown. */
const LEAST_CONFIDENCE = 25e-9;
/** Even a noisy median is shown with two figures: one alone makes unequal times look equal. */
const LEAST_FIGURES = 2;
const MOST_FIGURES = 4;
/** A middle half wider than this share of the median means that something disturbed the machine. */
const NOISY = 0.1;
/** Of a repetition, more of waiting than this is worth knowing. */
const MUCH_WAITING = 0.1;

export interface MeasurementFields {
  readonly label: string;
  readonly description: string;
  readonly times: readonly number[];
  readonly callsPerRepetition: number;
  /** Bytes of the tensors that a call makes and gives. */
  readonly resultBytes?: number;
  readonly environment?: Environment;
  /** Seconds that waiting for a device takes by itself, where a repetition ends with that. */
  readonly wait?: number;
}

/** The times that a `Timer` took, in seconds for one call. */
export class Measurement {
  /** What was timed. */
  readonly label: string;
  /** Which variant of it: "jacrev", "row by row"; may be empty. */
  readonly description: string;
  /** Seconds per call, one entry per repetition, in the order they were taken. */
  readonly times: readonly number[];
  readonly callsPerRepetition: number;
  /** Bytes of the tensors that a call makes and gives, which any way of computing them has to write. */
  readonly resultBytes: number;
  /** Where the times were taken, if that is known. */
  readonly environment?: Environment;
  /**
   * Where a device computes, a repetition ends with waiting until it says that it is done. So many seconds that takes by
   * itself, after a program that writes one number; it is in the times.
   */
  readonly wait?: number;
  readonly mean: number;
  readonly median: number;
  /** The middle half of the repetitions lies between these two. */
  readonly quartiles: readonly [lower: number, upper: number];
  readonly min: number;
  readonly max: number;

  constructor({ label, description, times, callsPerRepetition, resultBytes, environment, wait }: MeasurementFields) {
    this.label = label;
    this.description = description;
    this.times = times;
    this.callsPerRepetition = callsPerRepetition;
    this.resultBytes = resultBytes ?? 0;
    this.environment = environment;
    this.wait = wait;
    this.mean = mean(times);
    const ascending = sorted(times);
    this.median = quantile(ascending, 0.5);
    this.quartiles = [quantile(ascending, 0.25), quantile(ascending, 0.75)];
    this.min = ascending[0];
    this.max = ascending[ascending.length - 1];
  }

  /** Interquartile range: how far the middle half of the repetitions spreads. */
  get iqr(): number {
    return this.quartiles[1] - this.quartiles[0];
  }

  /** Bytes of results per second, at the median; undefined for a statement without tensors as result. */
  get throughput(): number | undefined {
    return this.resultBytes > 0 && this.median > 0 ? this.resultBytes / this.median : undefined;
  }

  /** The two groups that the times fall into, if they do: then no one number stands for them. */
  get groups(): Groups | undefined {
    return twoGroups(this.times);
  }

  /** What a reader of the median should know: times that spread widely or fall into two groups, much waiting. */
  get caveats(): readonly string[] {
    return [...this.#spreadCaveats(), ...this.#waitCaveats()];
  }

  #waitCaveats(): readonly string[] {
    const { wait } = this;
    const repetition = this.median * this.callsPerRepetition;
    if (wait === undefined || !(wait > MUCH_WAITING * repetition)) return [];
    const unit = unitFor(repetition);
    return [
      `A repetition of ${formatTime(repetition, 2, unit)} ends with waiting for ${this.environment?.backend ?? "the device"}, which ` +
        `alone takes ${formatTime(wait, 2, unit)}: the work takes less.`,
    ];
  }

  #spreadCaveats(): readonly string[] {
    const { groups } = this;
    const unit = unitFor(this.median);
    if (groups) {
      const [lower, upper] = groups.centers.map((center) => formatTime(center, 2, unit));
      const share = (100 * groups.lowerShare).toFixed(0);
      return [`The times fall into two groups, ${share} % around ${lower} and the rest around ${upper}.`];
    }
    if (this.repetitions === 1 || this.iqr <= NOISY * this.median) return [];
    const share = ((100 * this.iqr) / this.median).toFixed(0);
    return [`The middle half spreads over ${share} % of the median: something else kept the machine busy.`];
  }

  get repetitions(): number {
    return this.times.length;
  }

  /** The shortest thing that tells it from its rivals. */
  get name(): string {
    return this.description || this.label;
  }

  /** How many figures of the median stand above its own uncertainty (95 %, from the middle half of the times). */
  get significantFigures(): number {
    const ascending = sorted(this.times);
    const middle = ascending.subarray(Math.floor(ascending.length / 4), Math.ceil((3 * ascending.length) / 4));
    const confidence = Math.max((1.645 * standardDeviation(middle)) / Math.sqrt(middle.length), LEAST_CONFIDENCE);
    return Math.min(Math.max(Math.floor(Math.log10(this.median / confidence)), LEAST_FIGURES), MOST_FIGURES);
  }

  toString(): string {
    const unit = unitFor(this.median);
    const figures = this.significantFigures;
    const show = (seconds: number): string => formatTime(seconds, figures, unit);
    const title = this.description ? `${this.label}: ${this.description}` : this.label;
    const calls = `${this.callsPerRepetition} ${this.callsPerRepetition === 1 ? "call" : "calls"}`;
    if (this.repetitions === 1) return `${title}\n  ${show(this.median)}\n  1 repetition of ${calls}`;
    const [lower, upper] = this.quartiles;
    const lines = [
      title,
      `  median ${show(this.median)}`,
      `  mean   ${show(this.mean)}`,
      `  IQR    ${formatTime(this.iqr, 2, unit)} (${show(lower)} to ${show(upper)})`,
      `  ${this.repetitions} repetitions of ${calls}${this.wait === undefined ? "" : `, each with one wait (${formatTime(this.wait, 2)} alone)`}`,
      ...this.caveats.map((caveat) => `  ${caveat}`),
    ];
    return lines.join("\n");
  }
}
