/** @file A vector as a chart: bars, a line or a band, with the same moves as a heat map. */
import { INFINITE_COLOUR, placeOn } from "../../../protocol/colours.ts";
import { formatNumber } from "../../../protocol/notation.ts";
import { whenReady } from "../../data/source.ts";
import { make } from "../../dom.ts";
import { type ChartInk, drawChart, MOST_BARS, type Samples } from "../../drawing/chart.ts";
import { colourTicks } from "../../drawing/colour-ticks.ts";
import { CanvasPen, FAINT_INK, FRAME, type Pen } from "../../drawing/pen.ts";
import { isWhole, type Size, showing, type Viewport, wholeOf, zoomed } from "../../drawing/viewport.ts";
import { columnTicksOf, DIGIT_WIDTH, tickMarks } from "./axis-ticks.ts";
import type { Content } from "./content.ts";
import { commandOf } from "./keys.ts";
import { navigation } from "./navigation.ts";
import type { Subject, Surface, SurfaceEvents } from "./surface.ts";
import { type Envelope, vectorOf } from "./vector.ts";

const WIDEST = 720;
const NARROWEST = 96;
const HEIGHT = 180;
/** A few entries do not look like towers. */
const WIDEST_BAR = 44;
const FEW_BARS = 240;
/** Of the height, so that the largest value does not touch the frame. */
const HEADROOM = 0.06;

export function chart(first: Subject, envelope: Envelope | undefined, events: SurfaceEvents): Surface {
  const { onReading, onFailure, onBoxDone } = events;
  let subject = first;
  let vector = vectorOf(subject.content, envelope);
  const extents = () => ({ rows: 1, columns: vector.length });
  const canvas = make("canvas", { role: "application" });
  canvas.tabIndex = 0;
  canvas.setAttribute("aria-roledescription", "chart");
  const cursor = make("div", { class: "chart-cursor", aria: { hidden: "true" } });
  cursor.hidden = true;
  const plot = make("div", { class: "plot" }, canvas, cursor);
  const valueTicks = make("div", { class: "row-ticks", aria: { hidden: "true" } });
  const entryTicks = make("div", { class: "column-ticks", aria: { hidden: "true" } });
  const title = make("div", { class: "column-title" });
  const element = make("div", { class: "axes" }, valueTicks, plot, entryTicks, title);

  let size: Size = { width: 0, height: HEIGHT };
  let view: Viewport = wholeOf(extents());
  let available = 0;
  let keyed: number | undefined;
  let pointed: number | undefined;
  let samples: Samples | undefined;
  let isScheduled = false;
  let asked = 0;

  /** A value's place in the picture, by the same curve as colours have. */
  const placeOf = (value: number): number => HEADROOM + (1 - 2 * HEADROOM) * placeWithin(subject, value);
  const sides = (): Content => ({ ...subject.content, ticks: (_, most, from, to) => vector.ticks(most, from, to) });

  const load = (): void => {
    const number = ++asked;
    const use = (found: Samples): void => {
      if (number !== asked) return;
      samples = found;
      draw();
    };
    whenReady(vector.samples(subject.slice, view), use, onFailure);
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    requestAnimationFrame(() => {
      isScheduled = false;
      load();
    });
  };

  const draw = (): void => {
    if (size.width === 0 || !samples) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    const context = canvas.getContext("2d");
    if (!context) return;
    context.scale(ratio, ratio);
    drawChart(new CanvasPen(context), size, samples, view.left, view.across, placeOf, screenInk(element));
    valueTicks.replaceChildren(...tickMarks(valueLabels(), "top"));
    entryTicks.replaceChildren(...tickMarks(columnTicksOf(sides(), view, size), "left"));
    placeCursor();
  };
  const valueLabels = () =>
    colourTicks(rangeOf(subject)).map(({ value }) => ({ label: formatNumber(value, 3), share: 1 - placeOf(value) }));
  const gutterOf = (): number => Math.max(...valueLabels().map(({ label }) => label.length)) * DIGIT_WIDTH + 14;

  const move = (next: Viewport): void => {
    view = next;
    plot.classList.toggle("zoomed", !isWhole(view, extents()));
    schedule();
    read();
  };
  const placeCursor = (): void => {
    const at = pointed ?? keyed;
    cursor.hidden = at === undefined;
    if (at === undefined) return;
    cursor.style.left = `${(100 * (at - view.left)) / view.across}%`;
    cursor.style.width = `${100 / view.across}%`;
  };
  const read = (): void => {
    placeCursor();
    const at = pointed ?? keyed;
    if (at === undefined) {
      onReading(undefined);
      return;
    }
    const { slice } = subject;
    whenReady(
      vector.describe(slice, at),
      (words) => {
        if (at === (pointed ?? keyed)) onReading(words);
      },
      onFailure,
    );
  };

  canvas.addEventListener("pointermove", ({ clientX }) => {
    const share = (clientX - canvas.getBoundingClientRect().left) / size.width;
    const at = Math.floor(view.left + share * view.across);
    pointed = Math.min(Math.max(at, 0), vector.length - 1);
    read();
  });
  canvas.addEventListener("pointerleave", () => {
    pointed = undefined;
    read();
  });
  canvas.addEventListener("blur", () => {
    keyed = undefined;
    read();
  });
  canvas.addEventListener("keydown", (event) => {
    const from = keyed ?? pointed;
    const command = commandOf(event, from === undefined ? from : { row: 0, column: from }, view, extents());
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    if ("reset" in command) return surface.reset();
    if ("zoom" in command) return surface.zoom(command.zoom);
    pointed = undefined;
    keyed = command.to.column;
    move(showing(view, { row: 0, column: keyed }, extents()));
  });
  const { selectBox } = navigation({
    target: canvas,
    overlay: plot,
    view: () => view,
    extents,
    size: () => ({ ...size, height: Number.POSITIVE_INFINITY }),
    move,
    onBoxDone,
  });

  const present = (): void => {
    title.textContent = vector.title && `${vector.title} →`;
    canvas.setAttribute(
      "aria-label",
      `${subject.content.display.title}: a chart of ${vector.length} entries. ` +
        "Arrow keys read them, plus and minus zoom, 0 shows all.",
    );
    // Known at once where the view stands in the page already; else the observer will tell.
    available ||= element.clientWidth;
    if (available === 0) return;
    const gutter = gutterOf();
    const wanted = vector.length <= MOST_BARS ? Math.max(FEW_BARS, WIDEST_BAR * vector.length) : WIDEST;
    size = { width: Math.max(NARROWEST, Math.min(WIDEST, wanted, available - gutter - 8)), height: HEIGHT };
    plot.style.width = `${size.width}px`;
    plot.style.height = `${size.height}px`;
    valueTicks.style.width = `${gutter}px`;
    entryTicks.style.width = `${size.width}px`;
    load();
    read();
  };
  const surface: Surface = {
    element,
    show(next) {
      subject = next;
      const before = vector.length;
      vector = vectorOf(subject.content, envelope);
      if (vector.length !== before) view = wholeOf(extents());
      present();
    },
    zoom: (factor) => {
      const at = keyed === undefined ? 0.5 : (keyed + 0.5 - view.left) / view.across;
      move(zoomed(view, factor, { x: at, y: 0.5 }, extents(), { ...size, height: Number.POSITIVE_INFINITY }));
    },
    reset: () => move(wholeOf(extents())),
    selectBox,
    picture: () => {
      const gutter = gutterOf();
      const full = { width: gutter + size.width + 16, height: size.height + 44 };
      return { size: full, draw: (pen, left, top) => drawPicture(pen, left + gutter, top) };
    },
  };

  function drawPicture(pen: Pen, x: number, y: number): void {
    const { width, height } = size;
    pen.line(
      [
        [x, y],
        [x + width, y],
        [x + width, y + height],
        [x, y + height],
        [x, y],
      ],
      FRAME,
    );
    if (samples) drawChart(shifted(pen, x, y), size, samples, view.left, view.across, placeOf, FILE_INK);
    for (const { label, share } of valueLabels()) {
      pen.text(x - 6, y + share * height, label, { size: 11, anchor: "end", colour: FAINT_INK });
    }
    for (const { label, share } of columnTicksOf(sides(), view, size)) {
      pen.text(x + share * width, y + height + 12, label, { size: 11, anchor: "middle", colour: FAINT_INK });
    }
    if (vector.title) pen.text(x + width, y + height + 32, `${vector.title} →`, { anchor: "end" });
  }

  new ResizeObserver(([entry]) => {
    if (entry.contentRect.width === 0 || entry.contentRect.width === available) return;
    available = entry.contentRect.width;
    present();
  }).observe(element);
  present();
  return surface;
}

/** The scale of values rather than of colours: what is below zero has room only if there is any. */
function rangeOf({ scale }: Subject): Subject["scale"] {
  return scale.kind === "pattern" ? { ...scale, kind: "sequential" } : scale;
}

function placeWithin(subject: Subject, value: number): number {
  const scale = rangeOf(subject);
  return Math.min(Math.max(placeOn(scale, value), 0), 1);
}

const FILE_INK: ChartInk = {
  line: "#0969da",
  positive: "#b2182b",
  negative: "#2166ac",
  axis: "#8c959f",
  missing: `rgb(${INFINITE_COLOUR.join(" ")})`,
};

/** The theme's colours. A canvas does not know their names, so an element is asked what they come to. */
function screenInk(element: HTMLElement): ChartInk {
  const probe = make("span");
  element.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const ink = {
    line: colour("--chart-line"),
    positive: colour("--chart-positive"),
    negative: colour("--chart-negative"),
    axis: colour("--ink"),
    missing: FILE_INK.missing,
  };
  probe.remove();
  return ink;
}

/** The same pen with its origin elsewhere. */
function shifted(pen: Pen, left: number, top: number): Pen {
  const move = (points: readonly (readonly [number, number])[]) => points.map(([x, y]) => [x + left, y + top] as const);
  return {
    text: (x, y, text, style) => pen.text(x + left, y + top, text, style),
    rectangle: (x, y, width, height, fill) => pen.rectangle(x + left, y + top, width, height, fill),
    line: (points, colour, width) => pen.line(move(points), colour, width),
    image: (canvas, x, y, width, height) => pen.image(canvas, x + left, y + top, width, height),
  };
}
