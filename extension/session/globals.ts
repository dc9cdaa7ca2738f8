/** @file The names that every cell has without an import. Like `console`, a cell may declare its own over them. */
import type { BenchmarkFiles } from "./benchmark-files.ts";
import { html, md, svg, tex } from "./display/rich-text.ts";
import type { DisplayHandle, Displays } from "./displays.ts";
import type { Inputs } from "./inputs.ts";
import type { Bars } from "./progress/bars.ts";
import { progressIn } from "./progress/progress.ts";

export function installGlobals(displays: Displays, inputs: Inputs, bars: Bars, benchmarks: BenchmarkFiles): void {
  const display = Object.assign((value: unknown) => displays.display(value), {
    /** The same as `handle.update(value)`. */
    update: (handle: DisplayHandle, value: unknown) => {
      handle.update(value);
    },
  });
  const clearOutput: Displays["clearOutput"] = (options) => displays.clearOutput(options);
  const input: Inputs["ask"] = (prompt, options) => inputs.ask(prompt, options);
  const progress = progressIn(bars);
  const globals = { display, clearOutput, html, md, svg, tex, input, progress, ...benchmarks };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}
