/** @file What every PNG of ours shares: its ink, its spacing, and how parts that know their size are put together. */
import type { Colour } from "../../../protocol/colours.ts";
import { GLYPH_HEIGHT } from "./font.ts";
import { Raster, textWidth } from "./raster.ts";

/** A part of a picture: its size, and how to draw it with its top left corner at a place. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  draw(raster: Raster, left: number, top: number): void;
}

/** An opaque page, so that the picture reads the same on a light and on a dark background. */
const PAPER: Colour = [255, 255, 255];
export const INK: Colour = [31, 35, 40];
export const FAINT_INK: Colour = [99, 108, 118];
export const FRAME: Colour = [200, 207, 214];
export const BAR: Colour = [173, 179, 186];
export const BAR_WINNER: Colour = [49, 130, 189];

export const LINE = GLYPH_HEIGHT + 3;
const MARGIN = 14;

export function line(text: string, colour: Colour = INK): Drawing {
  return { width: textWidth(text), height: LINE, draw: (raster, left, top) => raster.text(text, left, top, colour) };
}

export function below(parts: readonly Drawing[], gap: number): Drawing {
  return {
    width: Math.max(0, ...parts.map((part) => part.width)),
    height: parts.reduce((sum, part) => sum + part.height, 0) + gap * Math.max(0, parts.length - 1),
    draw(raster, left, top) {
      let y = top;
      for (const part of parts) {
        part.draw(raster, left, y);
        y += part.height + gap;
      }
    },
  };
}

export function beside(parts: readonly Drawing[], gap: number): Drawing {
  return {
    width: parts.reduce((sum, part) => sum + part.width, 0) + gap * Math.max(0, parts.length - 1),
    height: Math.max(0, ...parts.map((part) => part.height)),
    draw(raster, left, top) {
      let x = left;
      for (const part of parts) {
        part.draw(raster, x, top);
        x += part.width + gap;
      }
    },
  };
}

export function png(drawing: Drawing): Uint8Array {
  const raster = new Raster(drawing.width + 2 * MARGIN, drawing.height + 2 * MARGIN, PAPER);
  drawing.draw(raster, MARGIN, MARGIN);
  return raster.toPng();
}
