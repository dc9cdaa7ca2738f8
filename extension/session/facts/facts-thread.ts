/** @file The thread that finds facts, so that cells run meanwhile. It is started when facts are first asked for. */
import { Worker } from "node:worker_threads";
import type { FactsAnswer } from "../../../protocol/exploring.ts";
import type { FactsTask } from "../relay.ts";

/** What the thread says of a task. */
export interface FoundFacts {
  readonly id: number;
  readonly answer: FactsAnswer;
}

export class FactsThread {
  readonly #answer: (id: number, answer: FactsAnswer) => void;
  readonly #asked = new Set<number>();
  #worker: Worker | undefined;

  constructor(answer: (id: number, answer: FactsAnswer) => void) {
    this.#answer = answer;
  }

  find(task: FactsTask): void {
    this.#worker ??= this.#start();
    this.#asked.add(task.id);
    this.#worker.postMessage(task, [task.matrix.entries.buffer as ArrayBuffer]);
  }

  #start(): Worker {
    const worker = new Worker(new URL("./facts.js", import.meta.url));
    worker.on("message", ({ id, answer }: FoundFacts) => {
      this.#asked.delete(id);
      this.#answer(id, answer);
    });
    // Out of memory, most likely. The next question starts another thread.
    worker.on("error", ({ message }) => {
      this.#worker = undefined;
      for (const id of this.#asked) this.#answer(id, { status: "failed", message });
      this.#asked.clear();
    });
    return worker;
  }
}
