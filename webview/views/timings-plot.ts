/** @file All times of a benchmark on one axis: a dot for each repetition, a box over the middle half, the median. */
import { dot, plot, rect, ruleX, text } from "@observablehq/plot";
import type { BenchmarkDisplay, BenchmarkRow, EarlierRow } from "../../protocol/benchmark.ts";
import { formatRate, formatSeconds, formatSecondsTick } from "../../protocol/notation.ts";
import { make } from "../dom.ts";
import { type TimeAxis, timeAxis } from "./time-axis.ts";

const WIDEST = 1100;
const NARROWEST = 240;
/** Widths and heights in letters' heights, so that they grow with the font. */
const LABEL_HEIGHT = 1.6;
const STRIP_HEIGHT = 2.4;
const EARLIER_HEIGHT = 1.8;
const ROW_GAP = 0.9;
const AXIS_HEIGHT = 2;
/** Half of a tick's label. */
const MARGIN = 2.2;
const FONT_SIZE = 12;
/** Dots above, the box below: many dots would hide it. */
const SHARE_OF_DOTS = 0.58;
/** So that dots of equal times lie beside each other: the golden ratio spreads any number of them evenly. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

const INK = "var(--ink)";
const FAINT = "var(--faint)";
const WINNER = "var(--winner)";
/** Keeps words readable where a line goes through them. */
const HALO = { stroke: "var(--paper)", strokeWidth: 4 };

/** The times of one run of one statement, and where they are drawn. */
interface Strip {
  readonly run: BenchmarkRow | EarlierRow;
  readonly colour: string;
  /** Of an earlier run: hollow, since not every theme has a second colour for text. */
  readonly isEarlier: boolean;
  readonly top: number;
  readonly height: number;
}

interface Caption {
  readonly text: string;
  readonly y: number;
}

/** A picture that is redrawn when its place gets wider or narrower. */
export function timingsPlot(display: BenchmarkDisplay): HTMLElement {
  const element = make("div", { class: "timings-plot" });
  let drawnAt = "";
  new ResizeObserver(([{ contentRect }]) => {
    const width = Math.round(Math.min(Math.max(contentRect.width, NARROWEST), WIDEST));
    const letter = Number.parseFloat(getComputedStyle(element).fontSize) || FONT_SIZE;
    const key = `${width} ${letter}`;
    if (key === drawnAt || contentRect.width === 0) return;
    drawnAt = key;
    element.replaceChildren(draw(display, width, letter));
  }).observe(element);
  return element;
}

function draw(display: BenchmarkDisplay, width: number, letter: number): Element {
  const { rows, limit } = display;
  const axis = timeAxis(display, Math.floor(width / (7 * letter)));
  const { strips, labels, medians, height } = layOut(display, letter);
  const margin = letter * MARGIN;
  const bottom = AXIS_HEIGHT * letter;
  const right = width - margin;
  const figure = plot({
    width,
    height: height + bottom,
    marginLeft: margin,
    marginRight: margin,
    marginTop: 0,
    marginBottom: bottom,
    style: {
      fontSize: `${letter}px`,
      fontFamily: "inherit",
      background: "none",
      color: "inherit",
      overflow: "visible",
    },
    x: { type: axis.type, domain: [...axis.domain], range: [margin, right], axis: null },
    y: { type: "identity", axis: null },
    marks: [
      // Not Plot's own axis: on a logarithmic scale it leaves out labels as it sees fit.
      ruleX(axis.ticks, { y1: 0, y2: height + 4, stroke: FAINT, strokeOpacity: 0.3 }),
      text(axis.ticks, { x: (time: number) => time, y: () => height + letter, text: formatSecondsTick, fill: FAINT }),
      ...strips.flatMap((strip) => stripMarks(strip, axis)),
      ...(limit ? limitMarks(limit, axis, height, letter) : []),
      text(labels, {
        x: () => axis.domain[0],
        dx: -margin,
        y: "y",
        text: "text",
        textAnchor: "start",
        fill: INK,
        ...HALO,
        lineWidth: (width - 9 * letter) / letter,
        textOverflow: "ellipsis",
      }),
      text(medians, {
        x: () => axis.domain[1],
        y: "y",
        text: "text",
        textAnchor: "end",
        dx: margin,
        fill: INK,
        fontWeight: "bold",
      }),
    ],
  });
  // A name on a group without a role is a fault to assistive technology, which reads the figure as one picture anyway.
  for (const group of figure.querySelectorAll<SVGGElement>("g[aria-label]")) {
    group.dataset.mark = group.getAttribute("aria-label") ?? "";
    group.removeAttribute("aria-label");
  }
  figure.setAttribute("role", "img");
  figure.setAttribute("aria-label", `Times of ${rows.map(inWords).join("; ")}. The table below has the figures.`);
  return figure;
}

const inWords = ({ label, median }: BenchmarkRow): string => `${label}, median ${formatSeconds(median)}`;

/** From top to bottom: the limit's name, then each statement's name, its times, and those of its earlier run. */
function layOut({ rows, winner, limit }: BenchmarkDisplay, letter: number) {
  const strips: Strip[] = [];
  const labels: Caption[] = [];
  const medians: Caption[] = [];
  let y = limit ? LABEL_HEIGHT * letter : 0;
  const add = (run: Strip["run"], colour: string, height: number, isEarlier: boolean): void => {
    strips.push({ run, colour, isEarlier, top: y, height: height * letter });
    y += height * letter;
  };
  rows.forEach((row, i) => {
    const middle = y + (LABEL_HEIGHT * letter) / 2;
    labels.push({ text: row.label, y: middle });
    medians.push({ text: formatSeconds(row.median), y: middle });
    y += LABEL_HEIGHT * letter;
    add(row, i === winner ? WINNER : INK, STRIP_HEIGHT, false);
    if (row.earlier) {
      y += 3;
      labels.push({ text: "earlier", y: y + (EARLIER_HEIGHT * letter) / 2 });
      add(row.earlier, FAINT, EARLIER_HEIGHT, true);
    }
    y += ROW_GAP * letter;
  });
  return { strips, labels, medians, height: y };
}

function stripMarks({ run, colour, isEarlier, top, height }: Strip, { domain }: TimeAxis) {
  const { median, quartiles, times = [] } = run;
  const [dotsEnd, end] = [top + SHARE_OF_DOTS * height, top + height];
  const shown = times.flatMap((x, i) =>
    x <= domain[1] ? [{ x, y: top + 2 + ((i * GOLDEN) % 1) * (dotsEnd - top - 4) }] : [],
  );
  const beyond = times.length - shown.length;
  const [x1, x2] = quartiles.map((x) => Math.min(x, domain[1]));
  return [
    dot(shown, { x: "x", y: "y", r: 1.6, ...(isEarlier ? { stroke: colour } : { fill: colour, fillOpacity: 0.5 }) }),
    rect([{ x1, x2 }], {
      x1: "x1",
      x2: "x2",
      y1: dotsEnd + 1,
      y2: end - 1,
      fill: colour,
      fillOpacity: isEarlier ? 0 : 0.25,
      stroke: colour,
    }),
    ruleX([Math.min(median, domain[1])], { y1: dotsEnd - 1, y2: end + 1, stroke: colour, strokeWidth: 2.5 }),
    text(beyond > 0 ? [`${beyond} slower, to ${formatSeconds(Math.max(...times))} →`] : [], {
      x: () => domain[1],
      y: () => (dotsEnd + end) / 2,
      text: (words: string) => words,
      textAnchor: "end",
      fill: FAINT,
      ...HALO,
    }),
  ];
}

function limitMarks(
  { seconds, bytesPerSecond }: NonNullable<BenchmarkDisplay["limit"]>,
  { type, domain: [from, to] }: TimeAxis,
  height: number,
  letter: number,
) {
  const share = type === "log" ? Math.log(seconds / from) / Math.log(to / from) : (seconds - from) / (to - from);
  const isLeft = share < 0.5;
  return [
    ruleX([seconds], { y1: 0, y2: height, stroke: INK, strokeDasharray: "4 3" }),
    text([`memory limit: ${formatRate(bytesPerSecond)}`], {
      x: () => seconds,
      y: () => (LABEL_HEIGHT * letter) / 2,
      text: (words: string) => words,
      textAnchor: isLeft ? "start" : "end",
      dx: isLeft ? 5 : -5,
      fill: INK,
      ...HALO,
    }),
  ];
}
