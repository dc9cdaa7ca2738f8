/** @file The heat map itself: a canvas with axes, redrawn when its place gets narrower, read by pointer and by keys. */
import { type ColourScale, colourScale, colourStep, colourTable } from "../../protocol/colours.ts";
import type { MatrixDisplay, Side } from "../../protocol/display.ts";
import { type Entries, heatmapPixels, heatmapSize, type Slice, sliceAt } from "../../protocol/heatmap.ts";
import { axisTitles, formatNumber, sizeOf, ticksOf } from "../../protocol/notation.ts";
import { make } from "../dom.ts";
import type { Cell } from "./entry.ts";
import { type Position, positionAfter, positionAt } from "./pointing.ts";

export interface Heatmap {
  readonly element: HTMLElement;
  /** Draws another slice of the stack, in colours of its own. */
  show(slice: number, scale: ColourScale): void;
}

const TICK_HEIGHT = 24;
/** Width of a digit of a tick label, and of what separates two labels. */
const DIGIT_WIDTH = 7;
/** Cells this large have their value written in them, if all values fit with two digits at least. */
const ROOM_FOR_VALUE = { width: 44, height: 20 };

/** `onCell` hears which cell is pointed at or has the keyboard's cursor, or undefined for none. */
export function heatmap(display: MatrixDisplay, entries: Entries, onCell: (cell: Cell | undefined) => void): Heatmap {
  const { rows, columns } = display.preview;
  const titles = axisTitles(display);
  const canvas = make("canvas", {
    role: "img",
    aria: { label: `${display.title}: a heat map of ${rows} rows and ${columns} columns. Arrow keys read its cells.` },
  });
  canvas.tabIndex = 0;
  const cursor = make("div", { class: "cursor", aria: { hidden: "true" } });
  cursor.hidden = true;
  const plot = make("div", { class: "plot" }, canvas, cursor);
  const rowTicks = make("div", { class: "row-ticks", aria: { hidden: "true" } });
  const columnTicks = make("div", { class: "column-ticks", aria: { hidden: "true" } });
  const element = make(
    "div",
    { class: "axes" },
    titles.rows ? make("div", { class: "row-title", text: `↓ ${titles.rows}` }) : undefined,
    rowTicks,
    plot,
    columnTicks,
    titles.columns ? make("div", { class: "column-title", text: `${titles.columns} →` }) : undefined,
  );

  const gutter = Math.max(1, ...ticksOf(display.rows, 8).map(({ label }) => label.length)) * DIGIT_WIDTH + 8;
  let slice = 0;
  let scale = colourScale(display.statistics);
  let size = { width: 0, height: 0 };
  let drawnAt = "";
  let pointed: Position | undefined;
  let keyed: Position | undefined;

  const matrix = (): Slice => sliceAt(display.preview, entries, slice);

  const paint = (): void => {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    const context = canvas.getContext("2d");
    if (!context) return;
    const pixels = heatmapPixels(matrix(), scale, canvas.width, canvas.height);
    context.putImageData(new ImageData(pixels, canvas.width, canvas.height), 0, 0);
    writeValues(context, canvas, matrix(), scale, ratio);
  };

  const layOut = (available: number): void => {
    const next = heatmapSize(rows, columns, Math.max(96, Math.min(640, available - gutter - 24)));
    const key = `${next.width} ${next.height} ${window.devicePixelRatio}`;
    if (key === drawnAt) return;
    drawnAt = key;
    size = next;
    plot.style.width = `${size.width}px`;
    plot.style.height = `${size.height}px`;
    rowTicks.style.width = `${gutter}px`;
    // A title below may be wider than the plot; the ticks belong to the plot.
    columnTicks.style.width = `${size.width}px`;
    rowTicks.replaceChildren(...tickMarks(display.rows, Math.floor(size.height / TICK_HEIGHT), "top"));
    columnTicks.replaceChildren(...tickMarks(display.columns, columnTickCount(display.columns, size.width), "left"));
    paint();
    showCursor();
  };

  const showCursor = (): void => {
    const cell = pointed ?? keyed;
    cursor.hidden = cell === undefined;
    if (cell) {
      cursor.style.left = `${(100 * cell.column) / columns}%`;
      cursor.style.top = `${(100 * cell.row) / rows}%`;
      cursor.style.width = `${100 / columns}%`;
      cursor.style.height = `${100 / rows}%`;
    }
  };
  const report = (): void => {
    showCursor();
    const cell = pointed ?? keyed;
    onCell(cell && { slice, ...cell });
  };

  canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    const ratio = canvas.width / size.width;
    pointed = positionAt(matrix(), { x: offsetX * ratio, y: offsetY * ratio }, canvas);
    report();
  });
  canvas.addEventListener("pointerleave", () => {
    pointed = undefined;
    report();
  });
  canvas.addEventListener("blur", () => {
    keyed = undefined;
    report();
  });
  canvas.addEventListener("keydown", (event) => {
    const next = positionAfter(event, keyed ?? pointed, display.preview);
    if (!next) return;
    // The editor moves between cells of the notebook with these keys.
    event.preventDefault();
    event.stopPropagation();
    pointed = undefined;
    keyed = next;
    report();
  });

  new ResizeObserver(([entry]) => layOut(entry.contentRect.width)).observe(element);
  return {
    element,
    show(nextSlice, nextScale) {
      slice = nextSlice;
      scale = nextScale;
      // Before it is laid out, there is nothing to draw on yet.
      if (drawnAt) paint();
      report();
    },
  };
}

function tickMarks(side: Side, most: number, edge: "top" | "left"): HTMLElement[] {
  const size = sizeOf(side.shape);
  return ticksOf(side, most).map(({ flat, label }) =>
    make("span", { class: "tick", text: label, style: { [edge]: `${(100 * (flat + 0.5)) / size}%` } }),
  );
}

/** As many as stand apart by the width of two digits. */
function columnTickCount(side: Side, width: number): number {
  const digits = side.shape.reduce((sum, extent) => sum + String(extent - 1).length + 1, 0);
  return Math.floor(width / (DIGIT_WIDTH * (digits + 1)));
}

function writeValues(
  context: CanvasRenderingContext2D,
  { width, height }: HTMLCanvasElement,
  { entries, from, rows, columns }: Slice,
  scale: ColourScale,
  ratio: number,
): void {
  const cell = { width: width / columns, height: height / rows };
  if (cell.width < ROOM_FOR_VALUE.width * ratio || cell.height < ROOM_FOR_VALUE.height * ratio) return;
  const table = colourTable(scale.kind);
  context.font = `${11 * ratio}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const digits = [3, 2].find((count) => {
    const texts = Array.from({ length: rows * columns }, (_, i) => formatNumber(entries[from + i], count));
    return texts.every((text) => context.measureText(text).width <= cell.width - 6 * ratio);
  });
  if (digits === undefined) return;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = entries[from + row * columns + column];
      const step = Number.isFinite(value) ? colourStep(scale, value) * 3 : 0;
      const light = 0.3 * table[step] + 0.59 * table[step + 1] + 0.11 * table[step + 2] > 140;
      context.fillStyle = light || !Number.isFinite(value) ? "#1f2328" : "#ffffff";
      context.fillText(formatNumber(value, digits), (column + 0.5) * cell.width, (row + 0.5) * cell.height);
    }
  }
}
