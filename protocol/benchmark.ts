/** @file Timings as they are shown. What is optional is missing in notebooks that earlier versions saved. */

/** Timings side by side. Times in seconds per call. */
export interface BenchmarkDisplay {
  readonly version: 1;
  readonly kind: "benchmark";
  readonly title: string;
  /** Who won and by how much, in one sentence; empty for a single timing. */
  readonly verdict: string;
  /** Which row is the fastest beyond the noise; absent for a tie or a single timing. */
  readonly winner?: number;
  readonly rows: readonly BenchmarkRow[];
  /** What a reader of the verdict should know. */
  readonly caveats?: readonly string[];
  /** No way of computing results of this size is faster than writing them, as fast as was measured in the same run. */
  readonly limit?: WritingLimitShown;
  /** Backend, machine, versions and date, in words. */
  readonly stamp?: string;
  /** Of the earlier run, where it differs from this one's. */
  readonly earlierStamp?: string;
}

export interface BenchmarkRow {
  readonly label: string;
  readonly mean: number;
  readonly median: number;
  /** The middle half of the repetitions lies between these two. */
  readonly quartiles: readonly [lower: number, upper: number];
  /** Measured repetitions, and calls in each of them. */
  readonly repetitions: number;
  readonly callsPerRepetition: number;
  /** Of each repetition, in the order they were taken. */
  readonly times?: readonly number[];
  /** Bytes of the results of a call. */
  readonly resultBytes?: number;
  /** Where a device computes: what the waiting takes by itself with which a repetition ends. */
  readonly wait?: number;
  /** The median divided by the lowest one. */
  readonly ratio?: RatioShown;
  /** The same statement in the run that this one is compared with. */
  readonly earlier?: EarlierRow;
}

export interface RatioShown {
  readonly value: number;
  /** 95 % intervals, for all of a display together. */
  readonly interval?: readonly [lower: number, upper: number];
}

export interface EarlierRow {
  readonly median: number;
  readonly quartiles: readonly [lower: number, upper: number];
  readonly times: readonly number[];
  /** The median now divided by the one then; absent where the runs cannot be compared. */
  readonly change?: RatioShown;
}

export interface WritingLimitShown {
  readonly bytesPerSecond: number;
  /** In which the results of one call can be written. */
  readonly seconds: number;
}
