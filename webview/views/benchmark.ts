/** @file Timings as a table with bars, and one sentence that says who won. */
import type { BenchmarkDisplay, BenchmarkRow } from "../../protocol/display.ts";
import { formatCount, formatSeconds, formatSecondsRange } from "../../protocol/notation.ts";
import { make } from "../dom.ts";

const COLUMNS = ["", "median", "", "mean", "middle half", "calls"];

export function benchmarkView({ title, verdict, winner, rows }: BenchmarkDisplay): HTMLElement {
  const slowest = Math.max(...rows.map((row) => row.quartiles[1]), ...rows.map((row) => row.median));
  const head = make("tr", {}, ...COLUMNS.map((text) => make("th", { text })));
  const table = make(
    "table",
    { class: "timings" },
    make("caption", {
      text: "Time per call. A bar is the median; the line across its end spans the middle half of the runs.",
    }),
    make("thead", {}, head),
    make("tbody", {}, ...rows.map((row, i) => timing(row, slowest, i === winner))),
  );
  return make(
    "figure",
    { class: "benchmark" },
    make("figcaption", { class: "title", text: title }),
    verdict ? make("p", { class: "verdict", text: verdict }) : undefined,
    make("div", { class: "scroll" }, table),
  );
}

function timing(row: BenchmarkRow, slowest: number, wins: boolean): HTMLElement {
  const [lower, upper] = row.quartiles;
  const calls =
    row.callsPerRepetition === 1
      ? formatCount(row.repetitions)
      : `${formatCount(row.repetitions)} × ${formatCount(row.callsPerRepetition)}`;
  return make(
    "tr",
    { class: wins ? "winner" : "" },
    make("th", { text: row.label }),
    make("td", { class: "time", text: formatSeconds(row.median) }),
    make("td", { class: "track" }, bar(row, slowest)),
    make("td", { text: formatSeconds(row.mean) }),
    make("td", { text: formatSecondsRange(lower, upper) }),
    make("td", { text: calls }),
  );
}

/** As long as the median; the thin line across its end spans the middle half of the runs. */
function bar({ median, quartiles: [lower, upper] }: BenchmarkRow, slowest: number): HTMLElement {
  const percent = (time: number): string => `${(100 * time) / slowest}%`;
  return make(
    "div",
    { class: "bar", aria: { hidden: "true" } },
    make("div", { class: "length", style: { width: percent(median) } }),
    make("div", { class: "spread", style: { left: percent(lower), width: percent(upper - lower) } }),
  );
}
