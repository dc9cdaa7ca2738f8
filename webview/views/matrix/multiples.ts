/** @file All slices of a stack side by side, small; one that is pressed is shown large. */

import type { ColourScale } from "../../../protocol/colours.ts";
import { heatmapSize } from "../../../protocol/heatmap.ts";
import { formatCount } from "../../../protocol/notation.ts";
import { make } from "../../dom.ts";
import { planFrame } from "../../drawing/frame.ts";
import { paint } from "../../drawing/painter.ts";
import { TileStore } from "../../drawing/tile-store.ts";
import { wholeOf } from "../../drawing/viewport.ts";
import type { Content } from "./content.ts";

/** A page of more is not looked at. */
const MOST = 64;
const SIDE = 112;

/** `scaleFor` gives the colours of a slice. */
export function multiples(
  content: Content,
  scaleFor: (slice: number, use: (scale: ColourScale) => void) => void,
  open: (slice: number) => void,
  onFailure: (error: unknown) => void,
): HTMLElement {
  const { source } = content;
  const { width, height } = heatmapSize(source.rows, source.columns, SIDE, SIDE);
  const ratio = window.devicePixelRatio || 1;
  const shown = Math.min(source.slices, MOST);
  const items = Array.from({ length: shown }, (_, slice) => {
    const canvas = make("canvas", { style: { width: `${width}px`, height: `${height}px` }, aria: { hidden: "true" } });
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const draw = (scale: ColourScale): void => {
      const frame = planFrame(source, slice, wholeOf(source), canvas, store);
      paint(canvas, frame, scale);
    };
    const store = new TileStore(() => scaleFor(slice, draw), onFailure);
    scaleFor(slice, draw);
    const name = content.sliceName(slice);
    const button = make("button", { class: "multiple" }, canvas, make("span", { text: name }));
    button.type = "button";
    button.addEventListener("click", () => open(slice));
    return button;
  });
  const more = source.slices - shown;
  const note = make("p", { class: "note", text: `The first ${shown}; ${formatCount(more)} more are on the slider.` });
  return make("div", { class: "multiples" }, ...items, more > 0 ? note : undefined);
}
