/** @file One notebook's runs: its queue of cells, its session process, and what each cell shows of its last run. */
import * as vscode from "vscode";
import type { CellIdentity, CellOutput, ErrorReport } from "../../protocol/session.ts";
import type { VariablesAnswer, VariableTextAnswer } from "../../protocol/variables.ts";
import { SessionClient, type SessionState } from "../client/session-client.ts";
import type { ErrorMarks } from "./error-marks.ts";
import { folderOf } from "./folder.ts";
import { askPerson } from "./input.ts";
import { CellOutputs, errorOutput } from "./outputs.ts";

/** A cell may be plain JavaScript too: TypeScript without types. */
export const LANGUAGES: readonly string[] = ["typescript", "javascript"];

/** Output that comes in bursts after a cell's end shares one execution. */
const LATE_OUTPUT_MS = 50;

interface NotebookSessionOptions {
  readonly notebook: vscode.NotebookDocument;
  readonly controller: vscode.NotebookController;
  readonly marks: ErrorMarks;
  /** Whether the notebook has chosen the controller: VS Code refuses executions to one that has not. */
  readonly isSelected: (notebook: vscode.NotebookDocument) => boolean;
  /** The built session process. */
  readonly sessionPath: string;
}

/** The last run of a cell. */
interface Run {
  /** Another document's cell once the notebook was saved under a name; so are the outputs. */
  cell: vscode.NotebookCell;
  readonly order: number;
  outputs: CellOutputs;
  /** VS Code takes outputs only inside an execution. Absent once the run is over. */
  execution: vscode.NotebookCellExecution | undefined;
  /** Set once the run is over. */
  end?: { readonly success: boolean | undefined; readonly time: number };
  readonly startTime: number;
}

export class NotebookSession implements vscode.Disposable {
  #notebook: vscode.NotebookDocument;
  readonly #controller: vscode.NotebookController;
  readonly #marks: ErrorMarks;
  readonly #isSelected: (notebook: vscode.NotebookDocument) => boolean;
  readonly #sessionPath: string;
  readonly #queue: vscode.NotebookCellExecution[] = [];
  readonly #runs = new Map<vscode.NotebookCell, Run>();
  /** The URI of the cell that took a cell's place, by the one under which the process knows it. */
  readonly #movedTo = new Map<string, string>();
  readonly #stateChanged = new vscode.EventEmitter<void>();
  /** One client per process, so that a fresh process reads the settings afresh. */
  #client: SessionClient | undefined;
  #lastOrder = 0;
  #draining = false;

  readonly onDidChangeState = this.#stateChanged.event;

  constructor({ notebook, controller, marks, isSelected, sessionPath }: NotebookSessionOptions) {
    this.#notebook = notebook;
    this.#controller = controller;
    this.#marks = marks;
    this.#isSelected = isSelected;
    this.#sessionPath = sessionPath;
  }

  /** The one it runs for now. */
  get notebook(): vscode.NotebookDocument {
    return this.#notebook;
  }

  get state(): SessionState {
    return this.#client?.state ?? "stopped";
  }

  /** Of the session process; undefined when there is none. */
  get pid(): number | undefined {
    return this.#client?.pid;
  }

  /** Undefined without a process, and when an interrupt got in the way. */
  async variables(): Promise<VariablesAnswer | undefined> {
    return this.#client?.variables();
  }

  /** One variable written out. */
  async variableText(name: string): Promise<VariableTextAnswer | undefined> {
    return this.#client?.variableText(name);
  }

  /** Runs cells after those already queued. The first that fails cancels the rest. */
  async run(cells: readonly vscode.NotebookCell[]): Promise<void> {
    // Made now, not when their turn comes: VS Code shows a cell that has an execution as waiting.
    this.#queue.push(...cells.map((cell) => this.#controller.createNotebookCellExecution(cell)));
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        if (!(await this.#runOne(next))) this.#cancelQueue();
      }
    } finally {
      this.#draining = false;
    }
  }

  /** Stops the running cell and forgets the waiting ones; variables are kept. */
  async interrupt(): Promise<void> {
    this.#cancelQueue();
    const stopped = (await this.#client?.interrupt()) ?? true;
    if (stopped) return;
    const restart = "Restart Session";
    const chosen = await vscode.window.showWarningMessage(
      "The cell sits in a call that cannot be interrupted. Wait for it, or restart the session; its variables are then gone.",
      restart,
    );
    if (chosen === restart) await this.restart();
  }

  /** Ends the process, and with it every variable. The next run starts a fresh one. */
  async restart(): Promise<void> {
    this.#cancelQueue();
    this.#marks.clearAll(this.#notebook);
    const client = this.#client;
    this.#forgetClient();
    await client?.dispose();
  }

  /**
   * Goes on for the document that the notebook was saved as; `cells` maps the old cells to its own. The process keeps
   * the directory it was started in, as a running program does; a restarted one starts beside the new file.
   */
  moveTo(notebook: vscode.NotebookDocument, cells: ReadonlyMap<vscode.NotebookCell, vscode.NotebookCell>): void {
    this.#cancelQueue();
    this.#notebook = notebook;
    for (const [before, cell] of cells) {
      this.#movedTo.set(before.document.uri.toString(), cell.document.uri.toString());
    }
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    for (const run of runs) {
      const cell = cells.get(run.cell);
      if (!cell) continue;
      run.cell = cell;
      // The document has copies of what was shown: later output goes below them.
      run.outputs = new CellOutputs();
      run.execution = undefined;
      this.#runs.set(cell, run);
    }
    this.#stateChanged.fire();
  }

  dispose(): void {
    void this.restart();
    this.#stateChanged.dispose();
  }

  #forgetClient(): void {
    this.#client = undefined;
    this.#lastOrder = 0;
    this.#stateChanged.fire();
  }

  #cancelQueue(): void {
    for (const execution of this.#queue.splice(0)) execution.end(undefined);
  }

  #start(): SessionClient {
    const { uri } = this.#notebook;
    const settings = vscode.workspace.getConfiguration("cotangent", uri);
    const client = new SessionClient({
      sessionPath: this.#sessionPath,
      directory: folderOf(this.#notebook),
      memoryLimitMB: settings.get("memoryLimitMB"),
      // 0 leaves it to the kernel.
      threads: settings.get<number>("threads") || undefined,
    });
    client.onDidChangeState(() => this.#stateChanged.fire());
    return client;
  }

  /** Whether the cell succeeded. */
  async #runOne(execution: vscode.NotebookCellExecution): Promise<boolean> {
    const { cell } = execution;
    const startTime = Date.now();
    this.#marks.clear(cell);
    execution.start(startTime);
    void execution.clearOutput();

    const { languageId } = cell.document;
    if (!LANGUAGES.includes(languageId)) {
      const message =
        `This cell's language is ${languageId}, and Cotangent runs TypeScript. ` +
        "Change the language at the cell's lower right corner, or choose another kernel at the notebook's upper right.";
      const name = "Not TypeScript";
      void execution.appendOutput(errorOutput({ name, message, stack: [] }));
      execution.end(false, Date.now());
      return false;
    }

    this.#client ??= this.#start();
    const client = this.#client;
    const run: Run = { cell, order: ++this.#lastOrder, outputs: new CellOutputs(), execution, startTime };
    this.#runs.set(cell, run);
    execution.executionOrder = run.order;
    const { status } = await client.execute(
      { uri: cell.document.uri.toString(), number: run.order, code: cell.document.getText() },
      { onOutput: (output) => this.#show(run, output), onInput: askPerson },
    );
    if (status === "crashed" && this.#client === client) {
      this.#forgetClient();
      void client.dispose();
    }
    // Neither right nor wrong when the person restarted the session under it.
    const success = status === "stopped" ? undefined : status === "ok";
    run.end = { success, time: Date.now() };
    run.execution = undefined;
    execution.end(success, run.end.time);
    // The notebook was saved under a name meanwhile: the cell now on screen is to show the end as well.
    if (run.cell !== cell) run.execution = this.#lateExecution(run);
    return status === "ok";
  }

  #show(run: Run, output: CellOutput): void {
    if (output.kind === "update") {
      const shownBy = [...this.#runs.values()].find(({ outputs }) => outputs.has(output.displayId));
      if (shownBy) this.#add(shownBy, output);
      return;
    }
    if (output.kind === "error") {
      const error = this.#placed(output.error);
      this.#marks.mark(run.cell, error);
      this.#add(run, { kind: "error", error });
    } else this.#add(run, output);
  }

  /** The error with its places in the cells that are now where they were. */
  #placed(error: ErrorReport): ErrorReport {
    if (this.#movedTo.size === 0) return error;
    const move = <T extends { readonly cell?: CellIdentity }>(place: T): T => {
      if (!place.cell) return place;
      let { uri } = place.cell;
      for (let next = this.#movedTo.get(uri); next; next = this.#movedTo.get(uri)) uri = next;
      return { ...place, cell: { ...place.cell, uri } };
    };
    return {
      ...error,
      location: error.location && move(error.location),
      stack: error.stack.map(move),
      cause: error.cause && this.#placed(error.cause),
      errors: error.errors?.map((part) => this.#placed(part)),
    };
  }

  #add(run: Run, output: CellOutput): void {
    // A later run of the cell has its place; a timer that an earlier one left behind still speaks there.
    const shown = this.#runs.get(run.cell) ?? run;
    shown.execution ??= this.#lateExecution(shown);
    if (shown.execution) shown.outputs.add(shown.execution, output);
  }

  /** An execution for output that comes when the cell is done; the cell keeps the number and the time of its run. */
  #lateExecution(run: Run): vscode.NotebookCellExecution | undefined {
    const waiting = this.#queue.some(({ cell }) => cell === run.cell);
    // A cell that waits to run again is about to be cleared, and VS Code allows one execution per cell.
    if (waiting || run.cell.index < 0 || !this.#isSelected(this.#notebook)) return undefined;
    if (this.#notebook.isClosed) return undefined;
    const execution = this.#controller.createNotebookCellExecution(run.cell);
    execution.executionOrder = run.order;
    execution.start(run.startTime);
    setTimeout(() => {
      if (run.execution === execution) run.execution = undefined;
      execution.end(run.end?.success, run.end?.time);
    }, LATE_OUTPUT_MS);
    return execution;
  }
}
