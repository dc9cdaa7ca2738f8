/** @file Several values of one result, each under its path. */
import type { GroupDisplay } from "../../protocol/display.ts";
import type { PictureChannel } from "../data/picture-channel.ts";
import { make } from "../dom.ts";
import { benchmarkView } from "./benchmark.ts";
import { matrixView } from "./matrix.ts";

export function groupView({ text, items, omitted }: GroupDisplay, channel?: PictureChannel): HTMLElement {
  const sections = items.map(({ path, display }) => {
    const view = display.kind === "benchmark" ? benchmarkView(display) : matrixView(display, channel);
    return make("section", { class: "item", aria: { label: path } }, make("h3", { class: "path", text: path }), view);
  });
  const more = omitted === 1 ? "One more value is not shown." : `${omitted} more values are not shown.`;
  return make(
    "div",
    { class: "group" },
    text === undefined ? undefined : make("pre", { class: "text", text }),
    ...sections,
    omitted > 0 ? make("p", { class: "note", text: more }) : undefined,
  );
}
