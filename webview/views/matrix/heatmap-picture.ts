/** @file A heat map with its axes as it goes into a file: what is seen, on white, at twice the pixels. */
import { colourStep, colourTable, isBeyond } from "../../../protocol/colours.ts";
import { planFrame } from "../../drawing/frame.ts";
import { paint } from "../../drawing/painter.ts";
import { FAINT_INK, FRAME, INK, type Pen, SvgPen } from "../../drawing/pen.ts";
import type { TileStore } from "../../drawing/tile-store.ts";
import { entriesIn, type Size, type Viewport } from "../../drawing/viewport.ts";
import { columnTicksOf, DIGIT_WIDTH, gutterOf, rowTicksOf } from "./axis-ticks.ts";
import type { Subject, Surface } from "./surface.ts";

/** Pixels for each pixel of the page, so that a print is not coarse. */
const FINENESS = 2;
const LINE = 18;
const TICK = 4;
/** Up to here an SVG has a rectangle for each entry, which an editor of drawings can take apart. */
const MOST_RECTANGLES = 2500;

/** What is not at hand in the store is drawn coarser: a picture is made now. */
export function heatmapPicture(
  subject: Subject,
  view: Viewport,
  seen: Size,
  store: TileStore,
): ReturnType<Surface["picture"]> {
  const { content, slice, scale } = subject;
  const gutter = gutterOf(content);
  const { titles } = content;
  const above = titles.rows ? LINE : 0;
  const titleWidth = Math.max(titles.rows.length, titles.columns.length) * DIGIT_WIDTH;
  const size = {
    width: Math.max(gutter + seen.width + 16, gutter + titleWidth),
    height: above + seen.height + TICK + LINE + (titles.columns ? LINE : 0),
  };
  return {
    size,
    draw(pen, left, top) {
      const [x, y] = [left + gutter, top + above];
      if (titles.rows) pen.text(x, top + LINE / 2 - 2, `↓ ${titles.rows}`);
      pen.rectangle(x - 1, y - 1, seen.width + 2, seen.height + 2, FRAME);
      if (!(pen instanceof SvgPen) || !drawCells(pen, x, y)) {
        pen.image(pixelsOf(), x, y, seen.width, seen.height);
      }
      for (const { label, share } of rowTicksOf(content, view, seen)) {
        const at = y + share * seen.height;
        pen.line(
          [
            [x - 1 - TICK, at],
            [x - 1, at],
          ],
          FAINT_INK,
        );
        pen.text(x - TICK - 4, at, label, { size: 11, anchor: "end", colour: FAINT_INK });
      }
      for (const { label, share } of columnTicksOf(content, view, seen)) {
        const at = x + share * seen.width;
        pen.line(
          [
            [at, y + seen.height + 1],
            [at, y + seen.height + 1 + TICK],
          ],
          FAINT_INK,
        );
        pen.text(at, y + seen.height + TICK + LINE / 2, label, { size: 11, anchor: "middle", colour: FAINT_INK });
      }
      if (titles.columns) {
        const right = Math.max(x + seen.width, left + titleWidth);
        pen.text(right, y + seen.height + TICK + 1.5 * LINE, `${titles.columns} →`, { anchor: "end", colour: INK });
      }
    },
  };

  function pixelsOf(): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(seen.width * FINENESS);
    canvas.height = Math.round(seen.height * FINENESS);
    paint(canvas, planFrame(content.source, slice, view, canvas, store), scale);
    return canvas;
  }

  /** False where there are too many entries, or some that a colour alone cannot show. */
  function drawCells(pen: Pen, left: number, top: number): boolean {
    const part = entriesIn(view, content.source);
    const columns = part.right - part.left;
    if (columns * (part.bottom - part.top) > MOST_RECTANGLES) return false;
    const entries = content.source.read(slice, part);
    if (entries instanceof Promise) return false;
    if (!entries.every((value) => Number.isFinite(value) && !isBeyond(scale, value))) return false;
    const table = colourTable(scale.kind);
    const clamp = (at: number, most: number): number => Math.min(Math.max(at, 0), most);
    entries.forEach((value, i) => {
      const row = part.top + Math.floor(i / columns) - view.top;
      const column = part.left + (i % columns) - view.left;
      const [x0, x1] = [column, column + 1].map((at) => clamp((at / view.across) * seen.width, seen.width));
      const [y0, y1] = [row, row + 1].map((at) => clamp((at / view.down) * seen.height, seen.height));
      const step = colourStep(scale, value) * 3;
      const fill = `#${[0, 1, 2].map((channel) => table[step + channel].toString(16).padStart(2, "0")).join("")}`;
      pen.rectangle(left + x0, top + y0, x1 - x0, y1 - y0, fill);
    });
    return true;
  }
}
