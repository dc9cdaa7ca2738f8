/** @file One notebook's runs: its queue of cells, its session process, and what each cell shows of its last run. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { ProgressDisplay } from "../../protocol/display.ts";
import type { FactsAnswer, FactsRequest, TileAnswer, TileRequest } from "../../protocol/exploring.ts";
import { graphicsBundle } from "../../protocol/graphics-display.ts";
import type { CellIdentity, CellOutput, ErrorReport } from "../../protocol/session.ts";
import type { VariablesAnswer, VariableTextAnswer } from "../../protocol/variables.ts";
import { type Evaluated, evaluateWith, type ProgressWatcher } from "../client/evaluate.ts";
import { FollowedProgress } from "../client/followed-progress.ts";
import type { InspectorConnection, InspectorHandlers, SessionClient, SessionState } from "../client/session-client.ts";
import type { Drawn } from "../graphics/pages.ts";
import type { ErrorMarks } from "./error-marks.ts";
import { folderOf } from "./folder.ts";
import { askPerson } from "./input.ts";
import { LostCells } from "./lost-cells.ts";
import type { NewSession } from "./new-session.ts";
import { offerCellsAbove, offerRestart, sayEnded } from "./offers.ts";
import { CellOutputs, errorOutput } from "./outputs.ts";
import { liveSettings } from "./settings.ts";

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
  readonly newSession: NewSession;
}

/** A cell that runs, for the status bar. */
export interface RunningCell {
  /** "cell 3". */
  readonly number: number;
  readonly cell: vscode.NotebookCell;
  /** As `Date.now()` counts. */
  readonly startTime: number;
  readonly progress: ProgressDisplay | undefined;
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
  /** Of its long work. */
  readonly progress: FollowedProgress;
}

/** Not deleted. */
const isThere = ({ index }: vscode.NotebookCell): boolean => index >= 0;

export class NotebookSession implements vscode.Disposable {
  #notebook: vscode.NotebookDocument;
  readonly #controller: vscode.NotebookController;
  readonly #marks: ErrorMarks;
  readonly #isSelected: (notebook: vscode.NotebookDocument) => boolean;
  readonly #newSession: NewSession;
  readonly #queue: vscode.NotebookCellExecution[] = [];
  readonly #runs = new Map<vscode.NotebookCell, Run>();
  /** The URI of the cell that took a cell's place, by the one under which the process knows it. */
  readonly #movedTo = new Map<string, string>();
  readonly #stateChanged = new vscode.EventEmitter<void>();
  /** One client per process, so that a fresh process reads the settings afresh. */
  #client: SessionClient | undefined;
  #running: Run | undefined;
  #lastOrder = 0;
  /** Settled when the queue is empty; undefined while nothing runs. */
  #drained: Promise<void> | undefined;
  readonly #lost = new LostCells();
  /** An interrupt was sent and is not answered yet. */
  #stopping = false;
  #offeringRestart = false;

  readonly onDidChangeState = this.#stateChanged.event;

  constructor({ notebook, controller, marks, isSelected, newSession }: NotebookSessionOptions) {
    this.#notebook = notebook;
    this.#controller = controller;
    this.#marks = marks;
    this.#isSelected = isSelected;
    this.#newSession = newSession;
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

  get running(): RunningCell | undefined {
    const run = this.#running;
    if (!run) return undefined;
    const { cell, order: number, startTime, progress } = run;
    return { number, cell, startTime, progress: progress.display };
  }

  /** Undefined without a process, and when an interrupt got in the way. */
  async variables(): Promise<VariablesAnswer | undefined> {
    return this.#client?.variables();
  }

  /** One variable written out. */
  async variableText(name: string): Promise<VariableTextAnswer | undefined> {
    return this.#client?.variableText(name);
  }

  /** Starts the process unless it runs already. */
  async open(): Promise<void> {
    this.#client ??= this.#start();
    await this.#client.start();
  }

  /** Connects a debugger; undefined without a process. */
  inspect(handlers: InspectorHandlers): InspectorConnection | undefined {
    return this.#client?.inspect(handlers);
  }

  /** The value of an expression, which sees the session's variables. It runs when no cell does. */
  async evaluate(expression: string, watch?: ProgressWatcher): Promise<Evaluated> {
    this.#client ??= this.#start();
    const uri = this.#notebook.uri.toString();
    return evaluateWith(this.#client, { uri, number: 0, code: expression, expression: true }, watch);
  }

  /** Unlike `interrupt` it leaves the cells that wait. */
  async stopEvaluation(): Promise<boolean> {
    return (await this.#client?.interrupt()) ?? true;
  }

  async tile(request: TileRequest): Promise<TileAnswer | undefined> {
    return this.#client?.tile(request);
  }

  async facts(request: FactsRequest): Promise<FactsAnswer | undefined> {
    return this.#client?.facts(request);
  }

  /** Runs cells after those already queued. The first that fails cancels the rest. Resolves when none is left. */
  async run(cells: readonly vscode.NotebookCell[]): Promise<void> {
    const [first] = cells;
    if (first && this.#missingAbove(first, cells).length > 0 && this.#lost.takeOffer()) void this.#offerAbove(first);
    // Made now, not when their turn comes: VS Code shows a cell that has an execution as waiting.
    this.#queue.push(...cells.map((cell) => this.#controller.createNotebookCellExecution(cell)));
    // Whoever began to empty the queue goes on to these.
    if (this.#drained) return;
    this.#drained = this.#drain();
    await this.#drained;
  }

  async #drain(): Promise<void> {
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        // VS Code tells of a running cell that is deleted, not of a waiting one.
        if (!isThere(next.cell)) next.end(undefined);
        else if (!(await this.#runOne(next))) this.#cancelQueue();
      }
    } finally {
      this.#drained = undefined;
    }
  }

  /** Runs those above that have run before, be it in a session that is gone. Says whether there are any. */
  runAbove(index: number): boolean {
    const ran = [...this.#runs.values()].filter(({ cell, end }) => end?.success && isThere(cell) && cell.index < index);
    const cells = new Set([...this.#lost.above(index), ...ran.map(({ cell }) => cell)]);
    void this.#runAgain([...cells].sort((a, b) => a.index - b.index));
    return cells.size > 0;
  }

  /** Stops the running cell and forgets the waiting ones; variables are kept. Asked again meanwhile, offers a restart. */
  async interrupt(): Promise<void> {
    // VS Code also interrupts when it is the running cell that was deleted. Those that wait have nothing to do with that.
    if (!this.#running || isThere(this.#running.cell)) this.#cancelQueue();
    if (this.#stopping) {
      await this.#offerRestart("The cell has not stopped yet.");
      return;
    }
    this.#stopping = true;
    const stopped = (await this.#client?.interrupt()) ?? true;
    this.#stopping = false;
    if (!stopped) await this.#offerRestart("The cell sits in a call that cannot be interrupted.");
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
    this.#lost.moveTo(cells);
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    for (const run of runs) {
      const cell = cells.get(run.cell);
      if (!cell) continue;
      run.cell = cell;
      // The document has copies of what was shown: later output goes below them.
      run.outputs = new CellOutputs(cell.outputs);
      if (run.end) this.#endLateExecution(run);
      else run.execution = undefined;
      this.#runs.set(cell, run);
    }
    this.#stateChanged.fire();
  }

  /** The person changed a setting: what can hold at once does. */
  settingsChanged(): void {
    this.#client?.changeSettings(liveSettings(this.#notebook));
  }

  dispose(): void {
    void this.restart();
    this.#stateChanged.dispose();
  }

  #forgetClient(): void {
    this.#client = undefined;
    this.#lastOrder = 0;
    const succeeded = [...this.#runs.values()].filter(({ end }) => end?.success);
    this.#lost.add(succeeded.map(({ cell }) => cell));
    this.#stateChanged.fire();
  }

  #cancelQueue(): void {
    for (const execution of this.#queue.splice(0)) execution.end(undefined);
  }

  async #offerRestart(problem: string): Promise<void> {
    if (this.#offeringRestart) return;
    this.#offeringRestart = true;
    const running = this.#running;
    const chosen = await offerRestart(problem);
    this.#offeringRestart = false;
    if (!chosen) return;
    // Nothing is in the way any more that variables should be given up for.
    if (running && running !== this.#running) {
      vscode.window.setStatusBarMessage("Cotangent: the cell has stopped meanwhile; its variables are kept.", 5000);
    } else await this.restart();
  }

  /** Lost cells above this one that are not about to run. */
  #missingAbove(cell: vscode.NotebookCell, coming: readonly vscode.NotebookCell[] = []): vscode.NotebookCell[] {
    const waiting = new Set([...coming, ...this.#queue.map((execution) => execution.cell)]);
    return this.#lost.above(cell.index).filter((above) => !waiting.has(above));
  }

  /** The cell has had its run by the time of the answer, without what it needed: so it runs again as well. */
  async #offerAbove(cell: vscode.NotebookCell): Promise<void> {
    if (!(await offerCellsAbove(this.#missingAbove(cell).length))) return;
    // Who answers at once does so while it still runs.
    await this.#drained;
    await this.#runAgain([...this.#missingAbove(cell), cell]);
  }

  /** Runs cells of our own choice; VS Code allows one execution per cell. */
  async #runAgain(cells: readonly vscode.NotebookCell[]): Promise<void> {
    const busy = new Set([this.#running?.cell, ...this.#queue.map(({ cell }) => cell)]);
    const free = cells.filter((cell) => isThere(cell) && !busy.has(cell));
    for (const cell of free) this.#endLateExecution(this.#runs.get(cell));
    await this.run(free);
  }

  #start(): SessionClient {
    const notebook = () => this.#notebook;
    const client = this.#newSession({
      uri: this.#notebook.uri,
      directory: folderOf(this.#notebook),
      restart: () => this.restart(),
      place: {
        get notebook() {
          return notebook();
        },
        draw: () => this.#drawGraphics(),
      },
    });
    client.onDidChangeState(() => this.#stateChanged.fire());
    client.onDidCrash(({ message }) => {
      if (this.#client !== client || this.#running) return;
      this.#forgetClient();
      sayEnded(this.#notebook, message);
    });
    return client;
  }

  /** Whether the cells that wait now are to run. */
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
    const [outputs, progress] = [new CellOutputs(), new FollowedProgress()];
    const run: Run = { cell, order: ++this.#lastOrder, outputs, progress, execution, startTime };
    this.#runs.set(cell, run);
    this.#running = run;
    this.#lost.remove(cell);
    execution.executionOrder = run.order;
    const { status } = await client.execute(
      { uri: cell.document.uri.toString(), number: run.order, code: cell.document.getText() },
      { onOutput: (output) => this.#show(run, output), onInput: askPerson },
    );
    this.#running = undefined;
    if (status === "crashed" && this.#client === client) {
      this.#forgetClient();
      void client.dispose();
    }
    // Neither right nor wrong when the person restarted the session under it.
    const success = status === "stopped" ? undefined : status === "ok";
    run.end = { success, time: Date.now() };
    // The one that showed output in the notebook's copy meanwhile ends with it.
    if (run.execution !== execution) this.#endLateExecution(run);
    run.execution = undefined;
    execution.end(success, run.end.time);
    // The notebook was saved under a name meanwhile: the cell now on screen is to show the end as well.
    if (run.cell !== cell) run.execution = this.#lateExecution(run);
    // A restart has cancelled what waited then; what came since is for the fresh session.
    return status === "ok" || status === "stopped" || !isThere(run.cell);
  }

  #show(run: Run, output: CellOutput): void {
    run.progress.note(output);
    if (output.kind === "update" || output.kind === "remove") {
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

  /** A line that says where is computed, and that loads our renderer: see `NotebookPlace`. */
  #drawGraphics(): Drawn | undefined {
    const run = this.#running;
    if (!run) return undefined;
    const displayId = `graphics-${randomUUID()}`;
    this.#show(run, { kind: "display", displayId, bundle: graphicsBundle() });
    return { cell: run.cell, takeAway: () => this.#show(run, { kind: "remove", displayId }) };
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
    if (waiting || !isThere(run.cell) || !this.#isSelected(this.#notebook)) return undefined;
    if (this.#notebook.isClosed) return undefined;
    const execution = this.#controller.createNotebookCellExecution(run.cell);
    execution.executionOrder = run.order;
    execution.start(run.startTime);
    setTimeout(() => {
      if (run.execution === execution) this.#endLateExecution(run);
    }, LATE_OUTPUT_MS);
    return execution;
  }

  #endLateExecution(run: Run | undefined): void {
    run?.execution?.end(run.end?.success, run.end?.time);
    if (run) run.execution = undefined;
  }
}
