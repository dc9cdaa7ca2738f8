/**
 * @file One pixel of a heat map. Values that have no colour are hatched, each in a direction of its own, so that they
 * show in a print without colours too: NaN slants, +∞ lies, −∞ stands, and what is beyond the scale has dots.
 */
import {
  BEYOND_COLOUR,
  type Colour,
  type ColourScale,
  colourStep,
  colourTable,
  HATCH_COLOUR,
  INFINITE_COLOUR,
  isBeyond,
  NAN_COLOUR,
} from "./colours.ts";

/** Writes opaque RGBA pixels of a picture that is `width` wide. */
export function pixelWriter(
  scale: ColourScale,
  pixels: Uint8ClampedArray,
  width: number,
): (x: number, y: number, value: number) => void {
  const table = colourTable(scale.kind);
  return (x, y, value) => {
    const at = (y * width + x) * 4;
    pixels[at + 3] = 255;
    const mark = markOf(scale, x, y, value);
    if (mark) {
      pixels[at] = mark[0];
      pixels[at + 1] = mark[1];
      pixels[at + 2] = mark[2];
    } else {
      const step = colourStep(scale, value) * 3;
      pixels[at] = table[step];
      pixels[at + 1] = table[step + 1];
      pixels[at + 2] = table[step + 2];
    }
  };
}

function markOf(scale: ColourScale, x: number, y: number, value: number): Colour | undefined {
  // x − x is 0 for every finite x alone.
  if (value - value === 0) return x % 6 < 2 && y % 6 < 2 && isBeyond(scale, value) ? BEYOND_COLOUR : undefined;
  if (Number.isNaN(value)) return (x + y) % 6 < 2 ? HATCH_COLOUR : NAN_COLOUR;
  return (value > 0 ? y : x) % 6 < 2 ? HATCH_COLOUR : INFINITE_COLOUR;
}
