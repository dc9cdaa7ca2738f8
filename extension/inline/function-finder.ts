/** @file The functions of a document that can be differentiated, asked of the language worker and remembered. */
import path from "node:path";
import * as vscode from "vscode";
import type { DifferentiableFunction } from "../../protocol/language.ts";
import type { LanguageClient } from "../language/client.ts";

/** Edits that come faster are answered once. */
const QUIET_MS = 400;
/** A file that mentions neither has no function of tensors that its types would show. */
const WORTH_ASKING = /\bTensor\b|\bcotangent\b/;

interface Found {
  readonly version: number;
  readonly functions: readonly DifferentiableFunction[];
}

export class FunctionFinder implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #found = new WeakMap<vscode.TextDocument, Found>();
  /** Files that the worker knows, each as a notebook of one cell. */
  readonly #sent = new Map<string, number>();
  readonly #timers = new Map<vscode.TextDocument, NodeJS.Timeout>();
  readonly #changed = new vscode.EventEmitter<vscode.TextDocument>();
  readonly #subscriptions: vscode.Disposable[];

  /** A document was edited, and is quiet now. */
  readonly onDidChange = this.#changed.event;

  constructor(client: LanguageClient) {
    this.#client = client;
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && isServed(document)) this.#soon(document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.#close(document)),
      client.onDidRestart(() => this.#sent.clear()),
    ];
  }

  /** In the order of the text. Empty when an edit has overtaken the question. */
  async find(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<readonly DifferentiableFunction[]> {
    const known = this.#found.get(document);
    const { version } = document;
    if (known?.version === version) return known.functions;
    const text = document.getText();
    const asked = isCell(document)
      ? cellRef(document)
      : WORTH_ASKING.test(text)
        ? this.#send(document, text)
        : undefined;
    const functions = (asked && (await this.#client.ask("differentiable", asked, token))) ?? [];
    if (document.version !== version || token.isCancellationRequested) return [];
    this.#found.set(document, { version, functions });
    return functions;
  }

  /** The function whose declaration is on the line of the position, or the one above it. */
  async at(document: vscode.TextDocument, position: vscode.Position): Promise<DifferentiableFunction | undefined> {
    const functions = await this.find(document, new vscode.CancellationTokenSource().token);
    const offset = document.offsetAt(document.lineAt(position.line).range.end);
    return functions.findLast(({ span }) => span.start <= offset);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #send(document: vscode.TextDocument, text: string): { notebook: string; cell: string } {
    const uri = document.uri.toString();
    if (this.#sent.get(uri) !== document.version) {
      this.#sent.set(uri, document.version);
      this.#client.send({
        type: "notebook",
        notebook: uri,
        name: path.basename(document.uri.fsPath),
        folder: path.dirname(document.uri.fsPath),
        checked: false,
        cells: [{ uri, language: "typescript", text }],
      });
    }
    return { notebook: uri, cell: uri };
  }

  #soon(document: vscode.TextDocument): void {
    clearTimeout(this.#timers.get(document));
    const timer = setTimeout(() => {
      this.#timers.delete(document);
      this.#changed.fire(document);
    }, QUIET_MS);
    this.#timers.set(document, timer);
  }

  #close(document: vscode.TextDocument): void {
    clearTimeout(this.#timers.get(document));
    this.#timers.delete(document);
    const uri = document.uri.toString();
    if (this.#sent.delete(uri)) this.#client.send({ type: "close", notebook: uri });
  }
}

export const isCell = ({ uri }: vscode.TextDocument): boolean => uri.scheme === "vscode-notebook-cell";

/** TypeScript in a file, or in a cell. */
export function isServed(document: vscode.TextDocument): boolean {
  return document.languageId === "typescript" && (isCell(document) || document.uri.scheme === "file");
}

function cellRef(document: vscode.TextDocument): { notebook: string; cell: string } | undefined {
  const notebook = notebookOf(document);
  return notebook && { notebook: notebook.uri.toString(), cell: document.uri.toString() };
}

/** The notebook that a cell's document is in. */
export function notebookOf(document: vscode.TextDocument): vscode.NotebookDocument | undefined {
  return vscode.workspace.notebookDocuments.find((notebook) =>
    notebook.getCells().some((cell) => cell.document === document),
  );
}
