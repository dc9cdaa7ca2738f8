/** @file The session of an ordinary file: its text, as it is in the editor, is run like a cell, and then asked. */
import path from "node:path";
import type * as vscode from "vscode";
import type { FactsAnswer, FactsRequest, TileAnswer, TileRequest } from "../../protocol/exploring.ts";
import { type Evaluated, evaluateWith, type ProgressWatcher } from "../client/evaluate.ts";
import type { SessionClient, SessionState } from "../client/session-client.ts";
import type { NewSession } from "../notebook/new-session.ts";
import type { Evaluator } from "./evaluators.ts";

export class FileSession implements Evaluator, vscode.Disposable {
  readonly #document: vscode.TextDocument;
  readonly #newSession: NewSession;
  #client: SessionClient | undefined;
  /** The version of the text that ran last. */
  #ran: number | undefined;

  constructor(document: vscode.TextDocument, newSession: NewSession) {
    this.#document = document;
    this.#newSession = newSession;
  }

  get state(): SessionState {
    return this.#client?.state ?? "stopped";
  }

  get pid(): number | undefined {
    return this.#client?.pid;
  }

  /** The text is run again before the next question: something that it imports may have changed. */
  outdate(): void {
    this.#ran = undefined;
  }

  async evaluate(expression: string, watch?: ProgressWatcher): Promise<Evaluated> {
    const problem = await this.#runFile();
    return problem ?? (await this.#execute({ code: expression, expression: true }, watch));
  }

  async stopEvaluation(): Promise<boolean> {
    return (await this.#client?.interrupt()) ?? true;
  }

  async facts(request: FactsRequest): Promise<FactsAnswer | undefined> {
    return this.#client?.facts(request);
  }

  async tile(request: TileRequest): Promise<TileAnswer | undefined> {
    return this.#client?.tile(request);
  }

  dispose(): void {
    void this.#end();
  }

  async #end(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.dispose();
  }

  /** Runs the text unless it ran as it is now; an outcome only when it failed. */
  async #runFile(): Promise<Evaluated | undefined> {
    const { version } = this.#document;
    if (this.#client?.pid !== undefined && this.#ran === version) return undefined;
    const { error } = await this.#execute({ code: this.#document.getText() });
    this.#ran = error ? undefined : version;
    return error && { error };
  }

  async #execute(
    code: { readonly code: string; readonly expression?: true },
    watch?: ProgressWatcher,
  ): Promise<Evaluated> {
    this.#client ??= this.#newSession({
      uri: this.#document.uri,
      directory: path.dirname(this.#document.uri.fsPath),
      restart: () => this.#end(),
    });
    return evaluateWith(this.#client, { uri: this.#document.uri.toString(), number: 1, ...code }, watch);
  }
}
