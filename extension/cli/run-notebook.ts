/** @file Executes the code cells of a notebook, one after the other. */
import { pathToFileURL } from "node:url";
import type { ProgressDisplay } from "../../protocol/display.ts";
import type { CellOutput, InputAnswer, InputRequest } from "../../protocol/session.ts";
import { progressIn } from "../client/followed-progress.ts";
import type { ExecutionResult, SessionClient } from "../client/session-client.ts";
import { CellOutputs } from "./cell-outputs.ts";
import {
  foreignLanguage,
  joined,
  type MimeData,
  type Notebook,
  type NumberedCell,
  numberedCells,
} from "./notebook-file.ts";

export interface Progress {
  /** A heading, or other text between cells. */
  prose(source: string): void;
  started(cell: NumberedCell, cells: number): void;
  /** How far long work of the cell is; undefined when it is over. */
  progressed(display: ProgressDisplay | undefined): void;
  finished(cell: NumberedCell, outputs: readonly CellOutput[], result: ExecutionResult): void;
}

export interface RunOptions {
  readonly notebook: Notebook;
  readonly file: string;
  readonly session: SessionClient;
  readonly progress: Progress;
  /** Answers what a cell asks. */
  readonly ask: (request: InputRequest) => Promise<InputAnswer>;
  readonly timeoutSeconds?: number;
  /** Goes on after a cell that failed. */
  readonly allowErrors: boolean;
  /** Ends the run, and with it the session. */
  readonly interrupt: AbortSignal;
}

export interface NotebookRun {
  /** How many cells ran, to their end or to an error. */
  readonly cells: number;
  /** One sentence for each cell that failed. */
  readonly failures: readonly string[];
  /** The numbers of the cells that were not run. */
  readonly left: number;
}

/** How a cell ended. */
interface Outcome {
  readonly failure?: string;
  /** There is no session any more that could run the next cell. */
  readonly isLast?: boolean;
}

/** Fills in the outputs of `notebook`. */
export async function runNotebook(options: RunOptions): Promise<NotebookRun> {
  const { notebook, progress, allowErrors, interrupt } = options;
  const numbered = numberedCells(notebook.cells);
  const byCell = new Map(numbered.map((each) => [each.cell, each]));
  const displays = new Map<string, { data: MimeData }>();
  const failures: string[] = [];
  let cells = 0;
  let goesOn = true;
  // What an earlier run left is not of this run.
  for (const cell of notebook.cells.filter(({ cell_type }) => cell_type === "code")) {
    cell.outputs = [];
    cell.execution_count = null;
  }
  for (const cell of notebook.cells) {
    if (!goesOn || interrupt.aborted) break;
    if (cell.cell_type === "markdown") progress.prose(joined(cell.source));
    const next = byCell.get(cell);
    if (!next) continue;
    const { failure, isLast = false } = await runCell(next, numbered.length, displays, options);
    cells++;
    if (failure !== undefined) failures.push(failure);
    goesOn = !isLast && (failure === undefined || allowErrors);
  }
  return { cells, failures, left: numbered.length - cells };
}

async function runCell(
  numbered: NumberedCell,
  cells: number,
  displays: Map<string, { data: MimeData }>,
  { file, session, progress, ask, timeoutSeconds, interrupt }: RunOptions,
): Promise<Outcome> {
  const { cell, number, code } = numbered;
  const collected = new CellOutputs(number, displays);
  const shown: CellOutput[] = [];
  cell.execution_count = number;
  cell.outputs = collected.outputs;
  const show = (output: CellOutput) => {
    keep(shown, output);
    collected.add(output);
    const display = progressIn(output);
    if (display || output.kind === "remove") progress.progressed(display);
  };
  const foreign = foreignLanguage(numbered);
  if (foreign !== undefined) {
    show(errorOutput("LanguageError", foreign));
    progress.finished(numbered, shown, { status: "error", durationMs: 0 });
    return { failure: foreign };
  }
  const limit = new CellLimit(session, timeoutSeconds);
  const stop = () => void session.dispose();
  interrupt.addEventListener("abort", stop);
  progress.started(numbered, cells);
  const result = await session.execute(
    { uri: `${pathToFileURL(file).href}#${cell.id}`, number, code },
    // The start of the session is no time of the cell.
    { onStart: () => limit.start(), onOutput: show, onInput: ask },
  );
  limit.end();
  interrupt.removeEventListener("abort", stop);
  const outcome = outcomeOf(number, result, { interrupt, limit });
  const { failure } = outcome;
  // What the session says by itself, an error of the cell or the crash, is there already.
  if (failure !== undefined && result.status !== "error" && result.status !== "crashed") {
    show(errorOutput(limit.isOver ? "TimeoutError" : "Interrupted", failure));
  }
  progress.finished(numbered, shown, result);
  return outcome;
}

/** How long a cell may take. */
class CellLimit {
  readonly seconds: number | undefined;
  isOver = false;
  readonly #session: SessionClient;
  #timer: NodeJS.Timeout | undefined;

  constructor(session: SessionClient, seconds: number | undefined) {
    this.#session = session;
    this.seconds = seconds;
  }

  start(): void {
    if (this.seconds === undefined) return;
    this.#timer = setTimeout(async () => {
      this.isOver = true;
      // A native call does not end by itself.
      if (!(await this.#session.interrupt())) await this.#session.dispose();
    }, this.seconds * 1000);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function outcomeOf(
  number: number,
  { status, crash }: ExecutionResult,
  { interrupt, limit }: { readonly interrupt: AbortSignal; readonly limit: CellLimit },
): Outcome {
  if (status === "ok") return {};
  // A terminal sends Ctrl-C to the session too, which may die of it before we have heard of it ourselves.
  if (interrupt.aborted || crash?.signal === "SIGINT") {
    return { failure: `Cell ${number} was interrupted.`, isLast: true };
  }
  if (limit.isOver) {
    return {
      failure: `Cell ${number} ran longer than ${limit.seconds} s and was stopped.`,
      isLast: status === "stopped",
    };
  }
  if (status === "error") return { failure: `Cell ${number} failed.` };
  return { failure: `Cell ${number} was stopped (${status}).`, isLast: true };
}

function errorOutput(name: string, message: string): CellOutput {
  return { kind: "error", error: { name, message, stack: [], text: `${name}: ${message}` } };
}

/** What is printed when the cell is done is what it left: of a display, its last state. */
function keep(shown: CellOutput[], output: CellOutput): void {
  if (output.kind === "clear") {
    shown.length = 0;
    return;
  }
  const place =
    output.kind === "update" || output.kind === "remove"
      ? shown.findIndex((each) => each.kind === "display" && each.displayId === output.displayId)
      : -1;
  if (place < 0) shown.push(output);
  else if (output.kind === "update") shown[place] = { ...output, kind: "display" };
  else shown.splice(place, 1);
}
