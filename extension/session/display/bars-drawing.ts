/** @file A benchmark display as a picture: one bar for each timing, as long as its median, and a line over its middle half. */
import type { BenchmarkDisplay } from "../../../protocol/benchmark.ts";
import { formatRate, formatSeconds } from "../../../protocol/notation.ts";
import { BAR, BAR_WINNER, below, type Drawing, FAINT_INK, INK, LINE, line } from "./drawing.ts";
import { GLYPH_HEIGHT } from "./font.ts";
import { textWidth } from "./raster.ts";

const BAR_WIDTH = 320;
const GAP = 10;
/** Where across a bar the line over the middle half is. */
const SPREAD_TOP = Math.floor(GLYPH_HEIGHT / 2) - 1;
/** Characters of a line of words. */
const WORDS_WIDTH = 96;

export function barsDrawing({ title, verdict, winner, rows, caveats = [], stamp, limit }: BenchmarkDisplay): Drawing {
  const gutter = Math.max(...rows.map(({ label }) => textWidth(label)));
  const slowest = Math.max(...rows.map(({ quartiles }) => quartiles[1]), ...rows.map(({ median }) => median));
  const along = (time: number): number => Math.round((time / slowest) * BAR_WIDTH);
  const bars = rows.map(({ label, median, quartiles: [lower, upper] }, i): Drawing => {
    const time = formatSeconds(median);
    const length = Math.max(1, along(median));
    return {
      width: gutter + GAP + BAR_WIDTH + GAP + textWidth(time),
      height: LINE + 4,
      draw(raster, left, top) {
        raster.text(label, left + gutter - textWidth(label), top, INK);
        const start = left + gutter + GAP;
        raster.fill(start, top, length, GLYPH_HEIGHT, i === winner ? BAR_WINNER : BAR);
        raster.fill(start + along(lower), top + SPREAD_TOP, Math.max(1, along(upper) - along(lower)), 2, INK);
        if (limit) raster.fill(start + along(limit.seconds), top - 2, 1, GLYPH_HEIGHT + 4, INK);
        raster.text(time, start + Math.max(length, along(upper)) + GAP / 2, top, INK);
      },
    };
  });
  const words = [
    ...wrapped(title).map((text) => line(text)),
    ...wrapped(verdict).map((text) => line(text)),
    line("median time per call, shorter is better; dark: the middle half of the runs", FAINT_INK),
    ...(limit
      ? [line(`thin line: results written at ${formatRate(limit.bytesPerSecond)}, the memory's limit here`, FAINT_INK)]
      : []),
  ];
  const under = [...caveats, ...(stamp ? [stamp] : [])].flatMap(wrapped).map((text) => line(text, FAINT_INK));
  return below([...words, ...bars, ...under], 4);
}

/** In lines that a page is wide enough for. */
function wrapped(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== "" && last.length + 1 + word.length > WORDS_WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return text === "" ? [] : lines;
}
