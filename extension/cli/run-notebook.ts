/** @file Executes the code cells of a notebook, one after the other, until one fails. */
import { pathToFileURL } from "node:url";
import type { ProgressDisplay } from "../../protocol/display.ts";
import type { CellOutput, InputAnswer, InputRequest } from "../../protocol/session.ts";
import { progressIn } from "../client/followed-progress.ts";
import type { ExecutionResult, SessionClient } from "../client/session-client.ts";
import { CellOutputs } from "./cell-outputs.ts";
import { type Cell, isOurLanguage, joined, type MimeData, type Notebook } from "./notebook-file.ts";

export interface Progress {
  /** A heading, or other text between cells. */
  prose(source: string): void;
  started(number: number, code: string): void;
  /** How far long work of the cell is; undefined when it is over. */
  progressed(number: number, code: string, display: ProgressDisplay | undefined): void;
  finished(number: number, code: string, outputs: readonly CellOutput[], result: ExecutionResult): void;
}

export interface RunOptions {
  readonly notebook: Notebook;
  readonly file: string;
  readonly session: SessionClient;
  readonly progress: Progress;
  /** Answers what a cell asks. */
  readonly ask: (request: InputRequest) => Promise<InputAnswer>;
  readonly timeoutSeconds?: number;
}

export interface NotebookRun {
  readonly cells: number;
  /** Why it stopped before the end; undefined when all cells ran. */
  readonly failure?: string;
}

/** Fills in the outputs of `notebook`. */
export async function runNotebook(options: RunOptions): Promise<NotebookRun> {
  const { notebook, progress } = options;
  const displays = new Map<string, { data: MimeData }>();
  let number = 0;
  let failure: string | undefined;
  for (const cell of notebook.cells) {
    if (cell.cell_type === "markdown" && failure === undefined) progress.prose(joined(cell.source));
    if (cell.cell_type !== "code") continue;
    // What an earlier run left is not of this run.
    cell.outputs = [];
    cell.execution_count = null;
    if (failure !== undefined || joined(cell.source).trim() === "") continue;
    failure = await runCell(cell, ++number, displays, options);
  }
  return { cells: number, failure };
}

async function runCell(
  cell: Cell,
  number: number,
  displays: Map<string, { data: MimeData }>,
  { file, session, progress, ask, timeoutSeconds }: RunOptions,
): Promise<string | undefined> {
  const language = cell.metadata.vscode?.languageId;
  if (language !== undefined && !isOurLanguage(language)) {
    return `Cell ${number} is in ${language}, and Cotangent runs TypeScript. Change the cell's language or remove it.`;
  }
  const code = joined(cell.source);
  const collected = new CellOutputs(number, displays);
  const shown: CellOutput[] = [];
  cell.execution_count = number;
  cell.outputs = collected.outputs;
  let overdue = false;
  const timer = setTimeout(
    async () => {
      overdue = true;
      if (!(await session.interrupt())) await session.dispose();
    },
    (timeoutSeconds ?? 0) * 1000,
  );
  if (timeoutSeconds === undefined) clearTimeout(timer);
  progress.started(number, code);
  const result = await session.execute(
    { uri: `${pathToFileURL(file).href}#${cell.id}`, number, code },
    {
      onOutput(output) {
        keep(shown, output);
        collected.add(output);
        const display = progressIn(output);
        if (display || output.kind === "remove") progress.progressed(number, code, display);
      },
      onInput: ask,
    },
  );
  clearTimeout(timer);
  progress.finished(number, code, shown, result);
  if (result.status === "ok") return undefined;
  if (overdue) return `Cell ${number} ran longer than ${timeoutSeconds} s and was stopped.`;
  return result.status === "error" ? `Cell ${number} failed.` : `Cell ${number} was stopped (${result.status}).`;
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
