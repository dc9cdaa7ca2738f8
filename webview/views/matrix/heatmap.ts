/** @file A matrix as a heat map with axes: drawn at the size its place has, moved about, read by pointer and by keys. */
import { heatmapSize } from "../../../protocol/heatmap.ts";
import { isSame } from "../../data/axes.ts";
import { type Peak, whenReady } from "../../data/source.ts";
import { make } from "../../dom.ts";
import { planFrame } from "../../drawing/frame.ts";
import { paint } from "../../drawing/painter.ts";
import { TileStore } from "../../drawing/tile-store.ts";
import {
  entriesIn,
  isWhole,
  resized,
  type Size,
  showing,
  type Viewport,
  wholeOf,
  zoomed,
} from "../../drawing/viewport.ts";
import { columnTicksOf, gutterOf, rowTicksOf, tickMarks } from "./axis-ticks.ts";
import { hasRoom, writeValues } from "./cell-values.ts";
import { heatmapPicture } from "./heatmap-picture.ts";
import { commandOf, type Position } from "./keys.ts";
import { navigation } from "./navigation.ts";
import type { Subject, Surface, SurfaceEvents } from "./surface.ts";

/** Room for a picture in a wide page; with a stretch of it, what a narrow one has. */
const WIDEST = 640;
const NARROWEST = 96;

export function heatmap(first: Subject, { onReading, onFailure, onBoxDone }: SurfaceEvents): Surface {
  let subject = first;
  const extents = () => subject.content.source;
  const canvas = make("canvas", { role: "application" });
  canvas.tabIndex = 0;
  canvas.setAttribute("aria-roledescription", "heat map");
  const cursor = make("div", { class: "cursor", aria: { hidden: "true" } });
  cursor.hidden = true;
  const plot = make("div", { class: "plot" }, canvas, cursor);
  const rowTicks = make("div", { class: "row-ticks", aria: { hidden: "true" } });
  const columnTicks = make("div", { class: "column-ticks", aria: { hidden: "true" } });
  const rowTitle = make("div", { class: "row-title" });
  const columnTitle = make("div", { class: "column-title" });
  const element = make("div", { class: "axes" }, rowTitle, rowTicks, plot, columnTicks, columnTitle);

  let size: Size = { width: 0, height: 0 };
  let view: Viewport = wholeOf(extents());
  let available = 0;
  let keyed: Position | undefined;
  let readAt: Position | undefined;
  let pointer: { readonly x: number; readonly y: number } | undefined;
  let isScheduled = false;
  /** Counts what was asked for, so that an answer that comes late is not taken for the latest. */
  let asked = 0;

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      draw();
    });
  };
  const store = new TileStore(schedule, onFailure);

  const draw = (): void => {
    if (size.width === 0) return;
    const { content, slice, scale } = subject;
    const ratio = window.devicePixelRatio || 1;
    const pixels = { width: Math.round(size.width * ratio), height: Math.round(size.height * ratio) };
    if (canvas.width !== pixels.width) canvas.width = pixels.width;
    if (canvas.height !== pixels.height) canvas.height = pixels.height;
    const frame = planFrame(content.source, slice, view, pixels, store);
    canvas.dataset.painter = paint(canvas, frame, scale);
    element.classList.toggle("loading", !frame.complete);
    if (hasRoom(view, size)) {
      const seen = entriesIn(view, content.source);
      const entries = content.source.read(slice, seen);
      const context = canvas.getContext("2d");
      // Entries that are still to come are written when they are there: the tiles' arrival draws anew.
      if (context && !(entries instanceof Promise)) writeValues(context, entries, seen, view, scale, ratio);
    }
    rowTicks.replaceChildren(...tickMarks(rowTicksOf(content, view, size), "top"));
    columnTicks.replaceChildren(...tickMarks(columnTicksOf(content, view, size), "left"));
    placeCursor();
  };

  const layOut = (): void => {
    const gutter = gutterOf(subject.content);
    const { rows, columns } = extents();
    size = heatmapSize(rows, columns, Math.max(NARROWEST, Math.min(WIDEST, available - gutter - 24)));
    plot.style.width = `${size.width}px`;
    plot.style.height = `${size.height}px`;
    rowTicks.style.width = `${gutter}px`;
    // A title below may be wider than the plot; the ticks belong to the plot.
    columnTicks.style.width = `${size.width}px`;
  };

  const move = (next: Viewport): void => {
    view = next;
    plot.classList.toggle("zoomed", !isWhole(view, extents()));
    schedule();
    read();
  };

  const placeCursor = (): void => {
    cursor.hidden = readAt === undefined;
    if (!readAt) return;
    cursor.style.left = `${(100 * (readAt.column - view.left)) / view.across}%`;
    cursor.style.top = `${(100 * (readAt.row - view.top)) / view.down}%`;
    cursor.style.width = `${100 / view.across}%`;
    cursor.style.height = `${100 / view.down}%`;
  };

  /** Where the pointer is, else where the keys left the cursor. */
  const read = (): void => {
    const { content, slice } = subject;
    const number = ++asked;
    const tell = (peak: Peak): void => {
      if (number !== asked) return;
      readAt = peak;
      placeCursor();
      onReading(content.describe(slice, peak));
    };
    const windowRead = pointer ? pixelWindow(pointer) : keyed && entryWindow(keyed);
    if (windowRead) {
      whenReady(content.source.strongest(slice, windowRead), tell, onFailure);
      return;
    }
    readAt = undefined;
    placeCursor();
    onReading(undefined);
  };
  const entryWindow = ({ row, column }: Position) => ({ top: row, left: column, bottom: row + 1, right: column + 1 });
  /** The entries that a pixel of the canvas covers, of which it has the colour of the largest. */
  const pixelWindow = ({ x, y }: { readonly x: number; readonly y: number }) => {
    const { rows, columns } = extents();
    const along = (share: number, pixels: number, from: number, seen: number, extent: number): [number, number] => {
      const pixel = Math.min(Math.max(Math.floor(share * pixels), 0), pixels - 1);
      const begin = Math.min(Math.floor(from + (pixel * seen) / pixels), extent - 1);
      return [begin, Math.min(extent, Math.max(begin + 1, Math.floor(from + ((pixel + 1) * seen) / pixels)))];
    };
    const [left, right] = along(x, canvas.width, view.left, view.across, columns);
    const [top, bottom] = along(y, canvas.height, view.top, view.down, rows);
    return { top, left, bottom, right };
  };

  canvas.addEventListener("pointermove", ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    pointer = { x: (clientX - left) / size.width, y: (clientY - top) / size.height };
    read();
  });
  canvas.addEventListener("pointerleave", () => {
    pointer = undefined;
    read();
  });
  canvas.addEventListener("blur", () => {
    keyed = undefined;
    read();
  });
  canvas.addEventListener("keydown", (event) => {
    const command = commandOf(event, keyed ?? (pointer && readAt), view, extents());
    if (!command) return;
    // The editor moves between cells of the notebook with these keys.
    event.preventDefault();
    event.stopPropagation();
    if ("reset" in command) return surface.reset();
    if ("zoom" in command) return surface.zoom(command.zoom);
    pointer = undefined;
    keyed = command.to;
    move(showing(view, keyed, extents()));
  });
  const { selectBox } = navigation({
    target: canvas,
    overlay: plot,
    view: () => view,
    extents,
    size: () => size,
    move,
    onBoxDone,
  });

  const present = (): void => {
    const { content } = subject;
    const { rows, columns } = content.source;
    rowTitle.textContent = content.titles.rows && `↓ ${content.titles.rows}`;
    columnTitle.textContent = content.titles.columns && `${content.titles.columns} →`;
    canvas.setAttribute(
      "aria-label",
      `${content.display.title}: a heat map of ${rows} rows and ${columns} columns. ` +
        "Arrow keys read its entries, plus and minus zoom, 0 shows all.",
    );
    // Known at once where the view stands in the page already; else the observer will tell.
    available ||= element.clientWidth;
    if (available === 0) return;
    layOut();
    draw();
    read();
  };
  const surface: Surface = {
    element,
    show(next) {
      const isSameSize =
        next.content.source.rows === extents().rows && next.content.source.columns === extents().columns;
      const isSameMatrix = isSame(next.content.arrangement, subject.content.arrangement);
      const before = extents();
      subject = next;
      if (!isSameSize) {
        // The same matrix in more detail, or in less, is seen where it was.
        view = isSameMatrix ? resized(view, before, extents()) : wholeOf(extents());
        keyed = undefined;
      }
      present();
    },
    zoom: (factor) => {
      const at = keyed
        ? { x: (keyed.column + 0.5 - view.left) / view.across, y: (keyed.row + 0.5 - view.top) / view.down }
        : { x: 0.5, y: 0.5 };
      move(zoomed(view, factor, at, extents(), size));
    },
    reset: () => move(wholeOf(extents())),
    selectBox,
    picture: () => heatmapPicture(subject, view, size, store),
  };
  let laidOutAt = "";
  new ResizeObserver(([entry]) => {
    const key = `${entry.contentRect.width} ${window.devicePixelRatio}`;
    // Drawing changes the height alone, which is no reason to draw again.
    if (key === laidOutAt || entry.contentRect.width === 0) return;
    laidOutAt = key;
    available = entry.contentRect.width;
    present();
  }).observe(element);
  present();
  return surface;
}
