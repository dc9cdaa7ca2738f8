/** @file A benchmark display as a picture: one bar for each timing, as long as its median. */
import type { BenchmarkDisplay } from "../../../protocol/display.ts";
import { formatSeconds } from "../../../protocol/notation.ts";
import { BAR, BAR_WINNER, below, type Drawing, FAINT_INK, INK, LINE, line } from "./drawing.ts";
import { GLYPH_HEIGHT } from "./font.ts";
import { textWidth } from "./raster.ts";

const BAR_WIDTH = 320;
const GAP = 10;

export function barsDrawing({ title, verdict, winner, rows }: BenchmarkDisplay): Drawing {
  const gutter = Math.max(...rows.map(({ label }) => textWidth(label)));
  const slowest = Math.max(...rows.map(({ median }) => median));
  const bars = rows.map(({ label, median }, i): Drawing => {
    const time = formatSeconds(median);
    const length = Math.max(1, Math.round((median / slowest) * BAR_WIDTH));
    return {
      width: gutter + GAP + BAR_WIDTH + GAP + textWidth(time),
      height: LINE + 4,
      draw(raster, left, top) {
        raster.text(label, left + gutter - textWidth(label), top, INK);
        raster.fill(left + gutter + GAP, top, length, GLYPH_HEIGHT, i === winner ? BAR_WINNER : BAR);
        raster.text(time, left + gutter + GAP + length + GAP / 2, top, INK);
      },
    };
  });
  const words = [
    line(title),
    ...(verdict ? [line(verdict)] : []),
    line("median time per call, shorter is better", FAINT_INK),
  ];
  return below([...words, ...bars], 4);
}
