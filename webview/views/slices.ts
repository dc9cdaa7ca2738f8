/** @file Which slice of a stack is shown, and in which colours: those of the slice, or the same for the whole stack. */
import { type ColourScale, colourScale, scaleReaching } from "../../protocol/colours.ts";
import type { MatrixDisplay } from "../../protocol/display.ts";
import { type Entries, reachOf, type Slice, sliceAt } from "../../protocol/heatmap.ts";
import { formatCount, sizeOf, sliceName } from "../../protocol/notation.ts";
import { make } from "../dom.ts";

/** Not merely without reach: a slice of nothing but NaN has none either. */
function isZero({ entries, from, rows, columns }: Slice): boolean {
  for (let i = from; i < from + rows * columns; i++) if (entries[i] !== 0) return false;
  return true;
}

/** Reach of a slice, relative to the largest of the stack, from which on it is worth opening with. */
const NOTICEABLE = 0.01;

/**
 * Calls `show` with the place among the slices sent: at once for the first that is worth it, then whenever another is
 * chosen. The controls are a slider and a box to tick; the slice's name alone when one of many was sent; nothing when
 * there is one matrix.
 */
export function sliceControl(
  display: MatrixDisplay,
  entries: Entries,
  show: (place: number, scale: ColourScale) => void,
): HTMLElement | undefined {
  const whole = colourScale(display.statistics);
  const stack = sizeOf(display.slices.flatMap((side) => side.shape));
  const sent = display.preview.slices;
  if (stack === 1) {
    show(0, whole);
    return undefined;
  }
  const reaches = sent.map((_, place) => reachOf(sliceAt(display.preview, entries, place)));
  // A first slice of next to nothing would look like an empty stack.
  const first = reaches.findIndex((reach) => reach >= NOTICEABLE * Math.max(...reaches));
  const name = make("output", { class: "slice-name" });
  const slider = make("input", { aria: { label: "Slice" } });
  slider.type = "range";
  slider.min = "0";
  slider.max = String(sent.length - 1);
  slider.value = String(first);
  const shared = make("input");
  shared.type = "checkbox";

  const update = (): void => {
    const place = slider.valueAsNumber;
    const slice = sent[place];
    const empty = isZero(sliceAt(display.preview, entries, place)) ? ", all zero" : "";
    const words = `${sliceName(display, slice)} (${slice + 1} of ${formatCount(stack)}${empty})`;
    name.textContent = words;
    slider.setAttribute("aria-valuetext", words);
    show(place, shared.checked ? whole : scaleReaching(whole, reaches[place]));
  };
  for (const control of [slider, shared]) {
    control.addEventListener("input", update);
    // The editor moves between cells with the arrow keys; on a control of ours they belong to the control.
    control.addEventListener("keydown", (event) => event.stopPropagation());
  }
  update();
  if (sent.length === 1) return make("div", { class: "slices" }, name);
  const label = make("label", {}, shared, make("span", { text: "same colours for all slices" }));
  return make("div", { class: "slices" }, slider, name, label);
}
