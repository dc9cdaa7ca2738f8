/** @file What was found of the functions and lines of documents, where it is shown, and whether it still holds. */
import * as vscode from "vscode";
import type { MimeBundle, ValueDisplay } from "../../protocol/display.ts";
import type { ErrorReport } from "../../protocol/session.ts";
import type { AskedFunction, Question } from "./question.ts";

/** What stands at the end of a line. */
export interface InlineResult {
  /** Its name in the document: that of a function, or of the variable of a line in a cell. */
  readonly name: string;
  /** Absent for a line of a cell, which was run by the person. */
  readonly question?: Question;
  readonly asked?: AskedFunction;
  /** The line it stands at, which moves with edits above it. */
  readonly line: number;
  readonly state:
    | { readonly kind: "running" }
    | { readonly kind: "done"; readonly bundle: MimeBundle; readonly display?: ValueDisplay; readonly line: string }
    | { readonly kind: "failed"; readonly error: ErrorReport };
  /** The document was edited since. */
  readonly stale: boolean;
}

export class InlineResults implements vscode.Disposable {
  readonly #byDocument = new Map<vscode.TextDocument, readonly InlineResult[]>();
  readonly #changed = new vscode.EventEmitter<vscode.TextDocument>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.#byDocument.has(document)) this.#edited(document, contentChanges);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.clear(document)),
    ];
  }

  of(document: vscode.TextDocument): readonly InlineResult[] {
    return this.#byDocument.get(document) ?? [];
  }

  get documents(): readonly vscode.TextDocument[] {
    return [...this.#byDocument.keys()];
  }

  /** The answer to a question about a function, in place of an earlier one. */
  set(document: vscode.TextDocument, result: InlineResult): void {
    const others = this.of(document).filter(({ name, question }) => name !== result.name || question === undefined);
    this.#byDocument.set(document, [...others, result]);
    this.#changed.fire(document);
  }

  /** In place of all that the lines of a cell had. */
  setLines(document: vscode.TextDocument, results: readonly InlineResult[]): void {
    const functions = this.of(document).filter(({ question }) => question !== undefined);
    this.#byDocument.set(document, [...functions, ...results]);
    this.#changed.fire(document);
  }

  clear(document: vscode.TextDocument, name?: string): void {
    const left = name === undefined ? [] : this.of(document).filter((result) => result.name !== name);
    if (left.length > 0) this.#byDocument.set(document, left);
    else if (!this.#byDocument.delete(document)) return;
    this.#changed.fire(document);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Moves what stands below an edit with its lines, drops what stood on lines that are gone, and greys the rest. */
  #edited(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    let results = this.of(document).map((result): InlineResult => ({ ...result, stale: true }));
    // From the last to the first, as VS Code gives them, so that each is in the numbers of those above it.
    for (const { range, text } of changes) {
      const added = text.split("\n").length - 1;
      const removed = range.end.line - range.start.line;
      results = results.flatMap((result) => {
        if (result.line < range.start.line || (result.line === range.start.line && range.start.character > 0))
          return result;
        if (
          result.line > range.end.line ||
          removed === 0 ||
          (result.line === range.end.line && range.end.character === 0)
        ) {
          return { ...result, line: result.line + added - removed };
        }
        return [];
      });
    }
    this.#byDocument.set(document, results);
    this.#changed.fire(document);
  }
}
