/** @file An RGB image in memory that rectangles, pixels and text are put into, and that becomes a PNG. */
import { encode } from "fast-png";
import type { Colour } from "../../../protocol/colours.ts";
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphOf } from "./font.ts";

export const textWidth = (text: string): number => [...text].length * GLYPH_WIDTH;

export class Raster {
  readonly width: number;
  readonly height: number;
  private readonly pixels: Uint8Array;

  constructor(width: number, height: number, background: Colour) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height * 3);
    this.fill(0, 0, width, height, background);
  }

  fill(left: number, top: number, width: number, height: number, colour: Colour): void {
    for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) this.set(x, y, colour);
  }

  /** An outline of one pixel just outside the rectangle. */
  outline(left: number, top: number, width: number, height: number, colour: Colour): void {
    this.fill(left - 1, top - 1, width + 2, 1, colour);
    this.fill(left - 1, top + height, width + 2, 1, colour);
    this.fill(left - 1, top, 1, height, colour);
    this.fill(left + width, top, 1, height, colour);
  }

  /** Copies opaque RGBA pixels. */
  put(rgba: Uint8ClampedArray, left: number, top: number, width: number, height: number): void {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = (y * width + x) * 4;
        this.set(left + x, top + y, [rgba[at], rgba[at + 1], rgba[at + 2]]);
      }
    }
  }

  /** Text whose box has its top left corner here. Twice as large with `scale` 2. */
  text(text: string, left: number, top: number, colour: Colour): void {
    this.glyphs(text, (along, down) => this.set(left + along, top + down, colour));
  }

  /** Text read from bottom to top; its box has its bottom left corner here. */
  textUpwards(text: string, left: number, bottom: number, colour: Colour): void {
    this.glyphs(text, (along, down) => this.set(left + down, bottom - along, colour));
  }

  toPng(): Uint8Array {
    return encode({ width: this.width, height: this.height, data: this.pixels, channels: 3 }, { zlib: { level: 9 } });
  }

  private glyphs(text: string, dot: (along: number, down: number) => void): void {
    [...text].forEach((character, position) => {
      const rows = glyphOf(character);
      for (let row = 0; row < GLYPH_HEIGHT; row++) {
        for (let column = 0; column < GLYPH_WIDTH; column++) {
          if (rows[row] & (0x80 >> column)) dot(position * GLYPH_WIDTH + column, row);
        }
      }
    });
  }

  private set(x: number, y: number, colour: Colour): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const at = (y * this.width + x) * 3;
    this.pixels[at] = colour[0];
    this.pixels[at + 1] = colour[1];
    this.pixels[at + 2] = colour[2];
  }
}
