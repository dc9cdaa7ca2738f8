/** @file A tensor as a heat map: its heading, colour bar, slices, axes, and what lies under the pointer. */
import type { MatrixDisplay } from "../../protocol/display.ts";
import { describeShape, digitsOf, formatCount, formatNumber, sizeOf } from "../../protocol/notation.ts";
import { make } from "../dom.ts";
import { readEntries } from "../read-display.ts";
import { colourBar } from "./colour-bar.ts";
import { describeCell } from "./entry.ts";
import { heatmap } from "./heatmap.ts";
import { sliceControl } from "./slices.ts";

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

  const { rows, columns } = display.preview;
  const readout = make("p", { class: "readout idle", text: HINT, aria: { live: "polite" } });
  const map = heatmap(display, entries, (cell) => {
    readout.classList.toggle("idle", !cell);
    readout.textContent = cell
      ? describeCell(display, cell, entries[(cell.slice * rows + cell.row) * columns + cell.column])
      : HINT;
  });
  const legend = make("div", { class: "legend" });
  const slices = sliceControl(display, entries, (slice, scale) => {
    legend.replaceChildren(...colourBar(scale, display));
    map.show(slice, scale);
  });
  return make(
    "figure",
    { class: "matrix" },
    heading,
    legend,
    slices,
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
    make("span", { class: "value", text: formatNumber(value, digitsOf(display).alone) }),
    make("span", { class: "meta", text: words }),
  );
}

function metaOf(display: MatrixDisplay): string {
  const { min, max, zeros, nan, infinite } = display.statistics;
  const size = sizeOf(display.shape);
  const parts = [describeShape(display)];
  if (size > 0 && nan + infinite < size) {
    const [low, high] = [min, max].map((value) => formatNumber(value, digitsOf(display).summary));
    parts.push(min === max ? `all ${low}` : `from ${low} to ${high}`);
  }
  if (zeros > 0 && min !== max)
    parts.push(`${formatCount(zeros)} of ${formatCount(size)} ${zeros === 1 ? "is" : "are"} zero`);
  return parts.join(" · ");
}

const note = (text: string): HTMLElement => make("p", { class: "note", text });

function notesOf({ slices, preview, rows, columns }: MatrixDisplay): string[] {
  const notes: string[] = [];
  const stack = sizeOf(slices.flatMap((side) => side.shape));
  const kept = preview.slices.length;
  if (stack > kept) {
    const which = kept === 1 ? "the one slice" : `the ${kept} slices`;
    notes.push(
      `Of ${formatCount(stack)} slices, ${which} with the largest entries ${kept === 1 ? "is" : "are"} kept here.`,
    );
  }
  if (preview.pooled) {
    const full = `${sizeOf(rows.shape)} × ${sizeOf(columns.shape)}`;
    notes.push(
      `Reduced from ${full} to ${preview.rows} × ${preview.columns}: each cell is the entry of largest magnitude in its block.`,
    );
  }
  return notes;
}
