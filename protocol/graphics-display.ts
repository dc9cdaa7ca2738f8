/** @file The line below a cell that says where is computed, for every place that shows outputs. */
import { DISPLAY_MIME, DISPLAY_VERSION, type GraphicsDisplay, type MimeBundle } from "./display.ts";

/** True while the cell runs and in a saved notebook. */
const TEXT = "Computed on the graphics processor of the notebook's window.";

export function graphicsBundle(): MimeBundle {
  const display: GraphicsDisplay = { version: DISPLAY_VERSION, kind: "graphics", text: TEXT };
  return { [DISPLAY_MIME]: display, "text/plain": TEXT };
}
