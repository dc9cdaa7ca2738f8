/** @file Values on their way to the screen: the result of a cell, and the global `display(value)`. */
import type { MimeBundle } from "../../protocol/display.ts";
import type { Outbox } from "./outbox.ts";
import { ownOrLatestRun, type Run } from "./run.ts";

type BundleOf = (value: unknown) => MimeBundle | undefined;

/** What `display` returns: a place on the screen whose content can be replaced. */
export interface DisplayHandle {
  update(value: unknown): void;
}

export class Displays {
  readonly #outbox: Outbox;
  readonly #bundleOf: BundleOf;
  #lastId = 0;

  constructor(outbox: Outbox, bundleOf: BundleOf) {
    this.#outbox = outbox;
    this.#bundleOf = bundleOf;
    const display = (value: unknown) => this.#display(value);
    // Like the console: a cell may declare a name of its own over it.
    Object.defineProperty(globalThis, "display", { value: display, configurable: true, writable: true });
  }

  showResult(run: Run, value: unknown): void {
    const bundle = this.#bundleOf(value);
    if (bundle) this.#outbox.show(run, { kind: "result", bundle });
  }

  #display(value: unknown): DisplayHandle {
    const run = ownOrLatestRun();
    const displayId = `display-${process.pid}-${++this.#lastId}`;
    const show = (kind: "display" | "update", shown: unknown) => {
      const bundle = this.#bundleOf(shown) ?? { "text/plain": "undefined" };
      if (run) this.#outbox.show(run, { kind, displayId, bundle });
    };
    show("display", value);
    return { update: (next) => show("update", next) };
  }
}
