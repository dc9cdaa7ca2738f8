/** @file A tensor as a picture: its heading and tools, colour bar, slices, the picture itself, and what is pointed at. */
import type { MatrixDisplay } from "../../protocol/display.ts";
import type { Entries } from "../../protocol/heatmap.ts";
import { describeShape, digitsOf, formatCount, formatNumber, sizeOf } from "../../protocol/notation.ts";
import { EmbeddedTensor } from "../data/embedded-tensor.ts";
import type { TensorSource } from "../data/source.ts";
import { make } from "../dom.ts";
import { readEntries, readEnvelope } from "../read-display.ts";
import { explorer } from "./matrix/explorer.ts";

/** `tensor` is where the numbers come from, if not from the display itself. */
export function matrixView(display: MatrixDisplay, tensor?: TensorSource): HTMLElement {
  const entries = readEntries(display);
  const heading = make(
    "figcaption",
    {},
    make("div", { class: "title", text: display.title }),
    make("div", { class: "meta", text: metaOf(display) }),
  );
  if (display.shape.length === 0) return numberView(display, entries);
  if (sizeOf(display.shape) === 0) {
    return make("figure", { class: "matrix" }, heading, note("There are no entries to draw."));
  }
  return explorer({
    display,
    tensor: tensor ?? new EmbeddedTensor(display, entries),
    envelope: tensor ? undefined : readEnvelope(display),
    heading,
    meta: metaOf(display),
    notes: tensor ? [] : notesOf(display),
  });
}

/** A single number needs no picture. */
function numberView(display: MatrixDisplay, entries: Entries): HTMLElement {
  const words = display.role === "tensor" ? describeShape(display) : `${display.title}, ${display.dtype}`;
  const value = display.dtype === "bool" ? String(entries[0] !== 0) : formatNumber(entries[0], digitsOf(display).alone);
  return make(
    "figure",
    { class: "number" },
    make("span", { class: "value", text: value }),
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

function notesOf({ slices, preview, rows, columns, envelope }: MatrixDisplay): string[] {
  const notes: string[] = [];
  const stack = sizeOf(slices.flatMap((side) => side.shape));
  const kept = preview.slices.length;
  if (stack > kept) {
    const which = kept === 1 ? "the one slice" : `the ${kept} slices`;
    notes.push(
      `Of ${formatCount(stack)} slices, ${which} with the largest entries ${kept === 1 ? "is" : "are"} kept here.`,
    );
  }
  if (envelope) {
    const blocks = preview.rows * preview.columns;
    notes.push(`Reduced to ${blocks} blocks: the band spans the smallest and the largest entry of each.`);
  } else if (preview.pooled) {
    const full = `${sizeOf(rows.shape)} × ${sizeOf(columns.shape)}`;
    notes.push(
      `Reduced from ${full} to ${preview.rows} × ${preview.columns}: each cell is the entry of largest magnitude in its block.`,
    );
  }
  return notes;
}
