/** @file The language worker as the extension host sees it: messages out, answers and problems in. */
import { Worker } from "node:worker_threads";
import * as vscode from "vscode";
import type {
  AskMessage,
  HostToLanguage,
  LanguageProblem,
  LanguageQuestions,
  LanguageToHost,
  Question,
} from "../../protocol/language.ts";

interface Pending {
  resolve(answer: unknown): void;
}

export interface PublishedProblems {
  readonly notebook: string;
  readonly cell: string;
  readonly problems: readonly LanguageProblem[];
}

/** A worker that ended this soon after its start would end again. */
const SHORT_LIFE_MS = 10_000;

export class LanguageClient implements vscode.Disposable {
  readonly #workerPath: string;
  readonly #typesFolder: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #pending = new Map<number, Pending>();
  readonly #problems = new vscode.EventEmitter<PublishedProblems>();
  readonly #restarted = new vscode.EventEmitter<void>();
  #worker: Worker | undefined;
  #lastId = 0;
  /** Disposed of, or of no use: it ended right after it had been started. */
  #ended = false;

  readonly onProblems = this.#problems.event;
  /** The worker is a fresh one, which knows no notebook. */
  readonly onDidRestart = this.#restarted.event;

  constructor(workerPath: string, typesFolder: string, log: vscode.LogOutputChannel) {
    this.#workerPath = workerPath;
    this.#typesFolder = typesFolder;
    this.#log = log;
  }

  send(message: HostToLanguage): void {
    if (this.#ended) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  /** Undefined when there is nothing to say: also when the question was cancelled, or failed (which the log says). */
  ask<Q extends Question>(
    question: Q,
    ask: LanguageQuestions[Q]["ask"],
    token: vscode.CancellationToken,
  ): Promise<LanguageQuestions[Q]["answer"] | undefined> {
    if (this.#ended) return Promise.resolve(undefined);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const cancelled = token.onCancellationRequested(() => {
        this.send({ type: "cancel", id });
        settle(undefined);
      });
      const settle = (answer: unknown) => {
        cancelled.dispose();
        this.#pending.delete(id);
        resolve(answer as LanguageQuestions[Q]["answer"] | undefined);
      };
      this.#pending.set(id, { resolve: settle });
      this.send({ type: "ask", id, question, ask } as AskMessage);
    });
  }

  dispose(): void {
    this.#ended = true;
    void this.#worker?.terminate();
    this.#forgetPending();
    this.#problems.dispose();
    this.#restarted.dispose();
  }

  #start(): Worker {
    const started = Date.now();
    const worker = new Worker(this.#workerPath, { workerData: { typesFolder: this.#typesFolder } });
    worker.on("message", (message: LanguageToHost) => this.#receive(message));
    worker.on("error", (error) => this.#log.error("The language worker ended:", error));
    worker.on("exit", () => {
      this.#worker = undefined;
      this.#forgetPending();
      if (this.#ended) return;
      if (Date.now() - started > SHORT_LIFE_MS) {
        this.#restarted.fire();
        return;
      }
      this.#ended = true;
      this.#log.error("It is not started again. Reload the window to have language features in cells.");
    });
    return worker;
  }

  #forgetPending(): void {
    for (const { resolve } of this.#pending.values()) resolve(undefined);
  }

  #receive(message: LanguageToHost): void {
    if (message.type === "problems") {
      this.#problems.fire(message);
      return;
    }
    if (message.type === "failed") this.#log.error("The language worker could not answer:", message.message);
    this.#pending.get(message.id)?.resolve(message.type === "answer" ? message.answer : undefined);
  }
}
