/** @file Runs cells, one after the other, on this thread: rewrites, evaluates, and says what came of it. */
import type { DoneStatus, ErrorReport, SourceLocation } from "../../protocol/session.ts";
import { cellFileUrl } from "../debug/cell-file.ts";
import type { Displays } from "./displays.ts";
import { CompileError, compile, declareVariables } from "./evaluator.ts";
import { withLibrary } from "./expression.ts";
import { installHooks } from "./hooks.ts";
import type { Modules } from "./modules.ts";
import type { Outbox } from "./outbox.ts";
import type { Bars } from "./progress/bars.ts";
import type { SupervisorToMain } from "./relay.ts";
import { locate, reportOf, syntaxReport } from "./report.ts";
import type { NameKind } from "./rewrite/names.ts";
import { Lines, type Position } from "./rewrite/positions.ts";
import { CellSyntaxError } from "./rewrite/problems.ts";
import type { rewriteCell } from "./rewrite/rewrite.ts";
import { forgetCurrentRun, interruptAllRuns, Run, startRun } from "./run.ts";
import { type OwnSource, registerSource } from "./stack.ts";

export interface CellsOptions {
  readonly outbox: Outbox;
  readonly rewriteCell: typeof rewriteCell;
  readonly displays: Displays;
  readonly bars: Bars;
  readonly modules: Modules;
  /** The notebook's. */
  readonly folder: string;
  /** `import.meta` of its cells. */
  readonly meta: object;
  /** What `cotangent` exports. */
  readonly library: ReadonlySet<string>;
  /** Said once, by the first cell. */
  readonly notice?: string | undefined;
}

type Execute = Extract<SupervisorToMain, { type: "execute" }>;

export class Cells {
  readonly #outbox: Outbox;
  readonly #rewriteCell: typeof rewriteCell;
  readonly #bars: Bars;
  readonly #library: ReadonlySet<string>;
  readonly #names = new Map<string, NameKind>();
  readonly #debugged = new WeakMap<Promise<unknown>, Run>();
  #notice: string | undefined;
  #running: Run | undefined;
  /** When the result of the running cell is shown, if its numbers come later: so long the cell runs. */
  #late: Promise<void> | undefined;

  constructor({ outbox, rewriteCell, displays, bars, modules, folder, meta, library, notice }: CellsOptions) {
    this.#notice = notice;
    this.#outbox = outbox;
    this.#rewriteCell = rewriteCell;
    this.#bars = bars;
    this.#library = library;
    installHooks({
      load: (specifier) => modules.load(specifier, folder),
      result: (executionId, value) => {
        if (this.#running?.id === executionId) this.#late = displays.showResult(this.#running, value);
      },
      meta,
    });
  }

  /** The session's variables and how they were declared last, in the order of their first declarations. */
  get names(): ReadonlyMap<string, NameKind> {
    return this.#names;
  }

  execute({ id, cell, code, expression, debugged }: Execute): void {
    const run = new Run(id, cell);
    this.#running = run;
    if (this.#notice !== undefined) this.#outbox.show(run, { kind: "stream", stream: "stderr", text: this.#notice });
    this.#notice = undefined;
    const text = expression ? withLibrary(code, this.#names, this.#library) : code;
    const source: OwnSource = { cell, run, text, toSource: (position) => position };
    try {
      const start = this.#prepare(run, source);
      this.#late = undefined;
      const fail = (thrown: unknown) => this.#fail(run, reportOf(thrown, waitingPlace(run, source)));
      const finish = () => {
        const done = () => this.#finish(run, "ok");
        return this.#late === undefined ? done() : this.#late.then(done, fail);
      };
      if (debugged) this.#startOpenly(run, () => start().then(finish));
      else startRun(run, () => void start().then(finish, fail));
    } catch (error) {
      this.#fail(run, error instanceof CellSyntaxError ? syntaxReport(error, source) : reportOf(error));
    }
  }

  /**
   * To a debugger an error is uncaught, and a reason to stop, only if nobody will handle it: no handler of ours, and no
   * `try` of Node's on the stack. What then becomes of the error is up to `rejected`.
   */
  #startOpenly(run: Run, start: () => Promise<void>): void {
    void Promise.resolve().then(() => startRun(run, () => this.#debugged.set(start(), run)));
  }

  /** Whether the unhandled rejection of `promise` is the failure of a cell. */
  rejected(promise: Promise<unknown>, reason: unknown): boolean {
    const run = this.#debugged.get(promise);
    if (run) this.#fail(run, reportOf(reason));
    return run !== undefined;
  }

  /**
   * Ends the running cell here and now; what it left waiting stays where it is. With no cell running, ends what earlier
   * cells left behind.
   */
  interrupt(): void {
    forgetCurrentRun();
    if (this.#running) this.#finish(this.#running, "interrupted");
    else interruptAllRuns();
  }

  /** Everything that can be wrong with a cell before it runs. */
  #prepare(run: Run, source: OwnSource): () => Promise<void> {
    const { script, names, toCell, sourceMapComment } = this.#rewriteCell(source.text, run.id, this.#names);
    const url = `cell-${run.cell.number}-${run.id}.ts`;
    const mapped = script + sourceMapComment(cellFileUrl(run.cell.uri));
    const start = this.#compile(mapped, url, (position) => {
      return new Lines(source.text).offsetAt(toCell(position) ?? { line: 0, column: 0 });
    });
    registerSource(url, { ...source, toSource: toCell });
    declareVariables([...names.keys()].filter((name) => !this.#names.has(name)));
    for (const [name, kind] of names) this.#names.set(name, kind);
    return start;
  }

  #compile(script: string, url: string, toOffset: (position: Position) => number): () => Promise<void> {
    try {
      return compile(script, url);
    } catch (error) {
      if (!(error instanceof CompileError && error.position)) throw error;
      throw new CellSyntaxError([{ message: error.message, offset: toOffset(error.position) }]);
    }
  }

  #fail(run: Run, report: ErrorReport): void {
    if (run.finished) return;
    this.#outbox.show(run, { kind: "error", error: report });
    this.#finish(run, "error");
  }

  #finish(run: Run, status: DoneStatus): void {
    if (run.finished) return;
    this.#bars.runEnded(run, status);
    if (status === "interrupted") run.interrupt();
    this.#outbox.done(run, status);
    // Last, because a termination that strikes in here must find it unfinished, to be finished by the next try.
    run.finished = true;
    if (this.#running === run) this.#running = undefined;
  }
}

/** What fails without saying where, such as a promise made by Node, failed where the cell waits for it. */
function waitingPlace({ waitingAt }: Run, source: OwnSource): SourceLocation | undefined {
  return waitingAt === undefined ? undefined : locate(source, new Lines(source.text).positionAt(waitingAt));
}
