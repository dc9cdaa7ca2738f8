/** @file A view as a picture for a file: title, colours, what is seen with its axes. On white, whatever the theme. */
import { COLOUR_STEPS, colourTable } from "../../../protocol/colours.ts";
import { formatNumber } from "../../../protocol/notation.ts";
import { colourTicks } from "../../drawing/colour-ticks.ts";
import { CanvasPen, FAINT_INK, FRAME, INK, PAPER, type Pen, SvgPen } from "../../drawing/pen.ts";
import type { Size } from "../../drawing/viewport.ts";
import type { Mark } from "./legend.ts";
import type { Subject, Surface } from "./surface.ts";

export interface Caption {
  readonly title: string;
  readonly meta: string;
  /** Which slice, which marks, what was reduced: a line each. */
  readonly notes: readonly string[];
  /** Undefined where there are no colours to explain. */
  readonly marks: readonly Mark[] | undefined;
}

const MARGIN = 16;
const LINE = 20;
const BAR = { width: 260, height: 10 };
/** Pixels for each pixel of the page. */
const FINENESS = 2;
/** Roughly, of letters in a system face: only the width of the paper depends on it. */
const LETTER = 7;

interface Composed {
  readonly size: Size;
  draw(pen: Pen): void;
}

function composed({ title, meta, notes, marks }: Caption, { scale }: Subject, surface: Surface): Composed {
  const picture = surface.picture();
  const hasBar = marks !== undefined && scale.kind !== "pattern";
  const lines = [...(marks ?? []).map(({ text }) => text), ...notes];
  const above = 2 * LINE + (hasBar ? 40 : 6);
  const widest = Math.max(
    picture.size.width,
    ...[title, meta, ...lines].map((text) => text.length * LETTER),
    BAR.width,
  );
  const size = {
    width: Math.ceil(widest + 2 * MARGIN),
    height: Math.ceil(above + picture.size.height + lines.length * LINE + 2 * MARGIN),
  };
  return {
    size,
    draw(pen) {
      pen.rectangle(0, 0, size.width, size.height, PAPER);
      pen.text(MARGIN, MARGIN + LINE / 2, title, { size: 14, bold: true });
      pen.text(MARGIN, MARGIN + 1.5 * LINE, meta, { colour: FAINT_INK });
      if (hasBar) drawBar(pen, MARGIN, MARGIN + 2 * LINE + 4);
      picture.draw(pen, MARGIN, MARGIN + above);
      lines.forEach((text, i) => {
        pen.text(MARGIN, MARGIN + above + picture.size.height + (i + 0.5) * LINE, text, { colour: FAINT_INK });
      });
    },
  };

  function drawBar(pen: Pen, left: number, top: number): void {
    const table = colourTable(scale.kind);
    pen.rectangle(left - 1, top - 1, BAR.width + 2, BAR.height + 2, FRAME);
    for (let x = 0; x < BAR.width; x++) {
      const at = Math.round((x / (BAR.width - 1)) * (COLOUR_STEPS - 1)) * 3;
      pen.rectangle(left + x, top, 1, BAR.height, `rgb(${table[at]},${table[at + 1]},${table[at + 2]})`);
    }
    for (const { value, place } of colourTicks(scale)) {
      const anchor = place < 0.02 ? "start" : place > 0.98 ? "end" : "middle";
      const at = left + place * BAR.width;
      pen.line(
        [
          [at, top + BAR.height + 1],
          [at, top + BAR.height + 5],
        ],
        FAINT_INK,
      );
      pen.text(at, top + BAR.height + 13, formatNumber(value, 3), { size: 11, anchor, colour: INK });
    }
  }
}

export function pngOf(caption: Caption, subject: Subject, surface: Surface): Promise<Blob> {
  const { size, draw } = composed(caption, subject, surface);
  const canvas = document.createElement("canvas");
  canvas.width = size.width * FINENESS;
  canvas.height = size.height * FINENESS;
  const context = canvas.getContext("2d");
  if (!context) return Promise.reject(new Error("this browser gives no canvas to draw on"));
  context.scale(FINENESS, FINENESS);
  draw(new CanvasPen(context));
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be encoded"))),
      "image/png",
    ),
  );
}

export function svgOf(caption: Caption, subject: Subject, surface: Surface): string {
  const { size, draw } = composed(caption, subject, surface);
  const pen = new SvgPen();
  draw(pen);
  return pen.toString(size.width, size.height);
}
