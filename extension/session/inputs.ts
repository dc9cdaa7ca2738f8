/** @file The global `input`: a cell asks the person, and waits. */
import type { InputAnswer } from "../../protocol/session.ts";
import type { Outbox } from "./outbox.ts";
import { runBehind } from "./stack.ts";

interface Asked {
  readonly prompt: string;
  /** Made where `input` was called, so that it points there. */
  readonly error: Error;
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

export class Inputs {
  readonly #outbox: Outbox;
  readonly #asked = new Map<number, Asked>();
  #last = 0;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Rejects when the person closes the box, or when nobody is there. */
  ask(prompt: unknown = "", { value = "" }: { readonly value?: unknown } = {}): Promise<string> {
    const run = runBehind();
    const question = ++this.#last;
    const request = { prompt: String(prompt), value: String(value) };
    return new Promise((resolve, reject) => {
      this.#asked.set(question, { prompt: request.prompt, error: new Error(), resolve, reject });
      if (run) this.#outbox.ask(run, question, request);
    });
  }

  answer(question: number, answer: InputAnswer): void {
    const asked = this.#asked.get(question);
    this.#asked.delete(question);
    if (!asked) return;
    if (answer.status === "given") asked.resolve(answer.text);
    else {
      asked.error.message = `input(${JSON.stringify(asked.prompt)}): ${reasonOf(answer)}`;
      asked.reject(asked.error);
    }
  }
}

const reasonOf = (answer: Exclude<InputAnswer, { status: "given" }>): string =>
  answer.status === "closed"
    ? "the question was closed without an answer. Run the cell again to be asked again."
    : answer.message;
