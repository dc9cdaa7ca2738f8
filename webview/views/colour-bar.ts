/** @file What the colours of a picture mean: a bar with numbers below it, and marks for what is not a number. */
import {
  type Colour,
  type ColourScale,
  colourTable,
  INFINITE_COLOUR,
  NAN_COLOUR,
  scaleTicks,
} from "../../protocol/colours.ts";
import type { MatrixDisplay } from "../../protocol/display.ts";
import { digitsOf, formatCount, formatNumber } from "../../protocol/notation.ts";
import { make } from "../dom.ts";

const LONGEST_TICK = 6;

export function colourBar(scale: ColourScale, display: Pick<MatrixDisplay, "statistics" | "digits">): HTMLElement[] {
  const { nan, infinite } = display.statistics;
  const digits = digitsOf(display).scale;
  const table = colourTable(scale.kind);
  // The map is linear between its stops, and a gradient with a stop at every 16th step is the same to the eye.
  const stops: string[] = [];
  for (let at = 0; at < table.length; at += 48) stops.push(css([table[at], table[at + 1], table[at + 2]]));
  const every = scaleTicks(scale).map((value) => formatNumber(value, digits));
  // Long numbers are written at the ends and in the middle alone.
  const isLong = every.some((text) => text.length > LONGEST_TICK);
  const labels = every.flatMap((text, i) => {
    const left = `${(100 * i) / (every.length - 1)}%`;
    return isLong && i % 2 === 1 ? [] : [make("span", { text, style: { left } })];
  });
  const bar = make(
    "div",
    {
      class: "colour-bar",
      role: "img",
      aria: { label: `Colours from ${formatNumber(scale.low, digits)} to ${formatNumber(scale.high, digits)}` },
    },
    make("div", { class: "colours", style: { background: `linear-gradient(to right, ${stops.join(", ")})` } }),
    make("div", { class: "bar-ticks" }, ...labels),
  );
  const marks = [
    { count: nan, colour: NAN_COLOUR, word: "NaN" },
    { count: infinite, colour: INFINITE_COLOUR, word: "infinite" },
  ];
  const present = marks.filter(({ count }) => count > 0);
  return [bar, ...present.map(({ count, colour, word }) => mark(colour, `${formatCount(count)} ${word}`))];
}

const css = ([red, green, blue]: Colour): string => `rgb(${red} ${green} ${blue})`;

function mark(colour: Colour, text: string): HTMLElement {
  return make(
    "span",
    { class: "mark" },
    make("span", { class: "swatch", style: { "--swatch": css(colour) } }),
    make("span", { text }),
  );
}
