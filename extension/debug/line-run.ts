/** @file "Run by Line": a cell that stops at each of its own lines, whatever it calls. */
import * as vscode from "vscode";

/** The context key that lists the cells that stand at a line. */
const CELLS_AT_A_LINE = "cotangent.cellsAtALine";

/** Of the debug adapter protocol, as far as it matters here. */
export interface StoppedEvent {
  readonly reason: string;
  readonly threadId: number;
}
interface StackTrace {
  readonly stackFrames: readonly { readonly line: number; readonly source?: { readonly path?: string } }[];
}

export class LineRun {
  readonly #target: vscode.DebugSession;
  readonly #cell: string;
  /** Undefined while the cell does not stand. */
  #threadId: number | undefined;
  #line: number | undefined;
  #ended = false;

  constructor(target: vscode.DebugSession, cell: vscode.NotebookCell) {
    this.#target = target;
    this.#cell = cell.document.uri.toString();
  }

  /** The line at which the cell stands, counted from 1; undefined while it runs. */
  get line(): number | undefined {
    return this.#threadId === undefined ? undefined : this.#line;
  }

  /** From now on the first code of a person that runs is stopped. */
  async begin(): Promise<void> {
    const { threads } = (await this.#target.customRequest("threads")) as { threads: readonly { id: number }[] };
    await this.#target.customRequest("pause", { threadId: threads[0].id });
  }

  async next(): Promise<void> {
    if (this.#threadId === undefined) return;
    const threadId = this.#threadId;
    this.#setThread(undefined);
    await this.#target.customRequest("next", { threadId });
  }

  /** The debugger stopped somewhere. */
  async stopped({ reason, threadId }: StoppedEvent): Promise<void> {
    const trace = (await this.#target.customRequest("stackTrace", { threadId, levels: 1 })) as StackTrace;
    if (this.#ended) return;
    const [{ line, source }] = trace.stackFrames;
    if (source?.path !== this.#cell) {
      // A breakpoint elsewhere is one; a step that left the cell goes on until it is back.
      if (reason === "step" || reason === "pause") await this.#target.customRequest("stepOut", { threadId });
    } else if (reason === "step" && line === this.#line) {
      // What an `await` waited for has come, or a part of the line is done.
      await this.#target.customRequest("next", { threadId });
    } else {
      this.#line = line;
      this.#setThread(threadId);
    }
  }

  end(): void {
    this.#ended = true;
    this.#setThread(undefined);
  }

  #setThread(threadId: number | undefined): void {
    this.#threadId = threadId;
    const cells = threadId === undefined ? undefined : [vscode.Uri.parse(this.#cell)];
    void vscode.commands.executeCommand("setContext", CELLS_AT_A_LINE, cells);
  }
}
