/** @file How far long work is: a line for each bar, and once it is over a line of words. */
import type { ProgressBar, ProgressDisplay } from "../../protocol/display.ts";
import { describeBar, percentOf, shareOf } from "../../protocol/progress.ts";
import { make } from "../dom.ts";

export function progressView({ bars }: ProgressDisplay): HTMLElement {
  return make("div", { class: "progress", role: "group", aria: { label: "Progress" } }, ...bars.map(line));
}

function line(bar: ProgressBar): HTMLElement {
  const words = make("span", { class: "words", text: describeBar(bar) });
  const label = bar.label ? make("span", { class: "label", text: bar.label }) : undefined;
  return make("div", { class: `work ${bar.state}` }, label, ...drawn(bar), words);
}

/** Nothing where the end is not known: a bar that only moves says no more than that time passes, and never rests. */
function drawn(bar: ProgressBar): HTMLElement[] {
  const share = shareOf(bar);
  if (bar.state !== "running" || share === undefined) return [];
  const element = make("progress", { aria: { label: bar.label || "progress" } });
  element.max = 1;
  element.value = share;
  return [element, make("span", { class: "percent", text: percentOf(bar) })];
}
