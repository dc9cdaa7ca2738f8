/** @file Draws a frame pixel by pixel, where there is no WebGL. */
import type { ColourScale } from "../../protocol/colours.ts";
import { stronger } from "../../protocol/heatmap.ts";
import { pixelWriter } from "../../protocol/pixel.ts";
import type { Frame, Patch } from "./frame.ts";

export function paintPixels(context: CanvasRenderingContext2D, frame: Frame, scale: ColourScale): void {
  const image = context.createImageData(frame.width, frame.height);
  const write = pixelWriter(scale, image.data, frame.width);
  for (const patch of frame.patches) paintPatch(patch, frame, write);
  context.putImageData(image, 0, 0);
}

function paintPatch(patch: Patch, frame: Frame, write: (x: number, y: number, value: number) => void): void {
  const { entries, from, stride } = patch.tile;
  const columns = covered(frame.columnStarts, patch.columnShift, patch.column, patch.tile.columns);
  const rows = covered(frame.rowStarts, patch.rowShift, patch.row, patch.tile.rows);
  for (let y = patch.top; y < patch.bottom; y++) {
    const [firstRow, lastRow] = [rows.first(y), rows.last(y)];
    for (let x = patch.left; x < patch.right; x++) {
      const lastColumn = columns.last(x);
      const firstColumn = columns.first(x);
      let best = entries[from + firstRow * stride + firstColumn];
      for (let row = firstRow; row <= lastRow; row++) {
        for (let column = firstColumn; column <= lastColumn; column++) {
          best = stronger(best, entries[from + row * stride + column]);
        }
      }
      write(x, y, best);
    }
  }
}

/** The entries of the tile that a pixel covers, first and last. */
function covered(starts: Int32Array, shift: number, origin: number, extent: number) {
  const first = (pixel: number): number => Math.min((starts[pixel] >> shift) - origin, extent - 1);
  const last = (pixel: number): number =>
    Math.min(Math.max(first(pixel), (starts[pixel + 1] >> shift) - 1 - origin), extent - 1);
  return { first, last };
}
