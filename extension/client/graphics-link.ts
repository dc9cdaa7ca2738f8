/** @file A session's way to a page that computes for it: found when it is wanted, and given up with the session. */
import type { GraphicsAnswer, GraphicsBatch } from "../../protocol/graphics.ts";
import type { HostToSession } from "../../protocol/session.ts";

/** A page that computes for a session on its graphics processor. */
export interface GraphicsPage {
  send(batch: GraphicsBatch): void;
  /** The session needs it no more. */
  end(): void;
}

export interface GraphicsListener {
  onAnswer(answer: GraphicsAnswer): void;
  /** The page is not there any more. */
  onGone(message: string): void;
}

/** Looks for a page. Never rejects: where there is none, it gives the reason, a sentence for the person. */
export type FindGraphicsPage = (listener: GraphicsListener) => Promise<GraphicsPage | string>;

/** A host without pages, such as the command line, has nothing to say of them. */
const noPages: FindGraphicsPage = async () => "";

export class GraphicsLink {
  readonly #find: FindGraphicsPage;
  readonly #tell: (message: HostToSession) => void;
  #page: GraphicsPage | undefined;
  #isOver = false;

  /** @param tell says something to the session's process */
  constructor(find: FindGraphicsPage | undefined, tell: (message: HostToSession) => void) {
    this.#find = find ?? noPages;
    this.#tell = tell;
  }

  /** Answers the session that wants a page. */
  async open(): Promise<void> {
    const found = await this.#find({
      onAnswer: (answer) => this.#say({ type: "graphics-answer", answer }),
      onGone: (message) => {
        this.#page = undefined;
        this.#say({ type: "graphics-page", state: "gone", message });
      },
    });
    if (typeof found === "string") this.#say({ type: "graphics-page", state: "none", message: found });
    else if (this.#isOver) found.end();
    else {
      this.#page = found;
      this.#say({ type: "graphics-page", state: "here" });
    }
  }

  /** What comes after the page has gone is for nobody: the session will hear of it. */
  send(batch: GraphicsBatch): void {
    this.#page?.send(batch);
  }

  /** The session has ended. */
  end(): void {
    this.#isOver = true;
    this.#page?.end();
    this.#page = undefined;
  }

  #say(message: HostToSession): void {
    if (!this.#isOver) this.#tell(message);
  }
}
