/** @file A benchmark display as a picture: one bar for each timing, as long as its median. */
import type { BenchmarkDisplay } from "../../../protocol/display.ts";
import { formatSeconds } from "../../../protocol/notation.ts";
import { BAR, BAR_WINNER, below, type Drawing, FAINT_INK, INK, LINE, line } from "./drawing.ts";
import { GLYPH_HEIGHT } from "./font.ts";
import { textWidth } from "./raster.ts";

const BAR_WIDTH = 320;
const GAP = 10;

export function barsDrawing({ title, verdict, rows }: BenchmarkDisplay): Drawing {
  const gutter = Math.max(...rows.map(({ label }) => textWidth(label)));
  const medians = rows.map(({ median }) => median);
  const [fastest, slowest] = [Math.min(...medians), Math.max(...medians)];
  const bars = rows.map(({ label, median }): Drawing => {
    const time = formatSeconds(median);
    const length = Math.max(1, Math.round((median / slowest) * BAR_WIDTH));
    return {
      width: gutter + GAP + BAR_WIDTH + GAP + textWidth(time),
      height: LINE + 4,
      draw(raster, left, top) {
        raster.text(label, left + gutter - textWidth(label), top, INK);
        raster.fill(left + gutter + GAP, top, length, GLYPH_HEIGHT, median === fastest ? BAR_WINNER : BAR);
        raster.text(time, left + gutter + GAP + length + GAP / 2, top, INK);
      },
    };
  });
  const text = [title, "median time per call"].map((words, i) => line(words, i === 0 ? INK : FAINT_INK));
  return below([...text, ...bars, ...(verdict ? [line(verdict)] : [])], 4);
}
