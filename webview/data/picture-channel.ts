/**
 * @file Questions to the session behind a picture, through whatever carries messages: the notebook's renderer and the panel
 * have one each. Few tiles are under way at a time, and those asked for last come first: they are what is looked at now.
 */
import type { FactsAnswer, FactsRequest, TileAnswer, TileRequest } from "../../protocol/exploring.ts";
import type { PictureMessage, PictureQuestion } from "../../protocol/picture-messages.ts";
import { Dropped } from "./source.ts";

/** What carries messages to the extension host and back. */
export interface Messaging {
  post(question: PictureQuestion): void;
  listen(hear: (message: unknown) => void): void;
}

export interface AskOptions {
  /** Aborted when the answer is no longer wanted; a question that was not sent yet is then never sent. */
  readonly signal?: AbortSignal | undefined;
  /** A cell runs: the question waits, and is asked again when it is done. */
  readonly onBusy?: () => void;
  readonly onAgain?: () => void;
}

type Settled<Answer> = Exclude<Answer, { readonly status: "busy" }>;
export type SettledTile = Settled<TileAnswer>;
export type SettledFacts = Settled<FactsAnswer>;

/** More would only wait in the session, where nothing can be taken back. */
const MOST_TILES = 4;

interface Asked {
  readonly question: PictureQuestion;
  readonly options: AskOptions;
  settle(answer: SettledTile | SettledFacts): void;
}

export class PictureChannel {
  readonly #messaging: Messaging;
  readonly #queue: Asked[] = [];
  readonly #sent = new Map<number, Asked>();
  /** Answered "busy". */
  readonly #waiting = new Set<Asked>();
  /** Answers to a page that was loaded before this one may still come, so the first number is any. */
  #last = Math.floor(Math.random() * 2 ** 40);

  constructor(messaging: Messaging) {
    this.#messaging = messaging;
    messaging.listen((message) => this.#hear(message));
  }

  tile(request: TileRequest, options: AskOptions = {}): Promise<SettledTile> {
    return this.#ask<SettledTile>({ type: "tile", id: ++this.#last, request }, options);
  }

  facts(request: FactsRequest, options: AskOptions = {}): Promise<SettledFacts> {
    return this.#ask<SettledFacts>({ type: "facts", id: ++this.#last, request }, options);
  }

  #ask<Answer extends SettledTile | SettledFacts>(question: PictureQuestion, options: AskOptions): Promise<Answer> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new Dropped());
      // The answer of an id is of the question's type.
      const asked: Asked = { question, options, settle: (answer) => resolve(answer as Answer) };
      signal?.addEventListener("abort", () => {
        const place = this.#queue.indexOf(asked);
        if (place >= 0) this.#queue.splice(place, 1);
        this.#waiting.delete(asked);
        reject(new Dropped());
      });
      this.#queue.push(asked);
      this.#send();
    });
  }

  #send(): void {
    let tiles = [...this.#sent.values()].filter(({ question }) => question.type === "tile").length;
    for (let i = this.#queue.length - 1; i >= 0; i--) {
      const asked = this.#queue[i];
      // Facts may take a minute, and are found on a thread of their own.
      if (asked.question.type === "tile" && ++tiles > MOST_TILES) continue;
      this.#queue.splice(i, 1);
      this.#sent.set(asked.question.id, asked);
      this.#messaging.post(asked.question);
    }
  }

  #hear(message: unknown): void {
    const heard = message as PictureMessage | null | undefined;
    if (heard?.type === "session-idle") {
      for (const { options } of this.#waiting) options.onAgain?.();
      this.#queue.push(...this.#waiting);
      this.#waiting.clear();
    } else if (heard?.type === "tile" || heard?.type === "facts") {
      const asked = this.#sent.get(heard.id);
      if (asked?.question.type !== heard.type) return;
      this.#sent.delete(heard.id);
      if (heard.answer.status === "busy") {
        this.#waiting.add(asked);
        asked.options.onBusy?.();
      } else asked.settle(heard.answer);
    }
    this.#send();
  }
}
