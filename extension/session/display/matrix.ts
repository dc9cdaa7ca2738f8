/** @file A tensor as a matrix display: its layout, its statistics, and a preview that fits the budget. */
import { DISPLAY_VERSION, type MatrixDisplay } from "../../../protocol/display.ts";
import { poolLargest } from "../../../protocol/heatmap.ts";
import { sizeOf } from "../../../protocol/notation.ts";
import type { TensorData, TensorValue } from "./kernel-values.ts";
import { layoutOf } from "./sides.ts";
import { statisticsOf } from "./statistics.ts";

/** Entries sent for one result: a notebook with dozens of pictures still opens at once. */
export const PREVIEW_ENTRIES = 512 * 512;
/** No side of a preview is longer, unless the whole matrix fits. */
const LONGEST_SIDE = 512;
/** Of a stack whose matrices are large, this many are shown, reduced if need be, rather than the first in full. */
const WANTED_SLICES = 16;

export function matrixDisplay(tensor: TensorValue, budget = PREVIEW_ENTRIES): MatrixDisplay {
  const { shape, dtype } = tensor;
  const layout = layoutOf(tensor);
  const data = tensor.dataSync();
  const extents = { rows: sizeOf(layout.rows.shape), columns: sizeOf(layout.columns.shape) };
  const stack = sizeOf(layout.slices.flatMap((side) => side.shape));
  return {
    version: DISPLAY_VERSION,
    kind: "matrix",
    ...layout,
    dtype,
    shape: [...shape],
    preview: previewOf(data, stack, extents, budget),
    statistics: statisticsOf(data),
  };
}

interface Extents {
  readonly rows: number;
  readonly columns: number;
}

function previewOf(data: TensorData, stack: number, full: Extents, budget: number): MatrixDisplay["preview"] {
  const entries = full.rows * full.columns;
  if (entries === 0 || stack === 0) return { slices: 0, ...full, pooled: false, data: "" };
  const wanted = Math.min(stack, WANTED_SLICES);
  if (entries * wanted <= budget) {
    const slices = Math.min(stack, Math.floor(budget / entries));
    return { slices, ...full, pooled: false, data: base64(data.subarray(0, slices * entries)) };
  }
  const sent = reduced(full, Math.floor(budget / wanted));
  const size = sent.rows * sent.columns;
  const picture = data.slice(0, wanted * size);
  for (let slice = 0; slice < wanted; slice++) {
    poolLargest(data, slice * entries, [full.rows, full.columns], picture, slice * size, [sent.rows, sent.columns]);
  }
  return { slices: wanted, ...sent, pooled: true, data: base64(picture) };
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
