/** @file Draws any display into an element, under a shadow root, so that neither page nor editor restyles it. */
import type { PictureChannel } from "./data/picture-channel.ts";
import { make } from "./dom.ts";
import { readDisplay, UnreadableDisplay } from "./read-display.ts";
import { STYLE } from "./style.ts";
import { benchmarkView } from "./views/benchmark.ts";
import { groupView } from "./views/group.ts";
import { matrixView } from "./views/matrix.ts";
import { objectView } from "./views/object.ts";
import { progressView } from "./views/progress.ts";

/**
 * Replaces what the element holds. `read` gives the JSON and may throw, as parsing a damaged file does. `channel` leads to
 * the session that has the numbers, where there may be one.
 */
export function draw(element: HTMLElement, read: () => unknown, channel?: PictureChannel): void {
  const host = make("div");
  const root = host.attachShadow({ mode: "open" });
  root.append(make("style", { text: STYLE }), viewOf(read, channel));
  element.replaceChildren(host);
}

function viewOf(read: () => unknown, channel: PictureChannel | undefined): HTMLElement {
  try {
    const display = readDisplay(parsed(read));
    if (display.kind === "group") return groupView(display, channel);
    if (display.kind === "object") return objectView(display);
    if (display.kind === "graphics") return make("p", { class: "note graphics", text: display.text });
    if (display.kind === "progress") return progressView(display);
    return display.kind === "benchmark" ? benchmarkView(display) : matrixView(display, channel);
  } catch (error) {
    if (!(error instanceof UnreadableDisplay)) throw error;
    return make("p", { class: "problem", role: "note", text: error.message });
  }
}

function parsed(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    throw new UnreadableDisplay(
      "This picture cannot be drawn: its data is not JSON. Run the cell again to make it anew.",
    );
  }
}
