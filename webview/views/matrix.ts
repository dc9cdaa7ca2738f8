/** @file A tensor as a picture: its heading and tools, colour bar, slices, the picture itself, and what is pointed at. */
import type { MatrixDisplay } from "../../protocol/display.ts";
import type { Entries } from "../../protocol/heatmap.ts";
import { describeShape, digitsOf, formatCount, formatNumber, sizeOf } from "../../protocol/notation.ts";
import { EmbeddedTensor } from "../data/embedded-tensor.ts";
import { stackSize } from "../data/naming.ts";
import type { PictureChannel } from "../data/picture-channel.ts";
import type { TensorSource } from "../data/source.ts";
import { isStreamable } from "../data/streamed.ts";
import { make } from "../dom.ts";
import { readEntries, readEnvelope } from "../read-display.ts";
import { factsView } from "./facts.ts";
import { explorer } from "./matrix/explorer.ts";
import { streamInto } from "./matrix/streaming.ts";

/** `channel` leads to the session that may hold all of its numbers. */
export function matrixView(display: MatrixDisplay, channel?: PictureChannel): HTMLElement {
  const entries = readEntries(display);
  const heading = make(
    "figcaption",
    {},
    make("div", { class: "title", text: display.title }),
    make("div", { class: "meta" }, ...metaParts(display)),
  );
  if (display.shape.length === 0) return numberView(display, entries);
  if (sizeOf(display.shape) === 0) {
    return make("figure", { class: "matrix" }, heading, note("There are no entries to draw."));
  }
  const embedded = new EmbeddedTensor(display, entries);
  const notes = notesOf(display);
  const status = make("p", { class: "note", role: "status" });
  status.hidden = true;
  const say = (words: string): void => {
    status.textContent = words;
    status.hidden = words === "";
  };
  const onGone = (): void => {
    view.use(embedded, notes);
    say("Run the cell again to look at every entry: the session no longer holds them.");
  };
  const view = explorer({
    display,
    tensor: embedded,
    envelope: readEnvelope(display),
    heading,
    meta: metaOf(display),
    notes,
    facts: factsView(display, channel),
    onGone,
  });
  if (channel && isStreamable(display, stackSize(display))) {
    view.element.append(status);
    const use = (tensor: TensorSource): void => view.use(tensor, []);
    streamInto(view.element, { display, embedded, channel, use, say, onGone });
  }
  return view.element;
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

const metaOf = (display: MatrixDisplay): string =>
  metaParts(display)
    .map(({ textContent }) => textContent)
    .join("");

/** Shape, range and the like in one line; what not everyone knows has a tip. */
function metaParts(display: MatrixDisplay): HTMLElement[] {
  const { min, max, mean, norm, zeros, nan, infinite } = display.statistics;
  const size = sizeOf(display.shape);
  const number = (value: number): string => formatNumber(value, digitsOf(display).summary);
  const parts: { text: string; title?: string }[] = [{ text: describeShape(display) }];
  if (size > 0 && nan + infinite < size) {
    parts.push({ text: min === max ? `all ${number(min)}` : `from ${number(min)} to ${number(max)}` });
    if (min !== max && display.dtype !== "bool") {
      if (mean !== undefined) parts.push({ text: `mean ${number(mean)}` });
      if (norm !== undefined) parts.push({ text: `norm ${number(norm)}`, title: NORM });
    }
  }
  if (zeros > 0 && min !== max) {
    parts.push({ text: `${formatCount(zeros)} of ${formatCount(size)} ${zeros === 1 ? "is" : "are"} zero` });
  }
  return parts.flatMap((part, i) =>
    i === 0 ? [make("span", part)] : [make("span", { text: " · " }), make("span", part)],
  );
}

const NORM = "Frobenius norm: the root of the sum of the squares of all entries that are finite.";

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
