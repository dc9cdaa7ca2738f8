/** @file A display as a PNG, for the readers that do not run our renderer. */
import type { MatrixDisplay, ValueDisplay } from "../../../protocol/display.ts";
import { sizeOf } from "../../../protocol/notation.ts";
import { barsDrawing } from "./bars-drawing.ts";
import { below, type Drawing, FAINT_INK, line, png } from "./drawing.ts";
import { heatmapDrawing } from "./heatmap-drawing.ts";

/** Up to here the text says it better. */
const FEW_ENTRIES = 16;
/** A column of more pictures is not read. */
const MOST_DRAWINGS = 8;

/** Undefined when the text alone says as much: a number, a short vector, an empty tensor. */
export function pictureOf(display: ValueDisplay): Uint8Array | undefined {
  const drawing = drawingOf(display);
  return drawing && png(drawing);
}

function drawingOf(display: ValueDisplay): Drawing | undefined {
  // The text says as much.
  if (display.kind === "object") return undefined;
  if (display.kind === "benchmark") return barsDrawing(display);
  if (display.kind === "matrix") return worthDrawing(display) ? heatmapDrawing(display) : undefined;
  const drawings = display.items.flatMap((item) => {
    const drawing = drawingOf(item.display);
    return drawing ? [below([line(item.path), drawing], 4)] : [];
  });
  const more = drawings.length + display.omitted - MOST_DRAWINGS;
  const rest = more > 0 ? [line(`and ${more} more`, FAINT_INK)] : [];
  return drawings.length > 0 ? below([...drawings.slice(0, MOST_DRAWINGS), ...rest], 24) : undefined;
}

const worthDrawing = ({ shape }: MatrixDisplay): boolean =>
  sizeOf(shape) > 0 && (shape.length > 1 || sizeOf(shape) > FEW_ENTRIES);
