/** @file A tensor as a heat map: its heading, colour bar, slices, axes, and what lies under the pointer. */
import { colourScale } from "../../protocol/colours.ts";
import type { MatrixDisplay } from "../../protocol/display.ts";
import { describeShape, formatCount, formatNumber, sizeOf, sliceName } from "../../protocol/notation.ts";
import { make } from "../dom.ts";
import { readEntries } from "../read-display.ts";
import { colourBar } from "./colour-bar.ts";
import { describeCell } from "./entry.ts";
import { heatmap } from "./heatmap.ts";

const HINT = "Point at a cell to read it, or use the arrow keys.";

export function matrixView(display: MatrixDisplay): HTMLElement {
  const entries = readEntries(display);
  const heading = make(
    "figcaption",
    {},
    make("div", { class: "title", text: display.title }),
    make("div", { class: "meta", text: metaOf(display) }),
  );
  if (display.shape.length === 0) return numberView(display, entries[0]);
  if (entries.length === 0) return make("figure", { class: "matrix" }, heading, note("There are no entries to draw."));

  const scale = colourScale(display.statistics);
  const { rows, columns } = display.preview;
  const readout = make("p", { class: "readout idle", text: HINT, aria: { live: "polite" } });
  const map = heatmap(display, entries, scale, (cell) => {
    readout.classList.toggle("idle", !cell);
    readout.textContent = cell
      ? describeCell(display, cell, entries[(cell.slice * rows + cell.row) * columns + cell.column])
      : HINT;
  });
  return make(
    "figure",
    { class: "matrix" },
    heading,
    colourBar(scale, display.statistics),
    sliceControl(display, map.showSlice),
    map.element,
    readout,
    ...notesOf(display).map(note),
  );
}

/** A single number needs no picture. */
function numberView(display: MatrixDisplay, value: number): HTMLElement {
  const words = display.role === "tensor" ? describeShape(display) : `${display.title}, ${display.dtype}`;
  return make(
    "figure",
    { class: "number" },
    make("span", { class: "value", text: formatNumber(value, 7) }),
    make("span", { class: "meta", text: words }),
  );
}

function metaOf(display: MatrixDisplay): string {
  const { min, max, zeros, nan, infinite } = display.statistics;
  const size = sizeOf(display.shape);
  const parts = [describeShape(display)];
  if (size > 0 && nan + infinite < size) {
    parts.push(min === max ? `all ${formatNumber(min)}` : `from ${formatNumber(min)} to ${formatNumber(max)}`);
  }
  if (zeros > 0 && min !== max)
    parts.push(`${formatCount(zeros)} of ${formatCount(size)} ${zeros === 1 ? "is" : "are"} zero`);
  return parts.join(" · ");
}

const note = (text: string): HTMLElement => make("p", { class: "note", text });

function notesOf({ slices, preview, rows, columns }: MatrixDisplay): string[] {
  const notes: string[] = [];
  const stack = sizeOf(slices.flatMap((side) => side.shape));
  if (stack > preview.slices)
    notes.push(`Only the first ${preview.slices} of ${formatCount(stack)} slices are kept in the notebook.`);
  if (preview.pooled) {
    const full = `${sizeOf(rows.shape)} × ${sizeOf(columns.shape)}`;
    notes.push(
      `Reduced from ${full} to ${preview.rows} × ${preview.columns}: each cell is the entry of largest magnitude in its block.`,
    );
  }
  return notes;
}

/** A slider when there are several slices; the name alone when one of many was sent. */
function sliceControl(display: MatrixDisplay, show: (slice: number) => void): HTMLElement | undefined {
  const stack = sizeOf(display.slices.flatMap((side) => side.shape));
  if (stack === 1) return undefined;
  const sent = display.preview.slices;
  const words = (slice: number): string => `${sliceName(display, slice)} (${slice + 1} of ${formatCount(stack)})`;
  const name = make("output", { class: "slice-name", text: words(0) });
  if (sent === 1) return make("div", { class: "slices" }, name);
  const slider = make("input", { aria: { label: "Slice", valuetext: words(0) } });
  slider.type = "range";
  slider.min = "0";
  slider.max = String(sent - 1);
  slider.value = "0";
  slider.addEventListener("input", () => {
    const slice = slider.valueAsNumber;
    name.textContent = words(slice);
    slider.setAttribute("aria-valuetext", words(slice));
    show(slice);
  });
  // The editor moves between cells with the arrow keys; inside the slider they belong to the slider.
  slider.addEventListener("keydown", (event) => event.stopPropagation());
  return make("div", { class: "slices" }, slider, name);
}
