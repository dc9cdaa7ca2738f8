/** @file Where the functions of a document run: a cell's in its notebook's session, a file's in one of its own. */
import * as vscode from "vscode";
import type { Evaluated, ProgressWatcher } from "../client/evaluate.ts";
import type { Controller } from "../notebook/controller.ts";
import type { NewSession } from "../notebook/new-session.ts";
import type { PictureSession } from "../pictures/answer.ts";
import { FileSession } from "./file-session.ts";
import { isCell, notebookOf } from "./function-finder.ts";

export interface Evaluator extends PictureSession {
  evaluate(expression: string, watch?: ProgressWatcher): Promise<Evaluated>;
  /** Stops an expression that is evaluated; false when it sits in a call that cannot be stopped. */
  stopEvaluation(): Promise<boolean>;
}

export class Evaluators implements vscode.Disposable {
  readonly #controller: Controller;
  readonly #newSession: NewSession;
  readonly #files = new Map<vscode.TextDocument, FileSession>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(controller: Controller, newSession: NewSession) {
    this.#controller = controller;
    this.#newSession = newSession;
    this.#subscriptions = [
      vscode.workspace.onDidCloseTextDocument((document) => this.#end(document)),
      // VS Code may keep the document of a closed tab for minutes.
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.length > 0) for (const document of this.#files.keys()) if (!isInTab(document)) this.#end(document);
      }),
      // A file that another one imports.
      vscode.workspace.onDidSaveTextDocument(() => {
        for (const session of this.#files.values()) session.outdate();
      }),
    ];
  }

  /** Undefined for a cell whose notebook has not run yet, or runs on another kernel. */
  of(document: vscode.TextDocument): Evaluator | undefined {
    if (isCell(document)) {
      const notebook = notebookOf(document);
      return notebook && this.#controller.session(notebook);
    }
    let session = this.#files.get(document);
    if (!session) {
      session = new FileSession(document, this.#newSession);
      this.#files.set(document, session);
    }
    return session;
  }

  /** Process ids of the sessions of files. */
  get pids(): readonly number[] {
    return [...this.#files.values()].flatMap(({ pid }) => pid ?? []);
  }

  dispose(): void {
    for (const document of this.#files.keys()) this.#end(document);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #end(document: vscode.TextDocument): void {
    this.#files.get(document)?.dispose();
    this.#files.delete(document);
  }
}

function isInTab({ uri }: vscode.TextDocument): boolean {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
}
