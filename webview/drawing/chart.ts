/** @file A vector as bars, a line, or the band between the smallest and largest of what a pixel stands for. */
import type { Entries } from "../../protocol/heatmap.ts";
import type { Pen } from "./pen.ts";
import type { Size } from "./viewport.ts";

/** The entries from `first` on; of a vector that came reduced, the least and greatest of each block. */
export interface Samples {
  readonly first: number;
  readonly lows: Entries;
  readonly highs: Entries;
}

export interface ChartInk {
  readonly line: string;
  readonly positive: string;
  readonly negative: string;
  readonly axis: string;
  readonly missing: string;
}

/** Up to here each entry is a bar; beyond, its neighbours matter more than its size. */
export const MOST_BARS = 64;
/** How thick a line is. */
const LINE = 1.5;

/** Where a value stands, from 0 at the bottom to 1 at the top. */
export type Place = (value: number) => number;

/** `from` and `seen` say which entries lie across the picture. */
export function drawChart(
  pen: Pen,
  size: Size,
  samples: Samples,
  from: number,
  seen: number,
  place: Place,
  ink: ChartInk,
): void {
  const { width, height } = size;
  const yOf = (value: number): number => height * (1 - place(value));
  const zero = Math.min(Math.max(yOf(0), 0), height);
  const xOf = (entry: number): number => ((entry + 0.5 - from) / seen) * width;
  // What came as blocks is a band however few of them are seen: one line would be a lie.
  const isExact = samples.lows === samples.highs;
  if (isExact && seen <= MOST_BARS) bars();
  else if (isExact && seen <= width) line();
  else band();
  pen.rectangle(0, Math.min(zero, height - 1), width, 1, ink.axis);

  function bars(): void {
    const wide = (width / seen) * 0.8;
    samples.lows.forEach((value, i) => {
      const x = xOf(samples.first + i);
      if (Number.isFinite(value)) {
        const y = yOf(value);
        const bar = Math.max(1, Math.abs(zero - y));
        pen.rectangle(x - wide / 2, Math.min(zero, y), wide, bar, value < 0 ? ink.negative : ink.positive);
      } else missing(x, value);
    });
  }

  function line(): void {
    let points: [number, number][] = [];
    const flush = (): void => {
      // A point between two that are missing has no line to be on.
      if (points.length === 1) points.push([points[0][0] + 1, points[0][1]]);
      if (points.length > 1) pen.line(points, ink.line, LINE);
      points = [];
    };
    samples.lows.forEach((value, i) => {
      const x = xOf(samples.first + i);
      if (Number.isFinite(value)) points.push([x, yOf(value)]);
      else {
        flush();
        missing(x, value);
      }
    });
    flush();
  }

  function band(): void {
    let before: { readonly low: number; readonly high: number } | undefined;
    for (let pixel = 0; pixel < width; pixel++) {
      const at = (share: number): number => Math.floor(from + (share * seen) / width) - samples.first;
      const begin = Math.max(0, at(pixel));
      const end = Math.min(samples.lows.length, Math.max(begin + 1, at(pixel + 1)));
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      let odd: number | undefined;
      for (let i = begin; i < end; i++) {
        const [least, greatest] = [samples.lows[i], samples.highs[i]];
        if (!Number.isFinite(least)) odd ??= least;
        else low = Math.min(low, least);
        if (!Number.isFinite(greatest)) odd ??= greatest;
        else high = Math.max(high, greatest);
      }
      if (odd !== undefined) missing(pixel + 0.5, odd);
      if (low > high) {
        before = undefined;
        continue;
      }
      // As far as its neighbour, so that a steep stretch is a line and no row of dots.
      const top = yOf(Math.max(high, before?.low ?? high));
      const bottom = yOf(Math.min(low, before?.high ?? low));
      pen.rectangle(pixel, top - LINE / 2, 1, bottom - top + LINE, ink.line);
      before = { low, high };
    }
  }

  /** A NaN is a mark across the middle, an infinity one at the side it went to. */
  function missing(x: number, value: number): void {
    const y = Number.isNaN(value) ? 0 : value > 0 ? 0 : height - 12;
    const tall = Number.isNaN(value) ? height : 12;
    pen.rectangle(x - 1, y, 2, tall, ink.missing);
  }
}
