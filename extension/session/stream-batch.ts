/** @file Joins console output into one message per few milliseconds, so that a chatty loop cannot flood the host. */
import type { CellOutput, SessionToHost } from "../../protocol/session.ts";

type Stream = Extract<CellOutput, { kind: "stream" }>;

const BATCH_MS = 16;
const BATCH_CHARACTERS = 65_536;

export class StreamBatch {
  readonly #send: (message: SessionToHost) => void;
  #id = 0;
  #stream: Stream["stream"] = "stdout";
  #parts: string[] = [];
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushedAt = 0;

  constructor(send: (message: SessionToHost) => void) {
    this.#send = send;
  }

  add(id: number, { stream, text }: Stream): void {
    if (id !== this.#id || stream !== this.#stream) this.flush();
    this.#id = id;
    this.#stream = stream;
    this.#parts.push(text);
    this.#characters += text.length;
    const quiet = performance.now() - this.#flushedAt > BATCH_MS;
    if (quiet || this.#characters > BATCH_CHARACTERS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#parts.length === 0) return;
    this.#flushedAt = performance.now();
    const text = this.#parts.join("");
    this.#parts = [];
    this.#characters = 0;
    this.#send({ type: "output", id: this.#id, output: { kind: "stream", stream: this.#stream, text } });
  }
}
