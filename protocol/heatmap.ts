/** @file A matrix as pixels: how large it is drawn, and what colour each pixel gets. Used for the page and the PNG. */
import type { ColourScale } from "./colours.ts";
import type { MatrixDisplay } from "./display.ts";
import { pixelWriter } from "./pixel.ts";

/** The stored entries of a tensor, or of a preview of it. */
export type Entries = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Where block `index` of `blocks` begins when `extent` entries are shared out among them. */
export const blockStart = (index: number, extent: number, blocks: number): number =>
  Math.floor((index * extent) / blocks);

/** Whether a value takes the place of the strongest so far: by its magnitude, NaN before all, the first of equals. */
export const isStronger = (value: number, best: number): boolean =>
  // `!(a <= b)` rather than `a > b`: it holds for a NaN value, and a NaN once found is kept.
  !(Math.abs(value) <= Math.abs(best)) && !Number.isNaN(best);

/** What stands for the two of them in a reduced picture. */
export const stronger = (best: number, value: number): number => (isStronger(value, best) ? value : best);

/**
 * Reduces one row-major matrix, `from` entries into `source`, to `targetRows × targetColumns` blocks. Each becomes its
 * entry of largest magnitude, NaN before all: what stands alone in a large matrix is what one looks for.
 */
export function poolLargest(
  source: Entries,
  from: number,
  [rows, columns]: readonly [number, number],
  target: Entries,
  to: number,
  [targetRows, targetColumns]: readonly [number, number],
): void {
  const bounds = new Int32Array(targetColumns + 1);
  for (let j = 0; j <= targetColumns; j++) bounds[j] = blockStart(j, columns, targetColumns);
  for (let i = 0; i < targetRows; i++) {
    const lastRow = blockStart(i + 1, rows, targetRows);
    const out = to + i * targetColumns;
    for (let row = blockStart(i, rows, targetRows), first = true; row < lastRow; row++, first = false) {
      const base = from + row * columns;
      for (let j = 0; j < targetColumns; j++) {
        let best = first ? source[base + bounds[j]] : target[out + j];
        for (let column = bounds[j]; column < bounds[j + 1]; column++) {
          best = stronger(best, source[base + column]);
        }
        target[out + j] = best;
      }
    }
  }
}

/** Largest picture, in pixels of the page. */
const MAX_WIDTH = 640;
const MAX_HEIGHT = 420;
/** What the longer side of a small matrix comes to; a few cells stay at `MAX_CELL`, so that they do not look like tiles. */
const USUAL_SIDE = 320;
const MAX_CELL = 48;
const MIN_CELL = 8;
/** The short side of a long matrix is stretched: up to this many pixels an entry, and this many in all. */
const STRETCHED_CELL = 28;
const STRETCHED_SIDE = 168;

/** Size of the picture of a matrix: square cells of whole pixels where they fit, stretched where they would vanish. */
export function heatmapSize(
  rows: number,
  columns: number,
  maxWidth = MAX_WIDTH,
  maxHeight = MAX_HEIGHT,
): { width: number; height: number } {
  const pleasant = Math.min(Math.max(USUAL_SIDE / Math.max(rows, columns), MIN_CELL), MAX_CELL);
  const cell = Math.min(pleasant, maxWidth / columns, maxHeight / rows);
  const side = (count: number, most: number): number => {
    const size = Math.min(Math.max(count * cell, Math.min(count * STRETCHED_CELL, STRETCHED_SIDE)), most);
    return Math.max(1, size >= count ? Math.floor(size / count) * count : Math.floor(size));
  };
  return { width: side(columns, maxWidth), height: side(rows, maxHeight) };
}

/** One matrix out of a flat, row-major block of entries. */
export interface Slice {
  readonly entries: Entries;
  readonly from: number;
  readonly rows: number;
  readonly columns: number;
}

/** The bytes of a preview as the numbers they are. */
export function entriesFrom({ dtype }: Pick<MatrixDisplay, "dtype">, buffer: ArrayBuffer): Entries {
  return new { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array }[dtype](buffer);
}

export function sliceAt({ rows, columns }: MatrixDisplay["preview"], entries: Entries, slice: number): Slice {
  return { entries, from: slice * rows * columns, rows, columns };
}

/** The largest magnitude among the finite entries of one matrix. */
export function reachOf({ entries, from, rows, columns }: Slice): number {
  let reach = 0;
  for (let i = from; i < from + rows * columns; i++) {
    const size = Math.abs(entries[i]);
    if (size > reach && size < Number.POSITIVE_INFINITY) reach = size;
  }
  return reach;
}

/** RGBA pixels of one matrix, row by row. A picture with fewer pixels than entries shows the largest of each pixel. */
export function heatmapPixels(
  slice: Slice,
  scale: ColourScale,
  width: number,
  height: number,
): Uint8ClampedArray<ArrayBuffer> {
  const { entries, from, rows, columns } = reduceTo(slice, width, height);
  const pixels = new Uint8ClampedArray(width * height * 4);
  const write = pixelWriter(scale, pixels, width);
  const columnOf = new Int32Array(width);
  for (let x = 0; x < width; x++) columnOf[x] = Math.floor((x * columns) / width);
  for (let y = 0; y < height; y++) {
    const base = from + Math.floor((y * rows) / height) * columns;
    for (let x = 0; x < width; x++) write(x, y, entries[base + columnOf[x]]);
  }
  return pixels;
}

/** A matrix with more entries than pixels, pooled to one entry for each pixel; any other as it is. */
function reduceTo(slice: Slice, width: number, height: number): Slice {
  const rows = Math.min(slice.rows, height);
  const columns = Math.min(slice.columns, width);
  if (rows === slice.rows && columns === slice.columns) return slice;
  const entries = new Float64Array(rows * columns);
  poolLargest(slice.entries, slice.from, [slice.rows, slice.columns], entries, 0, [rows, columns]);
  return { entries, from: 0, rows, columns };
}
