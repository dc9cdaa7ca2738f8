/** @file A matrix display as a picture: heading, colour bar, and the first few slices with their axes. */
import { COLOUR_STEPS, type ColourScale, colourScale, colourTable, scaleTicks } from "../../../protocol/colours.ts";
import type { MatrixDisplay, Side } from "../../../protocol/display.ts";
import { type Entries, entriesFrom, heatmapPixels, heatmapSize, reachOf, sliceAt } from "../../../protocol/heatmap.ts";
import {
  axisTitles,
  describeShape,
  digitsOf,
  formatCount,
  formatNumber,
  sizeOf,
  sliceName,
  ticksOf,
} from "../../../protocol/notation.ts";
import { below, beside, type Drawing, FAINT_INK, FRAME, INK, LINE, line } from "./drawing.ts";
import { GLYPH_HEIGHT, GLYPH_WIDTH } from "./font.ts";
import { textWidth } from "./raster.ts";

const MAX_WIDTH = 560;
const MAX_HEIGHT = 360;
/** Of a stack, several smaller pictures side by side. */
const SMALL_SIDE = 176;
const PANELS_WIDTH = 720;
const MOST_PANELS = 4;
const GAP = 4;
const TICK = 3;
const BAR_WIDTH = 200;
const BAR_HEIGHT = 10;

export function heatmapDrawing(display: MatrixDisplay): Drawing {
  const { rows, columns, slices } = display.preview;
  const scale = colourScale(display.statistics);
  const [maxWidth, maxHeight] = slices.length > 1 ? [SMALL_SIDE, SMALL_SIDE] : [MAX_WIDTH, MAX_HEIGHT];
  const { width, height } = heatmapSize(rows, columns, maxWidth, maxHeight);
  const shown = slicesToShow(display, width);
  const heading = [line(display.title), line(describeShape(display), FAINT_INK)];
  const notes = notesOf(display, shown.length).map((note) => line(note, FAINT_INK));
  return below(
    [...heading, colourBar(scale, digitsOf(display).scale), panels(display, scale, width, height, shown), ...notes],
    GAP,
  );
}

function notesOf({ statistics: { nan, infinite }, preview, slices }: MatrixDisplay, shown: number): string[] {
  const notes: string[] = [];
  if (nan > 0) notes.push(`${nan} NaN, hatched grey`);
  if (infinite > 0) notes.push(`${infinite} infinite, hatched green`);
  if (preview.pooled) notes.push("reduced: each point is the largest entry of its block");
  const stack = sizeOf(slices.flatMap((side) => side.shape));
  if (stack > shown) notes.push(`${shown} of ${formatCount(stack)} slices`);
  return notes;
}

function panels(
  display: MatrixDisplay,
  scale: ColourScale,
  width: number,
  height: number,
  shown: readonly number[],
): Drawing {
  const entries = entriesIn(display);
  const drawings = shown.map((slice) => {
    const pixels = heatmapPixels(sliceAt(display.preview, entries, slice), scale, width, height);
    const plot = plotDrawing(display, pixels, width, height);
    const name = sliceName(display, display.preview.slices[slice]);
    return name ? below([line(name), plot], GAP) : plot;
  });
  return beside(drawings, 20);
}

/** Copied, so that the numbers start on a boundary of eight bytes wherever the decoder put them. */
const entriesIn = (display: MatrixDisplay): Entries =>
  entriesFrom(display, Uint8Array.from(Buffer.from(display.preview.data, "base64")).buffer);

/** Places in the preview of as many slices as there is room for, those with the largest entries: the first ones may well be empty. */
function slicesToShow(display: MatrixDisplay, width: number): number[] {
  const { slices } = display.preview;
  const room = Math.min(slices.length, MOST_PANELS, Math.max(1, Math.floor(PANELS_WIDTH / (width + 60))));
  const entries = entriesIn(display);
  const reaches = slices.map((_, sent) => reachOf(sliceAt(display.preview, entries, sent)));
  const strongest = [...reaches.keys()].sort((a, b) => reaches[b] - reaches[a]);
  return strongest.slice(0, room).sort((a, b) => a - b);
}

/** The pixels of one matrix, framed, with the titles and ticks of its two axes. */
function plotDrawing(display: MatrixDisplay, pixels: Uint8ClampedArray, width: number, height: number): Drawing {
  const titles = axisTitles(display);
  const rowTicks = ticksOf(display.rows, Math.floor(height / (GLYPH_HEIGHT + 6)));
  const columnTicks = ticksOf(display.columns, columnTickCount(display.columns, width));
  const gutter = Math.max(0, ...rowTicks.map(({ label }) => textWidth(label)));
  const plotLeft = (titles.rows ? LINE : 0) + (gutter > 0 ? gutter + TICK + GAP : 1);
  const lastLabel = columnTicks.at(-1)?.label ?? "";
  const totalWidth = Math.max(plotLeft + width + Math.ceil(textWidth(lastLabel) / 2), textWidth(titles.columns));
  const ticksHeight = columnTicks.length > 0 ? LINE + TICK : 0;
  const totalHeight = Math.max(1 + height + ticksHeight + (titles.columns ? LINE : 0), textWidth(titles.rows));
  return {
    width: totalWidth,
    height: totalHeight,
    draw(raster, left, top) {
      const [x, y] = [left + plotLeft, top + 1];
      raster.outline(x, y, width, height, FRAME);
      raster.put(pixels, x, y, width, height);
      for (const { flat, label } of rowTicks) {
        const at = y + centreOf(flat, display.rows, height);
        raster.fill(x - 1 - TICK, at, TICK, 1, FAINT_INK);
        raster.text(label, x - TICK - GAP - textWidth(label), at - Math.floor(GLYPH_HEIGHT / 2), FAINT_INK);
      }
      for (const { flat, label } of columnTicks) {
        const at = x + centreOf(flat, display.columns, width);
        raster.fill(at, y + height + 1, 1, TICK, FAINT_INK);
        raster.text(label, at - Math.floor(textWidth(label) / 2), y + height + TICK + 2, FAINT_INK);
      }
      const middle = y + Math.floor((height + textWidth(titles.rows)) / 2);
      raster.textUpwards(titles.rows, left, Math.max(middle, top + textWidth(titles.rows)), INK);
      const centred = x + Math.floor((width - textWidth(titles.columns)) / 2);
      raster.text(titles.columns, Math.max(left, centred), y + height + ticksHeight + 1, INK);
    },
  };
}

/** As many as stand apart by the width of two digits. */
function columnTickCount(side: Side, width: number): number {
  const digits = side.shape.reduce((sum, extent) => sum + String(extent - 1).length + 2, 0);
  return Math.floor(width / (GLYPH_WIDTH * (digits + 1)));
}

const centreOf = (flat: number, side: Side, pixels: number): number =>
  Math.floor(((flat + 0.5) / sizeOf(side.shape)) * pixels);

function colourBar(scale: ColourScale, digits: number): Drawing {
  const table = colourTable(scale.kind);
  const labels = [scaleTicks(scale)[0], ...(scale.kind === "diverging" ? [0] : []), scale.high];
  return {
    width: BAR_WIDTH + 40,
    height: BAR_HEIGHT + TICK + LINE + GAP,
    draw(raster, left, top) {
      raster.outline(left + 1, top + 1, BAR_WIDTH, BAR_HEIGHT, FRAME);
      for (let x = 0; x < BAR_WIDTH; x++) {
        const step = Math.round((x / (BAR_WIDTH - 1)) * (COLOUR_STEPS - 1)) * 3;
        raster.fill(left + 1 + x, top + 1, 1, BAR_HEIGHT, [table[step], table[step + 1], table[step + 2]]);
      }
      labels.forEach((value, i) => {
        const text = formatNumber(value, digits);
        const shift = i === 0 ? 0 : i === labels.length - 1 ? textWidth(text) - 1 : Math.floor(textWidth(text) / 2);
        const at = left + 1 + Math.round((i / (labels.length - 1)) * (BAR_WIDTH - 1));
        raster.fill(at, top + 2 + BAR_HEIGHT, 1, TICK, FAINT_INK);
        raster.text(text, at - shift, top + 2 + BAR_HEIGHT + TICK, FAINT_INK);
      });
    },
  };
}
