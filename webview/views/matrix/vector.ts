/** @file A matrix of one row or one column as a vector. */
import type { Entries } from "../../../protocol/heatmap.ts";
import type { Eventually, Window } from "../../data/source.ts";
import type { Samples } from "../../drawing/chart.ts";
import type { Viewport } from "../../drawing/viewport.ts";
import type { Content, Tick } from "./content.ts";

/** The least and greatest entry of each block of a vector that came reduced. */
export interface Envelope {
  readonly lows: Entries;
  readonly highs: Entries;
}

export interface Vector {
  readonly length: number;
  readonly title: string;
  samples(slice: number, view: Viewport): Eventually<Samples>;
  /** Names an entry, with its value. */
  describe(slice: number, entry: number): Eventually<string>;
  ticks(most: number, from: number, to: number): Tick[];
}

/** Whether a picture of the matrix would be a strip of colours that a chart says better. */
export const isVector = ({ arrangement, source }: Content): boolean =>
  (arrangement.rows.length === 0 || arrangement.columns.length === 0) && source.rows * source.columns > 1;

export function vectorOf(content: Content, envelope: Envelope | undefined): Vector {
  const { source, titles } = content;
  const isRow = content.arrangement.rows.length === 0;
  const side = isRow ? "columns" : "rows";
  const window = (from: number, to: number): Window =>
    isRow ? { top: 0, left: from, bottom: 1, right: to } : { top: from, left: 0, bottom: to, right: 1 };
  return {
    length: source[side],
    title: titles[side],
    samples(slice, { left, across }) {
      if (envelope) return { first: 0, ...envelope };
      const [from, to] = [Math.floor(left), Math.min(source[side], Math.ceil(left + across))];
      const entries = source.read(slice, window(from, to));
      const samples = (read: Entries): Samples => ({ first: from, lows: read, highs: read });
      return entries instanceof Promise ? entries.then(samples) : samples(entries);
    },
    describe(slice, entry) {
      const peak = source.strongest(slice, window(entry, entry + 1));
      return peak instanceof Promise
        ? peak.then((found) => content.describe(slice, found))
        : content.describe(slice, peak);
    },
    ticks: (most, from, to) => content.ticks(side, most, from, to),
  };
}
