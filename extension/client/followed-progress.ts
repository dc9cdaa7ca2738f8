/** @file The progress of a cell, found among its outputs: for what shows it elsewhere too, and for an end without a word. */
import { DISPLAY_MIME, type ProgressDisplay } from "../../protocol/display.ts";
import { progressBundle } from "../../protocol/progress.ts";
import type { CellOutput } from "../../protocol/session.ts";

export function progressIn(output: CellOutput): ProgressDisplay | undefined {
  if (output.kind !== "display" && output.kind !== "update") return undefined;
  const display = output.bundle[DISPLAY_MIME] as Partial<ProgressDisplay> | undefined;
  return display?.kind === "progress" ? (display as ProgressDisplay) : undefined;
}

export class FollowedProgress {
  #latest: { readonly displayId: string; readonly display: ProgressDisplay } | undefined;

  get display(): ProgressDisplay | undefined {
    return this.#latest?.display;
  }

  note(output: CellOutput): void {
    if (output.kind === "display" || output.kind === "update") {
      const display = progressIn(output);
      if (display) this.#latest = { displayId: output.displayId, display };
    } else if (output.kind === "remove" && output.displayId === this.#latest?.displayId) this.#latest = undefined;
  }

  /** What is to be shown when the session died: that nothing goes on. */
  stopped(): CellOutput | undefined {
    if (!this.#latest) return undefined;
    const { displayId, display } = this.#latest;
    const bars = display.bars.map((bar) => (bar.state === "running" ? { ...bar, state: "stopped" as const } : bar));
    return { kind: "update", displayId, bundle: progressBundle({ ...display, bars }) };
  }
}
