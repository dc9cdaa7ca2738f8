/** @file The labels along the two sides of a picture, as many as have room at this zoom. */
import { make } from "../../dom.ts";
import type { Size, Viewport } from "../../drawing/viewport.ts";
import type { Content, Tick } from "./content.ts";

const TICK_HEIGHT = 24;
/** Width of a digit of a tick label. */
export const DIGIT_WIDTH = 7;

/** A label and its place along the side, in shares of what is seen. */
export interface PlacedTick {
  readonly label: string;
  readonly share: number;
}

export function rowTicksOf(content: Content, view: Viewport, { height }: Size): PlacedTick[] {
  const most = Math.max(1, Math.floor(height / TICK_HEIGHT));
  return placed(content.ticks("rows", most, view.top, view.top + view.down), view.top, view.down);
}

export function columnTicksOf(content: Content, view: Viewport, { width }: Size): PlacedTick[] {
  const ticks = (most: number): Tick[] => content.ticks("columns", most, view.left, view.left + view.across);
  // As many as stand apart by the width of two digits: labels get shorter when there are fewer of them.
  const widest = (list: readonly Tick[]): number =>
    (list.reduce((most, { label }) => Math.max(most, label.length), 1) + 2) * DIGIT_WIDTH;
  let found = ticks(Math.floor(width / (3 * DIGIT_WIDTH)));
  for (let most = found.length; most > 1 && found.length * widest(found) > width; ) {
    most = Math.min(most - 1, Math.floor(width / widest(found)));
    found = ticks(Math.max(1, most));
  }
  return placed(found, view.left, view.across);
}

const placed = (ticks: readonly Tick[], from: number, seen: number): PlacedTick[] =>
  ticks.map(({ at, label }) => ({ label, share: (at - from) / seen })).filter(({ share }) => share >= 0 && share <= 1);

/** How much room labels of rows take at any zoom: that of the last entry is as long as any. */
export function gutterOf({ source: { rows }, ticks }: Content): number {
  const [last] = ticks("rows", Number.POSITIVE_INFINITY, rows - 1, rows);
  return (last?.label.length ?? 1) * DIGIT_WIDTH + 8;
}

export const tickMarks = (ticks: readonly PlacedTick[], edge: "top" | "left"): HTMLElement[] =>
  ticks.map(({ label, share }) => make("span", { class: "tick", text: label, style: { [edge]: `${100 * share}%` } }));
