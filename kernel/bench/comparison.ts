/** @file Measurements side by side, with a sentence saying which is faster and by how much, as far as the times say so. */
import { ArgumentError } from "../errors.ts";
import { LEAST_FOR_INTERVAL, ratioInterval } from "./bootstrap.ts";
import { isSameMachine } from "./environment.ts";
import { formatClaim, formatRatio, formatTime, unitFor } from "./format.ts";
import type { Measurement } from "./measurement.ts";
import { type BenchmarkRecord, readRecord, recordOf } from "./record.ts";
import type { WritingLimit } from "./writing-limit.ts";

/** A ratio nearer to 1 than this is not worth naming a winner for. */
const LEAST_RATIO = 1.01;
/** Of all intervals of a comparison together: each alone is the wider, the more there are (Bonferroni). */
const CONFIDENCE = 0.95;

/** A median divided by another one. */
export interface Ratio {
  readonly value: number;
  /** Holds the true ratio, together with all intervals of the same comparison, in 95 % of cases. Absent for few times. */
  readonly interval?: readonly [lower: number, upper: number];
  /** What the times support: that the one over the line is slower, faster, that they say nothing, or are too few to. */
  readonly finding: "slower" | "faster" | "level" | "unknown";
}

export interface ComparisonOptions {
  /** Whether the i-th repetitions of all were taken one right after the other. */
  readonly interleaved?: boolean;
  readonly writingLimit?: WritingLimit;
  readonly earlier?: Comparison;
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;

const sentence = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}.`;

const dayOf = (measurement: Measurement): string => measurement.environment?.date.slice(0, 10) ?? "the earlier run";

/** Measurements side by side, as `compare` and `benchmark` give them. */
export class Comparison {
  readonly measurements: readonly Measurement[];
  /** Whether they took turns, so that what disturbed the machine disturbed all of them. */
  readonly interleaved: boolean;
  /** How fast results of this size can be written, where that was measured in the same run. */
  readonly writingLimit?: WritingLimit;
  /** What `since` was given. */
  readonly earlier?: Comparison;
  #ratios: readonly Ratio[] | undefined;
  #changes: readonly (Ratio | undefined)[] | undefined;

  constructor(measurements: readonly Measurement[], options: ComparisonOptions = {}) {
    if (measurements.length === 0) throw new ArgumentError("Comparison: expected at least one measurement, got none.");
    this.measurements = measurements;
    this.interleaved = options.interleaved ?? false;
    this.writingLimit = options.writingLimit;
    this.earlier = options.earlier;
  }

  /** A comparison that was saved: what `JSON.parse` gives of what `JSON.stringify` wrote. */
  static from(record: unknown): Comparison {
    const { measurements, interleaved } = readRecord(record);
    return new Comparison(measurements, { interleaved });
  }

  /**
   * The same, beside an earlier run: statements of the same name are compared, if it was on the same machine. Undefined,
   * where there is no earlier run yet, changes nothing.
   */
  since(earlier: Comparison | undefined): Comparison {
    if (earlier === undefined) return this;
    const { measurements, interleaved, writingLimit } = this;
    return new Comparison(measurements, { interleaved, writingLimit, earlier });
  }

  /** From the lowest median to the highest. */
  get ranking(): readonly Measurement[] {
    return [...this.measurements].sort((a, b) => a.median - b.median);
  }

  /** How many times the lowest median each takes, in the order given; 1 for the fastest itself. */
  get ratios(): readonly Ratio[] {
    const [fastest] = this.ranking;
    this.#ratios ??= this.measurements.map((each) =>
      each === fastest ? { value: 1, finding: "level" } : this.#ratio(each, fastest, this.interleaved),
    );
    return this.#ratios;
  }

  /** The earlier run of each measurement: the one of the same name; undefined if there is none. */
  get predecessors(): readonly (Measurement | undefined)[] {
    const { earlier } = this;
    if (earlier === undefined) return this.measurements.map(() => undefined);
    const names = earlier.names;
    return this.names.map((name) => earlier.measurements[names.indexOf(name)]);
  }

  /** How many times the median of its earlier run each takes; undefined if there is none, or on another machine. */
  get changes(): readonly (Ratio | undefined)[] {
    this.#changes ??= this.predecessors.map((before, i) => {
      const now = this.measurements[i];
      if (before === undefined || !isSameMachine(now.environment?.machine, before.environment?.machine)) {
        return undefined;
      }
      return this.#ratio(now, before, false);
    });
    return this.#changes;
  }

  /** The winner and its ratio to each of the others, as far as the times support it, or that they support none. */
  get verdict(): string {
    return [this.#winner(), ...this.#developments()].filter((text) => text !== "").join(" ");
  }

  /** What a reader of the verdict should know. */
  get caveats(): readonly string[] {
    const { measurements, names } = this;
    const caveats = measurements.flatMap(({ caveats }, i) => caveats.map((caveat) => `${names[i]}: ${caveat}`));
    if (measurements.length > 1 && !this.interleaved) {
      caveats.push(
        "They were timed one after the other, so the intervals do not hold what the machine did in between; benchmark() takes turns.",
      );
    }
    return [...caveats, ...this.#settingCaveats(), ...this.#earlierCaveats()];
  }

  /** One line per measurement, in the order given, with the ratio of its median to the lowest. */
  get table(): string {
    const fastest = this.ranking[0].median;
    const unit = unitFor(fastest);
    const { names } = this;
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

  /** Names that differ: by themselves, else with their label, else numbered. */
  get names(): readonly string[] {
    const candidates = [
      this.measurements.map((m) => m.name),
      this.measurements.map((m) => (m.description ? `${m.label}: ${m.description}` : m.label)),
    ];
    const distinct = candidates.find((names) => new Set(names).size === names.length);
    return distinct ?? candidates[1].map((name, i) => `${name} (${i + 1})`);
  }

  toString(): string {
    return [this.table, this.verdict, ...this.caveats].filter((line) => line !== "").join("\n");
  }

  /** What `Comparison.from` reads. */
  toJSON(): BenchmarkRecord {
    return recordOf(this.measurements, this.interleaved);
  }

  /** `paired`: whether the i-th times of both were taken one right after the other. */
  #ratio(over: Measurement, under: Measurement, paired: boolean): Ratio {
    const value = over.median / under.median;
    const isPaired = paired && over.repetitions === under.repetitions;
    const interval = ratioInterval(over.times, under.times, { paired: isPaired, confidence: this.#confidence });
    if (!(under.median > 0)) {
      // A median of zero is below the clock: it supports no ratio, but it can lie below all times of the other.
      const isAbove = over.min > under.max && Math.min(over.repetitions, under.repetitions) >= LEAST_FOR_INTERVAL;
      return { value, finding: isAbove ? "slower" : "level" };
    }
    if (interval === undefined) return { value, finding: "unknown" };
    const [lower, upper] = interval;
    // Times that were not taken in turns may differ by what the machine did in between: their middle halves must part.
    const parted = (slow: Measurement, fast: Measurement): boolean => paired || slow.quartiles[0] > fast.quartiles[1];
    if (lower > 1 && value >= LEAST_RATIO && parted(over, under)) return { value, interval, finding: "slower" };
    if (upper < 1 && 1 / value >= LEAST_RATIO && parted(under, over)) return { value, interval, finding: "faster" };
    return { value, interval, finding: "level" };
  }

  /** Of one interval, so that all hold together: any two might have been compared. */
  get #confidence(): number {
    const { length } = this.measurements;
    const pairs = (length * (length - 1)) / 2 + this.predecessors.filter((each) => each !== undefined).length;
    return 1 - (1 - CONFIDENCE) / Math.max(pairs, 1);
  }

  #winner(): string {
    if (this.measurements.length < 2) return "";
    const { names, ratios } = this;
    const order = [...names.keys()].sort((a, b) => this.measurements[a].median - this.measurements[b].median);
    const [first, ...others] = order;
    const found = (finding: Ratio["finding"]): number[] => others.filter((i) => ratios[i].finding === finding);
    const [slower, level, unknown] = [found("slower"), found("level"), found("unknown")];
    const wins = slower.map((i) => {
      const { value, interval } = ratios[i];
      return interval ? formatClaim(value, interval, `faster than ${names[i]}`) : `faster than ${names[i]}`;
    });
    const parts: string[] = [];
    if (wins.length) parts.push(`${names[first]} is ${listed(wins)}`);
    if (level.length) parts.push(`no clear difference between ${listed([first, ...level].map((i) => names[i]))}`);
    if (unknown.length) parts.push(this.#tooFew([first, ...unknown]));
    const text = parts.join("; ");
    // A name is written as it is.
    return wins.length ? `${text}.` : sentence(text);
  }

  #tooFew(those: readonly number[]): string {
    const least = Math.min(...those.map((i) => this.measurements[i].repetitions));
    return (
      `too few repetitions (${least}) to compare ${listed(those.map((i) => this.names[i]))}: ` +
      `it takes ${LEAST_FOR_INTERVAL}`
    );
  }

  /** What became of each statement since its earlier run. */
  #developments(): string[] {
    return this.changes.flatMap((change, i) => {
      if (change === undefined) return [];
      const name = this.names[i];
      const before = this.predecessors[i]!;
      const when = before.environment ? `on ${dayOf(before)}` : dayOf(before);
      const { value, interval, finding } = change;
      if (finding === "unknown") return [`${name}: too few repetitions to compare with ${dayOf(before)}.`];
      if (finding === "level" || interval === undefined) return [`${name}: no clear difference from ${dayOf(before)}.`];
      const [lower, upper] = interval;
      return finding === "faster"
        ? [`${name} is ${formatClaim(1 / value, [1 / upper, 1 / lower], `faster than ${when}`)}.`]
        : [`${name} is ${formatClaim(value, interval, `slower than ${when}`)}.`];
    });
  }

  /** Whether they ran with different settings, as statements of different backends do. */
  #settingCaveats(): string[] {
    const settings = this.measurements.map(({ environment }) => {
      if (environment === undefined) return "unknown";
      const { backend, device, threads, fusedMultiplyAdd } = environment;
      if (device !== undefined) return `${backend} (${device})`;
      const fused = fusedMultiplyAdd ? "fused" : "no fused";
      return `${backend}, ${threads} ${threads === 1 ? "thread" : "threads"}, ${fused} multiply-add`;
    });
    if (new Set(settings).size === 1) return [];
    return [
      `They ran with different settings: ${settings.map((each, i) => `${this.names[i]} on ${each}`).join("; ")}.`,
    ];
  }

  #earlierCaveats(): string[] {
    if (this.earlier === undefined) return [];
    const pairs = this.predecessors.flatMap((before, i) => (before ? [{ before, now: this.measurements[i] }] : []));
    if (pairs.length === 0) return ["The earlier run has no statement of the same name."];
    const [{ before, now }] = pairs;
    const [was, is] = [before.environment, now.environment];
    if (pairs.some((pair) => !isSameMachine(pair.now.environment?.machine, pair.before.environment?.machine))) {
      const other = was?.machine.cpu ? ` (${was.machine.cpu}, ${was.machine.cores ?? "?"} cores)` : "";
      return [`The earlier run was not on this machine, as far as is known${other}: no ratio to it is given.`];
    }
    const settings = [
      ["backend", was?.backend, is?.backend],
      ["device", was?.device, is?.device],
      ["number of threads", was?.threads, is?.threads],
      ["fused multiply-add", was?.fusedMultiplyAdd, is?.fusedMultiplyAdd],
      ["runtime", was?.machine.runtime, is?.machine.runtime],
    ];
    return settings.flatMap(([name, then, today]) =>
      then === today ? [] : [`The earlier run had another ${name}: ${then}, now ${today}.`],
    );
  }
}

/**
 * Puts two measurements or more side by side: a table, and a sentence that says which is faster and by how much, or that
 * the times do not say. What is timed by `benchmark` takes turns, and is told apart more surely.
 * @example compare(a, b).verdict   // "jacrev is 3.2× faster than row by row (3.1 to 3.3×)."
 */
export function compare(...measurements: readonly Measurement[]): Comparison {
  if (measurements.length < 2) {
    throw new ArgumentError(`compare: expected two measurements or more, got ${measurements.length}.`);
  }
  return new Comparison(measurements);
}
