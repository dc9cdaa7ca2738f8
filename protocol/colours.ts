/**
 * @file Which colour a value has. Blue is negative, white zero, red positive, in every picture; the ends are the largest
 * magnitude. Data without negative values spreads over the red half alone. Safe for colour-blind readers.
 */
import type { MatrixDisplay } from "./display.ts";

export interface ColourScale {
  readonly kind: "diverging" | "sequential";
  /** Values at the two ends of the map. */
  readonly low: number;
  readonly high: number;
}

export type Colour = readonly [red: number, green: number, blue: number];

/** ColorBrewer's RdBu, reversed, at even distances; and its upper half, so that red always means positive. */
const STOPS: Record<ColourScale["kind"], string> = {
  diverging: "053061 2166ac 4393c3 92c5de d1e5f0 f7f7f7 fddbc7 f4a582 d6604d b2182b 67001f",
  sequential: "f7f7f7 fddbc7 f4a582 d6604d b2182b 67001f",
};

/** Odd, so that zero on a diverging scale falls on the middle colour and on no other. */
const STEPS = 257;

/** The maps contain neither: a missing or infinite value cannot be taken for a number. */
export const NAN_COLOUR: Colour = [128, 128, 128];
export const INFINITE_COLOUR: Colour = [0, 158, 115];

/** Zero is always on the scale, so that a colour says how far from zero a value is. */
export function colourScale({ min, max }: Pick<MatrixDisplay["statistics"], "min" | "max">): ColourScale {
  if (min < 0) {
    const reach = Math.max(-min, max);
    return { kind: "diverging", low: -reach, high: reach };
  }
  return { kind: "sequential", low: 0, high: max > 0 ? max : 1 };
}

/** The same scale with its ends at another magnitude, for one slice of a stack. Of a slice of zeros the ends stay. */
export function scaleReaching(scale: ColourScale, reach: number): ColourScale {
  if (reach === 0) return scale;
  return { kind: scale.kind, low: scale.kind === "diverging" ? -reach : 0, high: reach };
}

/** The colours of a map from its low end to its high end, three bytes each. */
export function colourTable(kind: ColourScale["kind"]): Uint8Array {
  const stops = STOPS[kind].split(" ").map((hex) => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
  const table = new Uint8Array(STEPS * 3);
  for (let step = 0; step < STEPS; step++) {
    const position = (step / (STEPS - 1)) * (stops.length - 1);
    const left = Math.min(Math.floor(position), stops.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      const [from, to] = [stops[left][channel], stops[left + 1][channel]];
      table[step * 3 + channel] = Math.round(from + (to - from) * (position - left));
    }
  }
  return table;
}

/** Index of a finite value's colour in the table. */
export function colourStep({ low, high }: ColourScale, value: number): number {
  // Halved first: the span of a float64 scale may be larger than the largest float64.
  const fraction = (value / 2 - low / 2) / (high / 2 - low / 2);
  return Math.round(Math.min(Math.max(fraction, 0), 1) * (STEPS - 1));
}

/** Values to label beside the colour bar, low to high. */
export const scaleTicks = ({ kind, low, high }: ColourScale): number[] =>
  kind === "diverging" ? [low, low / 2, 0, high / 2, high] : [low, high / 2, high];
