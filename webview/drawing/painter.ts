/** @file What draws frames onto a canvas: WebGL where the browser has it, and the same picture without it. */
import type { ColourScale } from "../../protocol/colours.ts";
import { paintPixels } from "./canvas-painter.ts";
import type { Frame } from "./frame.ts";
import { GlPainter } from "./gl-painter.ts";

/** One for all views of a page: a browser allows some 16 WebGL contexts, a notebook may have more pictures. */
let shared: GlPainter | undefined;

/** Draws over the whole canvas, which is of the frame's size, and says by what. */
export function paint(canvas: HTMLCanvasElement, frame: Frame, scale: ColourScale): "webgl" | "canvas" {
  const context = canvas.getContext("2d");
  if (!context) return "canvas";
  const painted = glPainter()?.paint(frame, scale);
  if (painted) {
    // A frame that is not complete may leave gaps, through which nothing older should be seen.
    context.clearRect(0, 0, frame.width, frame.height);
    context.drawImage(painted, 0, 0, frame.width, frame.height, 0, 0, frame.width, frame.height);
    return "webgl";
  }
  paintPixels(context, frame, scale);
  return "canvas";
}

/** Undefined where there is no WebGL, and once it failed. */
function glPainter(): GlPainter | undefined {
  shared ??= new GlPainter();
  return shared.works ? shared : undefined;
}
