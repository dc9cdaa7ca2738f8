/** @file A tensor as a matrix display: its layout, its statistics, and a preview that fits the budget. */
import { printDigits } from "cotangent";
import { DISPLAY_VERSION, type MatrixDisplay } from "../../../protocol/display.ts";
import { blockStart, poolLargest } from "../../../protocol/heatmap.ts";
import { sizeOf } from "../../../protocol/notation.ts";
import type { TensorData, TensorValue } from "./kernel-values.ts";
import { layoutOf } from "./sides.ts";
import { statisticsOf } from "./statistics.ts";

/** Entries sent for one result: a notebook with dozens of pictures still opens at once. */
export const PREVIEW_ENTRIES = 512 * 512;
/** No side of a preview is longer, unless the whole matrix fits. */
const LONGEST_SIDE = 512;
/** A slider through more would be of no use. */
const MOST_SLICES = 1024;
/** Of a stack whose matrices are large, this many are shown, reduced if need be, rather than the first in full. */
const WANTED_SLICES = 16;

export function matrixDisplay(tensor: TensorValue, budget = PREVIEW_ENTRIES): MatrixDisplay {
  const { shape, dtype } = tensor;
  const layout = layoutOf(tensor);
  const data = tensor.dataSync();
  const extents = { rows: sizeOf(layout.rows.shape), columns: sizeOf(layout.columns.shape) };
  const stack = sizeOf(layout.slices.flatMap((side) => side.shape));
  const preview = previewOf(data, stack, extents, budget);
  const isReducedVector = preview.pooled && stack === 1 && Math.min(extents.rows, extents.columns) === 1;
  return {
    version: DISPLAY_VERSION,
    kind: "matrix",
    ...layout,
    dtype,
    shape: [...shape],
    digits: printDigits(),
    preview,
    ...(isReducedVector ? { envelope: envelopeOf(data, preview.rows * preview.columns) } : {}),
    statistics: statisticsOf(data),
  };
}

interface Extents {
  readonly rows: number;
  readonly columns: number;
}

function previewOf(data: TensorData, stack: number, full: Extents, budget: number): MatrixDisplay["preview"] {
  const entries = full.rows * full.columns;
  if (entries === 0 || stack === 0) return { slices: [], ...full, pooled: false, data: "" };
  const wanted = Math.min(stack, WANTED_SLICES);
  const pooled = entries * wanted > budget;
  const sent = pooled ? reduced(full, Math.floor(budget / wanted)) : full;
  const size = sent.rows * sent.columns;
  const slices = mostProminent(data, stack, entries, Math.min(Math.floor(budget / size), MOST_SLICES));
  // As long as the picture and of its type; every entry is written below.
  const picture = data.slice(0, slices.length * size);
  slices.forEach((slice, i) => {
    if (pooled) {
      poolLargest(data, slice * entries, [full.rows, full.columns], picture, i * size, [sent.rows, sent.columns]);
    } else picture.set(data.subarray(slice * entries, (slice + 1) * entries), i * size);
  });
  return { slices, ...sent, pooled, data: base64(picture) };
}

/** The least and greatest entry of each block of a vector: its line is a band between them. */
function envelopeOf(data: TensorData, blocks: number): MatrixDisplay["envelope"] {
  const lows = data.slice(0, blocks);
  const highs = data.slice(0, blocks);
  for (let block = 0; block < blocks; block++) {
    const begin = blockStart(block, data.length, blocks);
    const end = blockStart(block + 1, data.length, blocks);
    let [low, high] = [data[begin], data[begin]];
    for (let i = begin; i < end; i++) {
      // A NaN once found is kept: no comparison with it holds.
      if (data[i] < low || Number.isNaN(data[i])) low = data[i];
      if (data[i] > high || Number.isNaN(data[i])) high = data[i];
    }
    lows[block] = low;
    highs[block] = high;
  }
  return { lows: base64(lows), highs: base64(highs) };
}

/** All slices if `most` allow it, else those with the largest entries (NaN before all), in their order. */
function mostProminent(data: TensorData, stack: number, entries: number, most: number): number[] {
  const all = Array.from({ length: stack }, (_, slice) => slice);
  if (stack <= most) return all;
  const prominence = all.map((slice) => largestMagnitude(data, slice * entries, (slice + 1) * entries));
  const strongest = all.sort((a, b) => (prominence[a] === prominence[b] ? a - b : prominence[b] - prominence[a]));
  return strongest.slice(0, most).sort((a, b) => a - b);
}

function largestMagnitude(data: TensorData, from: number, to: number): number {
  let largest = 0;
  for (let i = from; i < to; i++) {
    const size = Math.abs(data[i]);
    if (size > largest) largest = size;
    else if (Number.isNaN(size)) return Number.POSITIVE_INFINITY;
  }
  return largest;
}

/** The longer side is cut first, so that a long and narrow matrix keeps its narrow side whole. */
function reduced({ rows, columns }: Extents, budget: number): Extents {
  const even = Math.max(1, Math.min(Math.floor(Math.sqrt(budget)), LONGEST_SIDE));
  const short = Math.min(rows, columns, even);
  const long = Math.max(1, Math.min(Math.max(rows, columns), Math.floor(budget / short), LONGEST_SIDE));
  return rows <= columns ? { rows: short, columns: long } : { rows: long, columns: short };
}

/** Every machine we run on is little-endian, as the display asks for. */
const base64 = (data: TensorData): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
