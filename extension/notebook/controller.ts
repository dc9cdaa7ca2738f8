/** @file The kernel that VS Code lists for notebooks, and the session of every notebook that runs on it. */
import * as vscode from "vscode";
import { ErrorMarks } from "./error-marks.ts";
import { asksForNobody, asksForUs, NOTEBOOK_TYPE } from "./kernelspec.ts";
import type { NewSession } from "./new-session.ts";
import { LANGUAGES, NotebookSession } from "./notebook-session.ts";
import { SavedCopies } from "./saved-copies.ts";
import { sayUntrusted } from "./trust.ts";

/** `cotangent.cotangent/typescript` in the `notebookKernel` of a when clause. */
const CONTROLLER_ID = "typescript";

export class Controller implements vscode.Disposable {
  readonly #extension: vscode.Extension<unknown>;
  readonly #newSession: NewSession;
  readonly #controller: vscode.NotebookController;
  readonly #marks = new ErrorMarks();
  readonly #sessions = new Map<vscode.NotebookDocument, NotebookSession>();
  readonly #copies = new SavedCopies();
  readonly #selected = new WeakSet<vscode.NotebookDocument>();
  /** Chose this kernel once, and then another. */
  readonly #left = new WeakSet<vscode.NotebookDocument>();
  readonly #offered = new WeakSet<vscode.NotebookDocument>();
  readonly #stateChanged = new vscode.EventEmitter<vscode.NotebookDocument>();
  readonly #subscriptions: vscode.Disposable[];

  /** A session of this notebook started, became busy or idle, or ended; or the notebook chose this kernel. */
  readonly onDidChangeState = this.#stateChanged.event;

  constructor(extension: vscode.Extension<unknown>, newSession: NewSession) {
    this.#extension = extension;
    this.#newSession = newSession;
    this.#controller = vscode.notebooks.createNotebookController(
      CONTROLLER_ID,
      NOTEBOOK_TYPE,
      "Cotangent (TypeScript)",
      // VS Code asks for trust before it runs a cell. Whatever way a cell came here: without trust it does not run.
      (cells, notebook) => (vscode.workspace.isTrusted ? this.#sessionOf(notebook).run(cells) : sayUntrusted()),
    );
    this.#controller.supportedLanguages = [...LANGUAGES];
    this.#controller.supportsExecutionOrder = true;
    this.#controller.description = "Derivatives in TypeScript, nothing to install";
    this.#controller.interruptHandler = (notebook) => this.interrupt(notebook);
    this.#subscriptions = [
      this.#controller,
      this.#marks,
      this.#controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => {
        if (selected) this.#selected.add(notebook);
        else if (this.#selected.delete(notebook)) this.#left.add(notebook);
        this.#stateChanged.fire(notebook);
      }),
      vscode.workspace.onDidOpenNotebookDocument((notebook) => this.#rate(notebook)),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
        const removed = contentChanges.flatMap(({ removedCells }) => removedCells);
        // One that was moved is among them too.
        for (const cell of removed.filter(({ index }) => index < 0)) this.#marks.clear(cell);
        if (contentChanges.length > 0 && !this.#sessions.has(notebook)) {
          this.#copies.compare(notebook, [...this.#sessions.keys()]);
        }
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (!change.affectsConfiguration("cotangent")) return;
        for (const session of this.#sessions.values()) session.settingsChanged();
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => this.#tabsClosed(closed)),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => this.#close(notebook)),
      vscode.window.onDidChangeActiveNotebookEditor((editor) => editor && this.#offer(editor)),
    ];
    for (const notebook of vscode.workspace.notebookDocuments) this.#rate(notebook);
    if (vscode.window.activeNotebookEditor) void this.#offer(vscode.window.activeNotebookEditor);
  }

  /** The notebook's session; undefined until its first cell runs. */
  session(notebook: vscode.NotebookDocument): NotebookSession | undefined {
    return this.#sessions.get(notebook);
  }

  isSelected(notebook: vscode.NotebookDocument): boolean {
    return this.#selected.has(notebook);
  }

  /** Runs on this kernel, or will unless someone chooses another. */
  isOurs(notebook: vscode.NotebookDocument): boolean {
    if (this.#selected.has(notebook)) return true;
    return !this.#left.has(notebook) && (asksForUs(notebook) || asksForNobody(notebook));
  }

  /** The notebook's session with its process running. */
  async openSession(notebook: vscode.NotebookDocument): Promise<NotebookSession> {
    const session = this.#sessionOf(notebook);
    await session.open();
    return session;
  }

  /** Runs cells after those already queued; resolves when nothing is left to run. */
  async run(notebook: vscode.NotebookDocument, cells: readonly vscode.NotebookCell[]): Promise<void> {
    await this.#sessionOf(notebook).run(cells);
  }

  async interrupt(notebook: vscode.NotebookDocument): Promise<void> {
    await this.#sessions.get(notebook)?.interrupt();
  }

  async restart(notebook: vscode.NotebookDocument): Promise<void> {
    await this.#sessions.get(notebook)?.restart();
  }

  /** Makes this the kernel of the active notebook. */
  async select(editor: vscode.NotebookEditor): Promise<void> {
    if (this.#selected.has(editor.notebook)) return;
    await vscode.commands.executeCommand("notebook.selectKernel", {
      notebookEditor: editor,
      id: CONTROLLER_ID,
      extension: this.#extension.id,
    });
  }

  dispose(): void {
    for (const session of this.#sessions.values()) session.dispose();
    this.#sessions.clear();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#stateChanged.dispose();
  }

  #sessionOf(notebook: vscode.NotebookDocument): NotebookSession {
    const known = this.#sessions.get(notebook);
    if (known) return known;
    const session = new NotebookSession({
      notebook,
      controller: this.#controller,
      marks: this.#marks,
      isSelected: (running) => this.#selected.has(running),
      newSession: this.#newSession,
    });
    session.onDidChangeState(() => this.#stateChanged.fire(session.notebook));
    this.#sessions.set(notebook, session);
    return session;
  }

  #rate(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType !== NOTEBOOK_TYPE) return;
    const { Preferred, Default } = vscode.NotebookControllerAffinity;
    this.#controller.updateNotebookAffinity(notebook, asksForUs(notebook) ? Preferred : Default);
    // VS Code drops cells of a language that the kernel does not support, without a word. We have a word.
    const codeCells = notebook.getCells().filter((cell) => cell.kind === vscode.NotebookCellKind.Code);
    const languages = codeCells.map((cell) => cell.document.languageId);
    const known = this.#controller.supportedLanguages ?? [];
    this.#controller.supportedLanguages = [...new Set([...known, ...languages])];
  }

  /** Once per notebook: whoever then picks another kernel keeps it. */
  async #offer(editor: vscode.NotebookEditor): Promise<void> {
    const { notebook } = editor;
    // One that took over a session was running on this kernel, whatever its file asks for.
    const isOurs = asksForUs(notebook) || this.#sessions.has(notebook);
    if (!isOurs || this.#offered.has(notebook)) return;
    this.#offered.add(notebook);
    // Being preferred does not select a kernel where there is a choice of several.
    await this.select(editor);
  }

  #close(notebook: vscode.NotebookDocument): void {
    this.#marks.clearAll(notebook);
    this.#handOver(notebook);
    this.#sessions.get(notebook)?.dispose();
    this.#sessions.delete(notebook);
    this.#copies.forget(notebook);
  }

  /** After Save As, VS Code may keep the document of the old file open for minutes, in no tab. */
  #tabsClosed(tabs: readonly vscode.Tab[]): void {
    for (const { input } of tabs) {
      if (!(input instanceof vscode.TabInputNotebook)) continue;
      const original = [...this.#sessions.keys()].find(({ uri }) => uri.toString() === input.uri.toString());
      if (original && !isInTab(original)) this.#handOver(original);
    }
  }

  /** The notebook that this one was saved as takes over its session, and with it every variable. */
  #handOver(original: vscode.NotebookDocument): void {
    const session = this.#sessions.get(original);
    const saved = this.#copies.of(original).find(({ notebook }) => !this.#sessions.has(notebook));
    if (!session || !saved) return;
    this.#marks.clearAll(original);
    this.#sessions.delete(original);
    this.#sessions.set(saved.notebook, session);
    this.#copies.forget(saved.notebook);
    session.moveTo(saved.notebook, saved.cells);
    const editor = vscode.window.visibleNotebookEditors.find(({ notebook }) => notebook === saved.notebook);
    if (editor) void this.select(editor);
  }
}

function isInTab(notebook: vscode.NotebookDocument): boolean {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(
    ({ input }) => input instanceof vscode.TabInputNotebook && input.uri.toString() === notebook.uri.toString(),
  );
}
