/**
 * @file The graphics processor of the window that shows the notebook, whatever page stands in it: when one is gone, the next
 * adapter is asked of the next.
 */
import type { Outbox } from "../outbox.ts";
import type { SupervisorToMain } from "../relay.ts";
import { PageGraphics } from "./page-gpu.ts";

/** What the kernel asks of a GPU. */
export interface AskedGPU {
  requestAdapter(options?: unknown): Promise<unknown>;
}

export class WindowGraphics {
  readonly #outbox: Pick<Outbox, "wantGraphicsPage" | "graphics">;
  /** The page that is here. */
  #page: PageGraphics | undefined;
  /** It was asked for one. */
  #search: { readonly outcome: Promise<PageGraphics>; settle(outcome: PageGraphics | string): void } | undefined;
  readonly #gpu: AskedGPU = {
    requestAdapter: async (options) => (await this.#find()).gpu.requestAdapter(options),
  };

  constructor(outbox: Pick<Outbox, "wantGraphicsPage" | "graphics">) {
    this.#outbox = outbox;
  }

  /** A GPU that works now, or why there is none: a sentence for the person, empty where windows do not matter. */
  async open(): Promise<AskedGPU | string> {
    try {
      await this.#find();
      return this.#gpu;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Anything the host says; what is not about graphics is not heard. */
  hear(message: SupervisorToMain): void {
    if (message.type === "graphics-answer") this.#page?.hear(message.answer);
    if (message.type !== "graphics-page") return;
    if (message.state === "gone") {
      const page = this.#page;
      this.#page = undefined;
      page?.end(message.message);
    } else this.#search?.settle(message.state === "here" ? this.#newPage() : message.message);
  }

  #newPage(): PageGraphics {
    const page = new PageGraphics((batch) => {
      // What an earlier page was to do would be strange to this one.
      if (this.#page === page) this.#outbox.graphics(batch);
    });
    this.#page = page;
    return page;
  }

  async #find(): Promise<PageGraphics> {
    if (this.#page) return this.#page;
    if (!this.#search) {
      let settle: (outcome: PageGraphics | string) => void = () => {};
      const outcome = new Promise<PageGraphics>((resolve, reject) => {
        settle = (found) => {
          this.#search = undefined;
          if (typeof found === "string") reject(new Error(found));
          else resolve(found);
        };
      });
      this.#search = { outcome, settle };
      this.#outbox.wantGraphicsPage();
    }
    return this.#search.outcome;
  }
}
