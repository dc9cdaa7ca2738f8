/** @file Runs cells, one after the other, on this thread: rewrites, evaluates, and says what came of it. */
import type { DoneStatus, ErrorReport, HostToSession, SourceLocation } from "../../protocol/session.ts";
import type { Displays } from "./displays.ts";
import { CompileError, compile, declareVariables } from "./evaluator.ts";
import { installHooks } from "./hooks.ts";
import type { Modules } from "./modules.ts";
import type { Outbox } from "./outbox.ts";
import { locate, reportOf, syntaxReport } from "./report.ts";
import type { NameKind } from "./rewrite/names.ts";
import { Lines, type Position } from "./rewrite/positions.ts";
import { CellSyntaxError } from "./rewrite/problems.ts";
import type { rewriteCell } from "./rewrite/rewrite.ts";
import { forgetCurrentRun, Run, startRun } from "./run.ts";
import { type OwnSource, registerSource } from "./stack.ts";

export interface CellsOptions {
  readonly outbox: Outbox;
  readonly rewriteCell: typeof rewriteCell;
  readonly displays: Displays;
  readonly modules: Modules;
  /** The notebook's. */
  readonly folder: string;
  /** `import.meta` of its cells. */
  readonly meta: object;
}

type Execute = Extract<HostToSession, { type: "execute" }>;

export class Cells {
  readonly #outbox: Outbox;
  readonly #rewriteCell: typeof rewriteCell;
  readonly #names = new Map<string, NameKind>();
  #running: Run | undefined;

  constructor({ outbox, rewriteCell, displays, modules, folder, meta }: CellsOptions) {
    this.#outbox = outbox;
    this.#rewriteCell = rewriteCell;
    installHooks({
      load: (specifier) => modules.load(specifier, folder),
      result: (executionId, value) => {
        if (this.#running?.id === executionId) displays.showResult(this.#running, value);
      },
      meta,
    });
  }

  /** The session's variables and how they were declared last, in the order of their first declarations. */
  get names(): ReadonlyMap<string, NameKind> {
    return this.#names;
  }

  execute({ id, cell, code }: Execute): void {
    const run = new Run(id, cell);
    this.#running = run;
    const source: OwnSource = { cell, run, text: code, toSource: (position) => position };
    try {
      const start = this.#prepare(run, source);
      startRun(run, () => {
        start().then(
          () => this.#finish(run, "ok"),
          (thrown) => this.#fail(run, reportOf(thrown, waitingPlace(run, source))),
        );
      });
    } catch (error) {
      this.#fail(run, error instanceof CellSyntaxError ? syntaxReport(error, source) : reportOf(error));
    }
  }

  /** Ends the running cell here and now; what it left waiting stays where it is. */
  interrupt(): void {
    forgetCurrentRun();
    if (this.#running) this.#finish(this.#running, "interrupted");
  }

  /** Everything that can be wrong with a cell before it runs. */
  #prepare(run: Run, source: OwnSource): () => Promise<void> {
    const { script, names, toCell } = this.#rewriteCell(source.text, run.id, this.#names);
    const url = `cell-${run.cell.number}-${run.id}.ts`;
    const start = this.#compile(script, url, (position) => {
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
    run.finished = true;
    run.interrupted = status === "interrupted";
    if (this.#running === run) this.#running = undefined;
    this.#outbox.done(run, status);
  }
}

/** What fails without saying where, such as a promise made by Node, failed where the cell waits for it. */
function waitingPlace({ waitingAt }: Run, source: OwnSource): SourceLocation | undefined {
  return waitingAt === undefined ? undefined : locate(source, new Lines(source.text).positionAt(waitingAt));
}
