/** @file Timings as distributions, what they support in one sentence, and the figures as a table. */
import type { BenchmarkDisplay, BenchmarkRow } from "../../protocol/benchmark.ts";
import {
  formatBytes,
  formatCount,
  formatRate,
  formatRatio,
  formatSeconds,
  formatSecondsRange,
} from "../../protocol/notation.ts";
import { make } from "../dom.ts";
import { timingsPlot } from "./timings-plot.ts";

/** A column of the table: its title, and what a row has there; empty where it has nothing. */
interface Column {
  readonly title: string;
  cell(row: BenchmarkRow): string;
}

const COLUMNS: readonly Column[] = [
  { title: "median", cell: ({ median }) => formatSeconds(median) },
  { title: "middle half", cell: ({ quartiles: [lower, upper] }) => formatSecondsRange(lower, upper) },
  { title: "mean", cell: ({ mean }) => formatSeconds(mean) },
  { title: "to the fastest", cell: ({ ratio }) => (ratio ? formatRatio(ratio.value, ratio.interval) : "") },
  { title: "earlier median", cell: ({ earlier }) => (earlier ? formatSeconds(earlier.median) : "") },
  {
    title: "to earlier",
    cell: ({ earlier }) => (earlier?.change ? formatRatio(earlier.change.value, earlier.change.interval) : ""),
  },
  { title: "results", cell: ({ resultBytes }) => (resultBytes ? formatBytes(resultBytes) : "") },
  {
    title: "results per time",
    cell: ({ resultBytes, median }) => (resultBytes && median > 0 ? formatRate(resultBytes / median) : ""),
  },
  { title: "one wait", cell: ({ wait }) => (wait === undefined ? "" : formatSeconds(wait)) },
  {
    title: "runs × calls",
    cell: ({ repetitions, callsPerRepetition }) => `${formatCount(repetitions)} × ${formatCount(callsPerRepetition)}`,
  },
];

export function benchmarkView(display: BenchmarkDisplay): HTMLElement {
  const { title, verdict, caveats = [], stamp, earlierStamp } = display;
  return make(
    "figure",
    { class: "benchmark" },
    make("figcaption", { class: "title", text: title }),
    verdict ? make("p", { class: "verdict", text: verdict }) : undefined,
    ...caveats.map((text) => make("p", { class: "note", text })),
    timingsPlot(display),
    make("p", { class: "note", text: legend(display) }),
    scrollable(`Figures of ${title}`, table(display)),
    stamp ? make("p", { class: "note", text: stamp }) : undefined,
    earlierStamp ? make("p", { class: "note", text: `Earlier run: ${earlierStamp}` }) : undefined,
  );
}

function legend({ rows, limit }: BenchmarkDisplay): string {
  const parts = ["Time per call. The box holds the middle half of the repetitions, the line in it is the median"];
  const drawn = Math.max(...rows.map(({ times = [] }) => times.length));
  const isThinned = rows.some(({ times = [], repetitions }) => times.length < repetitions);
  if (drawn > 0) parts.push(isThinned ? `a dot is one of at most ${drawn} repetitions drawn` : "a dot is a repetition");
  if (rows.some(({ earlier }) => earlier)) parts.push("hollow is the earlier run");
  if (rows.some(({ ratio, earlier }) => ratio?.interval || earlier?.change?.interval)) {
    parts.push("ratios are of medians, with 95 % intervals");
  }
  if (rows.some(({ wait }) => wait !== undefined)) {
    parts.push("on a device, the calls of a repetition are waited for once, which takes “one wait” by itself");
  }
  if (limit) {
    parts.push(
      `writing the results alone took ${formatSeconds(limit.seconds)}, as fast as this machine wrote memory in the same run`,
    );
  }
  return `${parts.join("; ")}.`;
}

function table({ title, rows, winner }: BenchmarkDisplay): HTMLElement {
  const columns = COLUMNS.filter(({ cell }) => rows.some((row) => cell(row) !== ""));
  const head = make("tr", {}, make("td"), ...columns.map((column) => make("th", { text: column.title, scope: "col" })));
  const body = rows.map((row, i) =>
    make(
      "tr",
      { class: i === winner ? "winner" : "" },
      make("th", { text: row.label, scope: "row" }),
      ...columns.map(({ cell }) => make("td", { text: cell(row) })),
    ),
  );
  return make(
    "table",
    { class: "timings", aria: { label: title } },
    make("thead", {}, head),
    make("tbody", {}, ...body),
  );
}

/** A part that is wider than its place scrolls by itself, by keys too. */
function scrollable(label: string, content: HTMLElement): HTMLElement {
  const element = make("div", { class: "scroll", role: "group", aria: { label } }, content);
  element.tabIndex = 0;
  return element;
}
