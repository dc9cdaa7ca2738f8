/** @file Values on their way to the screen: the result of a cell, and the globals `display` and `clearOutput`. */
import type { MimeBundle } from "../../protocol/display.ts";
import { arrivalOf } from "./display/arriving.ts";
import { blobBundle, describeBlob, isImageBlob } from "./display/image-blob.ts";
import type { Outbox } from "./outbox.ts";
import type { Run } from "./run.ts";
import { runBehind } from "./stack.ts";

type BundleOf = (value: unknown) => MimeBundle | undefined;

/** What `display` returns: a place on the screen whose content can be replaced. */
export class DisplayHandle {
  readonly id: string;
  readonly #replace: (value: unknown) => void;

  constructor(id: string, replace: (value: unknown) => void) {
    this.id = id;
    this.#replace = replace;
  }

  update(value: unknown): void {
    this.#replace(value);
  }
}

/** The editor draws every output of a cell, and more than this nobody looks through. */
const MOST_DISPLAYS = 1000;

export class Displays {
  readonly #outbox: Outbox;
  readonly #bundleOf: BundleOf;
  #lastId = 0;

  constructor(outbox: Outbox, bundleOf: BundleOf) {
    this.#outbox = outbox;
    this.#bundleOf = bundleOf;
  }

  /** @returns when it is shown, where its numbers come later */
  showResult(run: Run, value: unknown): Promise<void> | undefined {
    // A cell that ends with `display(x)` has shown it.
    if (value instanceof DisplayHandle) return undefined;
    if (isImageBlob(value)) {
      // Its bytes come later, and a result cannot be replaced.
      this.display(value);
      return undefined;
    }
    const show = (): void => {
      const bundle = this.#bundleOf(value);
      if (bundle) this.#outbox.show(run, { kind: "result", bundle });
    };
    const arrival = arrivalOf(value);
    if (arrival !== null) return arrival.then(show);
    show();
    return undefined;
  }

  display(value: unknown): DisplayHandle {
    const run = runBehind();
    const displayId = `display-${process.pid}-${++this.#lastId}`;
    const isShown = run !== undefined && this.#hasRoom(run);
    let changes = 0;
    const show = (kind: "display" | "update", shown: unknown) => {
      if (!isShown) return;
      const change = ++changes;
      const put = (bundle: MimeBundle, as = kind) => this.#outbox.show(run, { kind: as, displayId, bundle });
      if (isImageBlob(shown)) {
        put(describeBlob(shown));
        // What was read late does not take the place of what came after it.
        void blobBundle(shown).then((bundle) => change === changes && put(bundle, "update"));
        return;
      }
      const arrival = arrivalOf(shown);
      const whole = (): MimeBundle => this.#bundleOf(shown) ?? { "text/plain": "undefined" };
      if (arrival === null) put(whole());
      else {
        put({ "text/plain": "its numbers are on their way from the device" });
        const failed = (error: unknown): MimeBundle => ({
          "text/plain": error instanceof Error ? error.message : String(error),
        });
        void arrival.then(whole, failed).then((bundle) => change === changes && put(bundle, "update"));
      }
    };
    show("display", value);
    return new DisplayHandle(displayId, (next) => show("update", next));
  }

  clearOutput({ wait = false }: { readonly wait?: boolean } = {}): void {
    const run = runBehind();
    if (!run) return;
    run.displays = 0;
    run.budget.clear();
    this.#outbox.show(run, { kind: "clear", wait: Boolean(wait) });
  }

  #hasRoom(run: Run): boolean {
    run.displays++;
    if (run.displays === MOST_DISPLAYS + 1) {
      const text = `… more than ${MOST_DISPLAYS} displays: the others are left out …\n`;
      this.#outbox.show(run, { kind: "stream", stream: "stdout", text });
    }
    return run.displays <= MOST_DISPLAYS;
  }
}
