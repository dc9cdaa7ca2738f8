/** @file The values that are labelled on a colour bar, whatever its curve: round numbers that stand apart. */
import { type ColourScale, placeOn } from "../../protocol/colours.ts";

export interface ColourTick {
  readonly value: number;
  /** Between 0 and 1 along the bar. */
  readonly place: number;
}

/** As shares of the bar: two labels are not written closer; those at the ends stand within it and take more room. */
const APART = 0.13;
const FROM_ENDS = 0.2;

export function colourTicks(scale: ColourScale): ColourTick[] {
  const candidates = scale.curve === "linear" ? roundSteps(scale) : powersOfTen(scale);
  const both = scale.kind === "diverging" ? [...candidates.map((value) => -value), ...candidates] : candidates;
  const at = (value: number): ColourTick => ({ value, place: placeOn(scale, value) });
  const ends = [at(scale.low), at(scale.high)];
  const zero = scale.low < 0 ? [at(0)] : [];
  // The ends say what the colours reach to, so they come first; then zero, then the largest.
  const kept = [...ends, ...zero];
  for (const tick of both.map(at).sort((a, b) => Math.abs(b.value) - Math.abs(a.value))) {
    const isFree = tick.place >= FROM_ENDS && tick.place <= 1 - FROM_ENDS;
    if (isFree && kept.every(({ place }) => Math.abs(place - tick.place) >= APART)) kept.push(tick);
  }
  return kept.sort((a, b) => a.place - b.place);
}

function roundSteps({ high }: ColourScale): number[] {
  const power = 10 ** Math.floor(Math.log10(high));
  const step = [0.2, 0.5, 1, 2, 5].map((digit) => digit * power).find((each) => high / each <= 4) ?? high;
  return Array.from({ length: Math.floor(high / step) }, (_, i) => Number(((i + 1) * step).toPrecision(12)));
}

function powersOfTen({ high, bend }: ColourScale): number[] {
  const [first, last] = [Math.ceil(Math.log10(bend)), Math.floor(Math.log10(high))];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(`1e${first + i}`));
}
