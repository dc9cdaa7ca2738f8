/** @file Keeps the language worker's picture of our notebooks as they are in the editor. */
import path from "node:path";
import * as vscode from "vscode";
import type { CellLanguage, CellText } from "../../protocol/language.ts";
import { folderOf } from "../notebook/folder.ts";
import type { LanguageClient } from "./client.ts";

/** Files that may be read by a cell, or say how it is to be read. */
const WATCHED = "**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,json}";
/** A build or an installation changes many files at once. */
const FILES_QUIET_MS = 300;

export interface ServedCell {
  readonly notebook: vscode.NotebookDocument;
  readonly cell: vscode.NotebookCell;
}

export class LanguageNotebooks implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #isOurs: (notebook: vscode.NotebookDocument) => boolean;
  readonly #open = new Set<vscode.NotebookDocument>();
  /** The language that the worker knows a cell in. */
  readonly #sent = new WeakMap<vscode.TextDocument, string>();
  readonly #changed = new vscode.EventEmitter<readonly vscode.NotebookDocument[]>();
  readonly #subscriptions: vscode.Disposable[];
  #filesTimer: NodeJS.Timeout | undefined;

  /** These are now the notebooks that we answer for. */
  readonly onDidChangeNotebooks = this.#changed.event;

  constructor(client: LanguageClient, isOurs: (notebook: vscode.NotebookDocument) => boolean) {
    this.#client = client;
    this.#isOurs = isOurs;
    const watcher = vscode.workspace.createFileSystemWatcher(WATCHED);
    const filesChanged = () => this.#filesChanged();
    this.#subscriptions = [
      this.#changed,
      watcher,
      watcher.onDidChange(filesChanged),
      watcher.onDidCreate(filesChanged),
      watcher.onDidDelete(filesChanged),
      vscode.workspace.onDidOpenNotebookDocument((notebook) => this.consider(notebook)),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => this.#close(notebook)),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
        if (contentChanges.length === 0) return;
        this.consider(notebook);
        if (this.#open.has(notebook)) this.#send(notebook);
      }),
      // A cell whose language changes is closed and opened again.
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (!this.#sent.has(document) || this.#sent.get(document) === document.languageId) return;
        const notebook = this.all.find(({ uri }) => uri.path === document.uri.path);
        if (notebook) this.#send(notebook);
      }),
      // Of a folder that is not in the workspace too, which nobody watches.
      vscode.workspace.onDidSaveTextDocument(({ uri }) => uri.scheme === "file" && filesChanged()),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const served = contentChanges.length > 0 ? this.#cellOf(document) : undefined;
        if (!served) return;
        const [notebook, cell] = [served.notebook.uri.toString(), document.uri.toString()];
        client.send({ type: "cell", notebook, cell, text: document.getText() });
      }),
      client.onDidRestart(() => {
        for (const notebook of this.#open) this.#send(notebook);
      }),
    ];
    for (const notebook of vscode.workspace.notebookDocuments) this.consider(notebook);
  }

  get all(): readonly vscode.NotebookDocument[] {
    return [...this.#open];
  }

  /** The cell of a document, if it is one that we answer for. */
  find(document: vscode.TextDocument): ServedCell | undefined {
    return this.#cellOf(document);
  }

  /** Begins or ends to answer for a notebook, by whose it is. */
  consider(notebook: vscode.NotebookDocument): void {
    const ours = this.#isOurs(notebook);
    if (ours === this.#open.has(notebook)) return;
    if (!ours) {
      this.#close(notebook);
      return;
    }
    this.#open.add(notebook);
    this.#send(notebook);
    this.#changed.fire(this.all);
  }

  dispose(): void {
    clearTimeout(this.#filesTimer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #cellOf(document: vscode.TextDocument): ServedCell | undefined {
    if (document.uri.scheme !== "vscode-notebook-cell" || languageOf(document) === undefined) return undefined;
    for (const notebook of this.#open) {
      if (notebook.uri.path !== document.uri.path) continue;
      const cell = notebook.getCells().find((candidate) => candidate.document === document);
      if (cell) return { notebook, cell };
    }
    return undefined;
  }

  #send(notebook: vscode.NotebookDocument): void {
    for (const { document } of notebook.getCells()) this.#sent.set(document, document.languageId);
    this.#client.send({
      type: "notebook",
      notebook: notebook.uri.toString(),
      name: path.posix.basename(notebook.uri.path),
      folder: folderOf(notebook),
      checked: true,
      cells: notebook.getCells().flatMap(cellText),
    });
  }

  #close(notebook: vscode.NotebookDocument): void {
    if (!this.#open.delete(notebook)) return;
    this.#client.send({ type: "close", notebook: notebook.uri.toString() });
    this.#changed.fire(this.all);
  }

  #filesChanged(): void {
    clearTimeout(this.#filesTimer);
    this.#filesTimer = setTimeout(() => {
      if (this.#open.size > 0) this.#client.send({ type: "filesChanged" });
    }, FILES_QUIET_MS);
  }
}

export function languageOf({ languageId }: vscode.TextDocument): CellLanguage | undefined {
  return languageId === "typescript" || languageId === "javascript" ? languageId : undefined;
}

function cellText({ kind, document }: vscode.NotebookCell): CellText[] {
  const language = kind === vscode.NotebookCellKind.Code ? languageOf(document) : undefined;
  return language === undefined ? [] : [{ uri: document.uri.toString(), language, text: document.getText() }];
}
