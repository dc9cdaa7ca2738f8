/** @file What the colours of a picture mean: a bar with numbers below it, and marks for what has no colour of its own. */
import {
  BEYOND_COLOUR,
  COLOUR_STEPS,
  type Colour,
  type ColourScale,
  colourTable,
  INFINITE_COLOUR,
  NAN_COLOUR,
} from "../../../protocol/colours.ts";
import { formatCount, formatNumber } from "../../../protocol/notation.ts";
import type { Summary } from "../../data/source.ts";
import { make } from "../../dom.ts";
import { colourTicks } from "../../drawing/colour-ticks.ts";

export interface Mark {
  readonly kind: "nan" | "infinite" | "beyond";
  readonly colour: Colour;
  readonly text: string;
}

/** Counts are those of the tensor for what is no number, and of the slice for what is beyond the ends of its colours. */
export function marksOf(
  scale: ColourScale,
  { nan, infinite }: Pick<Summary, "nan" | "infinite">,
  { beyond, usual, min, max, isOfBlocks }: Summary,
): Mark[] {
  const marks: Mark[] = [];
  if (nan > 0) marks.push({ kind: "nan", colour: NAN_COLOUR, text: `${formatCount(nan)} NaN` });
  if (infinite > 0)
    marks.push({ kind: "infinite", colour: INFINITE_COLOUR, text: `${formatCount(infinite)} infinite` });
  if (beyond > 0 && scale.kind !== "pattern" && scale.high <= usual && Math.max(-min, max) > scale.high) {
    const reach = `${scale.low < 0 || scale.kind === "magnitude" ? "±" : ""}${formatNumber(scale.high, 3)}`;
    marks.push({
      kind: "beyond",
      colour: BEYOND_COLOUR,
      text: `${isOfBlocks ? "some" : formatCount(beyond)} beyond ${reach}`,
    });
  }
  return marks;
}

export function legend(scale: ColourScale, marks: readonly Mark[]): HTMLElement[] {
  return [scale.kind === "pattern" ? patternKey(scale) : colourBar(scale), ...marks.map(markOf)];
}

function colourBar(scale: ColourScale): HTMLElement {
  const table = colourTable(scale.kind);
  // The map is nearly linear between its stops, and a gradient with one at every 16th step is the same to the eye.
  const stops: string[] = [];
  for (let step = 0; step < COLOUR_STEPS; step += 16) stops.push(css(table.subarray(3 * step, 3 * step + 3)));
  const ticks = colourTicks(scale).map(({ value, place }) =>
    make("span", { text: formatNumber(value, 3), style: { left: `${100 * place}%` } }),
  );
  const curve = scale.curve === "linear" ? "" : `, ${scale.curve} scale`;
  return make(
    "div",
    {
      class: "colour-bar",
      role: "img",
      aria: { label: `Colours from ${formatNumber(scale.low, 3)} to ${formatNumber(scale.high, 3)}${curve}` },
    },
    make("div", { class: "colours", style: { background: `linear-gradient(to right, ${stops.join(", ")})` } }),
    make("div", { class: "bar-ticks" }, ...ticks),
  );
}

function patternKey({ kind }: ColourScale): HTMLElement {
  const table = colourTable(kind);
  return make("div", { class: "pattern-key" }, key(table.subarray(-3), "not zero"), key(table.subarray(0, 3), "zero"));
}

const key = (colour: ArrayLike<number>, text: string): HTMLElement =>
  make(
    "span",
    { class: "mark" },
    make("span", { class: "swatch plain", style: { background: css(colour) } }),
    make("span", { text }),
  );

const markOf = ({ kind, colour, text }: Mark): HTMLElement =>
  make(
    "span",
    { class: "mark" },
    make("span", { class: `swatch ${kind}`, style: { "--swatch": css(colour) } }),
    make("span", { text }),
  );

const css = (colour: ArrayLike<number>): string => `rgb(${colour[0]} ${colour[1]} ${colour[2]})`;
