/** @file Numbers written into the cells of a heat map, where all that are seen have room for two digits at least. */
import { type ColourScale, colourStep, colourTable, INFINITE_COLOUR, NAN_COLOUR } from "../../../protocol/colours.ts";
import type { Entries } from "../../../protocol/heatmap.ts";
import { formatNumber } from "../../../protocol/notation.ts";
import type { Window } from "../../data/source.ts";
import type { Size, Viewport } from "../../drawing/viewport.ts";

/** In pixels of the page. */
const ROOM = { width: 44, height: 20 };

/** Whether cells are large enough at this zoom. */
export const hasRoom = ({ across, down }: Viewport, { width, height }: Size): boolean =>
  width / across >= ROOM.width && height / down >= ROOM.height;

/** `ratio` is how many pixels of the canvas a pixel of the page has. */
export function writeValues(
  context: CanvasRenderingContext2D,
  entries: Entries,
  window: Window,
  view: Viewport,
  scale: ColourScale,
  ratio: number,
): void {
  const { width, height } = context.canvas;
  const cell = { width: width / view.across, height: height / view.down };
  const columns = window.right - window.left;
  context.font = `${11 * ratio}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const digits = [3, 2].find((count) =>
    Array.from(entries, (value) => formatNumber(value, count)).every(
      (text) => context.measureText(text).width <= cell.width - 6 * ratio,
    ),
  );
  if (digits === undefined) return;
  entries.forEach((value, i) => {
    const row = window.top + Math.floor(i / columns);
    const column = window.left + (i % columns);
    context.fillStyle = inkOn(scale, value);
    context.fillText(
      formatNumber(value, digits),
      (column + 0.5 - view.left) * cell.width,
      (row + 0.5 - view.top) * cell.height,
    );
  });
}

function inkOn(scale: ColourScale, value: number): string {
  const [red, green, blue] = paperOf(scale, value);
  return 0.3 * red + 0.59 * green + 0.11 * blue > 120 ? "#000000" : "#ffffff";
}

function paperOf(scale: ColourScale, value: number): Iterable<number> {
  if (Number.isNaN(value)) return NAN_COLOUR;
  if (!Number.isFinite(value)) return INFINITE_COLOUR;
  const step = colourStep(scale, value) * 3;
  return colourTable(scale.kind).subarray(step, step + 3);
}
