/** @file Small pictures of a matrix, as data addresses: for the end of a line, and for a hover. */
import { Buffer } from "node:buffer";
import { encode } from "fast-png";
import { colourScale } from "../../protocol/colours.ts";
import type { MatrixDisplay, ValueDisplay } from "../../protocol/display.ts";
import { heatmapPixels, heatmapSize, reachOf, sliceAt } from "../../protocol/heatmap.ts";
import { previewEntries } from "./full-entries.ts";

/** VS Code draws a picture at the end of a line as large as it is: as high as a line of text. */
const HEIGHT = 14;
const MOST_WIDTH = 56;
const FRAMES = { light: [139, 148, 158], dark: [110, 118, 129] } as const;
/** VS Code cuts a hover at 100,000 characters. */
const HOVER_CHARACTERS = 90_000;

export type Theme = keyof typeof FRAMES;

/** For the end of a line; paler when what it shows may no longer hold. Undefined where there is nothing to draw. */
export function thumbnail(display: ValueDisplay | undefined, theme: Theme, stale: boolean): string | undefined {
  const matrix = matrixIn(display);
  if (!matrix) return undefined;
  const { rows, columns } = matrix.preview;
  const width = Math.max(HEIGHT, Math.min(MOST_WIDTH, Math.round((HEIGHT * columns) / rows)));
  return dataAddress(framed(matrix, width, HEIGHT, FRAMES[theme], stale ? 110 : 255));
}

/** For a hover: the cell's own picture, with its axes, when it is short enough, else as large as fits. */
export function hoverPicture(display: ValueDisplay | undefined, png: string | undefined): string | undefined {
  if (png && png.length < HOVER_CHARACTERS) return `data:image/png;base64,${png}`;
  const matrix = matrixIn(display);
  if (!matrix) return undefined;
  for (let side = 320; side >= 40; side /= 2) {
    const { width, height } = heatmapSize(matrix.preview.rows, matrix.preview.columns, side, side);
    const address = dataAddress(framed(matrix, width, height, FRAMES.light, 255));
    if (address.length < HOVER_CHARACTERS) return address;
  }
  return undefined;
}

/** The one to show of several: the first. */
function matrixIn(display: ValueDisplay | undefined): MatrixDisplay | undefined {
  if (display?.kind === "group")
    return display.items.map((item) => item.display).find((item) => item.kind === "matrix");
  return display?.kind === "matrix" && display.preview.slices.length > 0 ? display : undefined;
}

function framed(
  display: MatrixDisplay,
  width: number,
  height: number,
  frame: readonly [number, number, number],
  alpha: number,
): Uint8Array {
  const { preview, statistics } = display;
  const entries = previewEntries(display);
  // Of a stack the one with the largest entries says most.
  const reaches = preview.slices.map((_, i) => reachOf(sliceAt(preview, entries, i)));
  const slice = sliceAt(preview, entries, reaches.indexOf(Math.max(...reaches)));
  const pixels = heatmapPixels(slice, colourScale(statistics), width, height);
  const outside = { width: width + 2, height: height + 2 };
  const data = new Uint8Array(outside.width * outside.height * 4);
  for (let y = 0; y < outside.height; y++) {
    for (let x = 0; x < outside.width; x++) {
      const inside = x > 0 && y > 0 && x <= width && y <= height;
      const from = ((y - 1) * width + x - 1) * 4;
      const colour = inside ? pixels.subarray(from, from + 3) : frame;
      data.set([...colour, alpha], (y * outside.width + x) * 4);
    }
  }
  return encode({ ...outside, data, channels: 4 }, { zlib: { level: 9 } });
}

const dataAddress = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
