/**
 * @file Holds what a cell shows for a few milliseconds, so that a chatty loop cannot flood the host: printed text becomes
 * one message, and what would be replaced or cleared at once is not sent.
 */
import type { CellOutput, SessionToHost } from "../../protocol/session.ts";

const BATCH_MS = 16;
const BATCH_CHARACTERS = 65_536;

export class OutputBatch {
  readonly #send: (message: SessionToHost) => void;
  #id = 0;
  #outputs: CellOutput[] = [];
  /** Of the text at the end of the outputs, which is joined when it is sent. */
  #parts: string[] = [];
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushedAt = 0;

  constructor(send: (message: SessionToHost) => void) {
    this.#send = send;
  }

  add(id: number, output: CellOutput): void {
    if (id !== this.#id) this.flush();
    this.#id = id;
    this.#put(output);
    const quiet = performance.now() - this.#flushedAt > BATCH_MS;
    if (quiet || this.#characters > BATCH_CHARACTERS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#outputs.length === 0) return;
    this.#flushedAt = performance.now();
    this.#joinText();
    for (const output of this.#outputs) this.#send({ type: "output", id: this.#id, output });
    this.#outputs = [];
    this.#characters = 0;
  }

  #put(output: CellOutput): void {
    const last = this.#outputs.at(-1);
    if (output.kind === "stream" && last?.kind === "stream" && last.stream === output.stream) {
      this.#parts.push(output.text);
      this.#characters += output.text.length;
      return;
    }
    this.#joinText();
    if (output.kind === "clear") {
      if (output.wait) this.#clearLater(output);
      else this.#outputs = [output];
      this.#characters = 0;
      return;
    }
    if (output.kind === "remove" && this.#dropHeld(output.displayId)) return;
    if (output.kind === "update") {
      const held = this.#outputs.findIndex((each) => "displayId" in each && each.displayId === output.displayId);
      const before = this.#outputs[held];
      if (before?.kind === "display" || before?.kind === "update") {
        this.#outputs[held] = { ...before, bundle: output.bundle };
        return;
      }
    } else if (output.kind !== "remove" && last?.kind === "clear")
      this.#outputs = [this.#outputs[0].kind === "clear" ? this.#outputs[0] : last];
    this.#outputs.push(output);
    if (output.kind === "stream") this.#characters += output.text.length;
  }

  /** Whether the display was all held here, so that nothing is left to take away. */
  #dropHeld(displayId: string): boolean {
    const isOf = (each: CellOutput): boolean => "displayId" in each && each.displayId === displayId;
    const isNew = this.#outputs.some((each) => isOf(each) && each.kind === "display");
    this.#outputs = this.#outputs.filter((each) => !isOf(each));
    return isNew;
  }

  /** What was shown stays until something takes its place, which may be never. */
  #clearLater(clear: CellOutput): void {
    if (this.#outputs.at(-1)?.kind !== "clear") this.#outputs.push(clear);
  }

  #joinText(): void {
    const last = this.#outputs.at(-1);
    if (this.#parts.length === 0 || last?.kind !== "stream") return;
    this.#outputs[this.#outputs.length - 1] = { ...last, text: last.text + this.#parts.join("") };
    this.#parts = [];
  }
}
