/** @file Which times an axis spans, on which scale, and where its ticks are. */
import type { BenchmarkDisplay } from "../../protocol/benchmark.ts";

export interface TimeAxis {
  readonly type: "linear" | "log";
  /** In seconds. */
  readonly domain: readonly [from: number, to: number];
  readonly ticks: readonly number[];
}

/** From this ratio on, short times would have no room on a linear axis. */
const LOGARITHMIC_FROM = 6;
/** A few stragglers must not squeeze all others; those beyond are counted instead. */
const SHOWN_SHARE = 0.98;
const PADDING = 0.04;

export function timeAxis({ rows, limit }: BenchmarkDisplay, mostTicks: number): TimeAxis {
  const runs = rows.flatMap((row) => (row.earlier ? [row, row.earlier] : [row]));
  const extents = runs.map(({ median, quartiles, times }) => {
    const ascending = [...(times ?? [])].sort((a, b) => a - b);
    const last = ascending[Math.ceil(SHOWN_SHARE * ascending.length) - 1] ?? quartiles[1];
    return [Math.min(ascending[0] ?? quartiles[0], median), Math.max(last, quartiles[1], median)];
  });
  const from = Math.min(...extents.map(([low]) => low), limit?.seconds ?? Number.POSITIVE_INFINITY);
  const to = Math.max(...extents.map(([, high]) => high), limit?.seconds ?? 0);
  if (from > 0 && to / from >= LOGARITHMIC_FROM) {
    const factor = (to / from) ** PADDING;
    const domain = [from / factor, to * factor] as const;
    return { type: "log", domain, ticks: logarithmicTicks(domain, mostTicks) };
  }
  // Equal times, or a clock that saw none, have a width all the same.
  const padding = PADDING * (to - from) || 0.05 * to || 1e-9;
  const domain = [Math.max(0, from - padding), to + padding] as const;
  return { type: "linear", domain, ticks: linearTicks(domain, mostTicks) };
}

const within = ([from, to]: readonly [number, number], ticks: readonly number[]): number[] =>
  ticks.filter((tick) => tick >= from && tick <= to);

/** Multiples of 1, 2 or 5 times a power of ten. */
function linearTicks(domain: readonly [number, number], most: number): number[] {
  const least = (domain[1] - domain[0]) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5].find((digit) => digit * power >= least) ?? 10) * power;
  const first = Math.ceil(domain[0] / step);
  const count = Math.floor(domain[1] / step) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => (first + i) * step);
}

/** 1, 2, 5, 10 and so on, or powers of ten alone, or every second of them. */
function logarithmicTicks(domain: readonly [number, number], most: number): number[] {
  const [first, last] = [Math.floor(Math.log10(domain[0])), Math.ceil(Math.log10(domain[1]))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const withDigits = (digits: readonly number[]): number[] =>
    within(
      domain,
      powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`))),
    );
  const choices = [withDigits([1, 2, 5]), withDigits([1, 3]), withDigits([1])];
  const fitting = choices.find((ticks) => ticks.length <= most);
  if (fitting) return fitting;
  const step = Math.ceil(choices[2].length / Math.max(most, 1));
  return choices[2].filter((_, i) => i % step === 0);
}
