/**
 * @file Which colour a value has. Blue is negative, white zero, red positive, in every picture; the ends are the largest
 * magnitude. Data without negative values spreads over the red half alone. Safe for colour-blind readers.
 */
import { interpolateRdBu, interpolateYlGnBu } from "d3-scale-chromatic";
import { type Curve, curved } from "./curve.ts";
import type { MatrixDisplay } from "./display.ts";

export interface ColourScale {
  /** `magnitude` leaves the sign out; `pattern` tells only what is zero from what is not. */
  readonly kind: "diverging" | "sequential" | "magnitude" | "pattern";
  /** Values at the two ends of the map. */
  readonly low: number;
  readonly high: number;
  readonly curve: Curve;
  /** The magnitude from which on the curve is logarithmic. */
  readonly bend: number;
}

export type Colour = readonly [red: number, green: number, blue: number];

const fromCss = (text: string): Colour => (text.match(/\d+/g) ?? []).map(Number) as unknown as Colour;

/** Colour at a place between 0 and 1. The upper half of the diverging map is the sequential one: red is positive. */
const MAPS: Record<ColourScale["kind"], (place: number) => Colour> = {
  diverging: (place) => fromCss(interpolateRdBu(1 - place)),
  sequential: (place) => fromCss(interpolateRdBu(0.5 - place / 2)),
  magnitude: (place) => fromCss(interpolateYlGnBu(place)),
  pattern: (place) => (place > 0 ? [24, 62, 102] : [247, 247, 247]),
};

/** Odd, so that zero on a diverging scale falls on the middle colour and on no other. */
export const COLOUR_STEPS = 257;

/** The maps contain none of these: what is marked cannot be taken for a number on the scale. */
export const NAN_COLOUR: Colour = [128, 128, 128];
export const INFINITE_COLOUR: Colour = [0, 158, 115];
export const BEYOND_COLOUR: Colour = [255, 214, 10];
/** The second colour of what is hatched. Dark, since a light stripe of one pixel would look like a zero. */
export const HATCH_COLOUR: Colour = [31, 35, 40];

/** Zero is always on the scale, so that a colour says how far from zero a value is. */
export function colourScale({ min, max }: Pick<MatrixDisplay["statistics"], "min" | "max">): ColourScale {
  const linear = { curve: "linear", bend: 1 } as const;
  if (min < 0) {
    const reach = Math.max(-min, max);
    return { kind: "diverging", low: -reach, high: reach, ...linear };
  }
  return { kind: "sequential", low: 0, high: max > 0 ? max : 1, ...linear };
}

/** The same scale with its ends at another magnitude, for one slice of a stack. Of a slice of zeros the ends stay. */
export function scaleReaching(scale: ColourScale, reach: number): ColourScale {
  if (reach === 0) return scale;
  return { ...scale, low: scale.kind === "diverging" ? -reach : 0, high: reach };
}

const tables = new Map<ColourScale["kind"], Uint8Array>();

/** The colours of a map from its low end to its high end, three bytes each. */
export function colourTable(kind: ColourScale["kind"]): Uint8Array {
  let table = tables.get(kind);
  if (!table) {
    table = Uint8Array.from(
      Array.from({ length: COLOUR_STEPS }, (_, step) => MAPS[kind](step / (COLOUR_STEPS - 1))).flat(),
    );
    tables.set(kind, table);
  }
  return table;
}

/** Index of a finite value's colour in the table; of one beyond the ends, that of the end. */
export function colourStep(scale: ColourScale, value: number): number {
  return Math.round(Math.min(Math.max(placeOn(scale, value), 0), 1) * (COLOUR_STEPS - 1));
}

/** Where a value stands between the ends, which are 0 and 1. */
export function placeOn({ kind, low, high, curve, bend }: ColourScale, value: number): number {
  if (kind === "pattern") return value === 0 ? 0 : 1;
  // Halved first: the span of a float64 scale may be larger than the largest float64.
  if (curve === "linear")
    return ((kind === "magnitude" ? Math.abs(value) : value) / 2 - low / 2) / (high / 2 - low / 2);
  const magnitude = curved(curve, bend, Math.abs(value)) / curved(curve, bend, high);
  if (kind === "magnitude") return magnitude;
  const place = Math.sign(value) * magnitude;
  return kind === "diverging" ? (1 + place) / 2 : place;
}

/** Whether a finite value lies beyond the ends of the scale, so that its colour is not its own. */
export const isBeyond = ({ kind, low, high }: ColourScale, value: number): boolean =>
  kind === "magnitude" ? Math.abs(value) > high : kind !== "pattern" && (value > high || value < low);

/** Values to label beside the colour bar of a linear scale, low to high. */
export const scaleTicks = ({ kind, low, high }: ColourScale): number[] =>
  kind === "diverging" ? [low, low / 2, 0, high / 2, high] : [low, high / 2, high];
