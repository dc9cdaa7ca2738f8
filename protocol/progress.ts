/** @file How the progress of long work is written: below a cell, in the status bar, in a terminal, and in plain text. */
import { DISPLAY_MIME, type MimeBundle, type ProgressBar, type ProgressDisplay } from "./display.ts";
import { formatCount } from "./notation.ts";

/** `870 ms`, `3.2 s`, `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : formatWholeSeconds(ms);
}

/** `3 s`: for a clock that ticks. */
export function formatWholeSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `about 4 s`, `about 3 min`: no finer than it can be known. */
function roughly(seconds: number): string {
  if (seconds < 10) return `about ${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 57.5) return `about ${5 * Math.round(seconds / 5)} s`;
  if (seconds < 3570) return `about ${Math.round(seconds / 60)} min`;
  const hours = Math.round(seconds / 360) / 10;
  return `about ${hours} h`;
}

/** From 0 to 1; undefined for work whose end nobody knows. */
export function shareOf({ done, total }: ProgressBar): number | undefined {
  if (total === undefined) return undefined;
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : 1;
}

/** `45 %`; 100 only when all is done. */
export function percentOf(bar: ProgressBar): string | undefined {
  const share = shareOf(bar);
  return share === undefined ? undefined : `${Math.floor(100 * share + 1e-9)} %`;
}

/** `90 of 200 images`, `1,204 lines`; empty for work that is not counted. */
function countOf({ done, total, unit }: ProgressBar): string {
  const counted = formatCount(Math.round(total === undefined ? done : Math.min(done, total)));
  const amount = total === undefined ? counted : `${counted} of ${formatCount(Math.round(total))}`;
  if (total === undefined && done === 0) return "";
  return unit ? `${amount} ${unit}` : amount;
}

/** `90 of 200 · 3.1 s · about 4 s left`, `200 of 200 in 7.0 s`, `stopped at 37 of 200 after 1.4 s`. */
export function describeBar(bar: ProgressBar): string {
  const count = countOf(bar);
  const time = bar.seconds < 1 ? `${bar.seconds.toFixed(1)} s` : formatDuration(1000 * bar.seconds);
  if (bar.state === "done") return count ? `${count} in ${time}` : time;
  if (bar.state === "stopped") return `stopped ${count ? `at ${count} ` : ""}after ${time}`;
  const left = bar.secondsLeft === undefined ? "" : `${roughly(bar.secondsLeft)} left`;
  return [count, time, left].filter(Boolean).join(" · ");
}

const BLOCKS = 20;

export const progressBundle = (display: ProgressDisplay): MimeBundle => ({
  [DISPLAY_MIME]: display,
  "text/plain": progressText(display),
});

/** A line of text for each bar. */
export const progressText = ({ bars }: ProgressDisplay): string => bars.map(barText).join("\n");

/** `training ━━━━━━━━━─────────── 45 % · 90 of 200 · 3.1 s`; without the bar once it is over. */
export function barText(bar: ProgressBar): string {
  const words = describeBar(bar);
  const share = shareOf(bar);
  if (bar.state !== "running") return bar.label ? `${bar.label}: ${words}` : words;
  const full = Math.round(BLOCKS * (share ?? 0));
  const drawn = share === undefined ? "" : `${"━".repeat(full)}${"─".repeat(BLOCKS - full)} ${percentOf(bar)} ·`;
  return [bar.label, drawn, words].filter(Boolean).join(" ");
}

/** The bar that says most about the whole: the outermost that knows its end. Undefined when all are over. */
export function leadingBar({ bars }: ProgressDisplay): ProgressBar | undefined {
  const running = bars.filter(({ state }) => state === "running");
  return running.find(({ total }) => total !== undefined) ?? running[0];
}

/** The shortest that says where the work is: `training · 45 %`, `reading · 1,204 lines`. */
export function briefly(bar: ProgressBar): string {
  return [bar.label, percentOf(bar) ?? countOf(bar)].filter(Boolean).join(" · ");
}
