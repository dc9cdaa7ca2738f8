/** @file The names that every cell has without an import. Like `console`, a cell may declare its own over them. */
import { html, md, svg, tex } from "./display/rich-text.ts";
import type { DisplayHandle, Displays } from "./displays.ts";

export function installGlobals(displays: Displays): void {
  const display = Object.assign((value: unknown) => displays.display(value), {
    /** The same as `handle.update(value)`. */
    update: (handle: DisplayHandle, value: unknown) => {
      handle.update(value);
    },
  });
  const clearOutput: Displays["clearOutput"] = (options) => displays.clearOutput(options);
  for (const [name, value] of Object.entries({ display, clearOutput, html, md, svg, tex })) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}
