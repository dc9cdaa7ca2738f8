/** @file Runs cells, one after the other, on this thread: rewrites, evaluates, and says what came of it. */
import type { DoneStatus, HostToSession } from "../../protocol/session.ts";
import type { Displays } from "./displays.ts";
import { Evaluator, type Outcome } from "./evaluator.ts";
import { installHooks } from "./hooks.ts";
import type { Modules } from "./modules.ts";
import type { Outbox } from "./outbox.ts";
import { locate, reportOf, syntaxReport } from "./report.ts";
import type { NameKind } from "./rewrite/names.ts";
import { CellSyntaxError } from "./rewrite/problems.ts";
import type { RewrittenCell, rewriteCell } from "./rewrite/rewrite.ts";
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
  readonly #evaluator = new Evaluator();
  readonly #names = new Map<string, NameKind>();
  #running: Run | undefined;

  constructor({ outbox, rewriteCell, displays, modules, folder, meta }: CellsOptions) {
    this.#outbox = outbox;
    this.#rewriteCell = rewriteCell;
    installHooks({
      import: (specifier) => modules.load(specifier, folder),
      result: (executionId, value) => {
        if (this.#running?.id === executionId) displays.showResult(this.#running, value);
      },
      meta,
    });
  }

  execute({ id, cell, code }: Execute): void {
    const run = new Run(id, cell);
    this.#running = run;
    const url = `cell-${cell.number}-${id}.ts`;
    const rewritten = this.#rewrite(run, code);
    if (!rewritten) return;
    const source: OwnSource = { cell, text: code, toSource: rewritten.toCell };
    registerSource(url, source);
    const undeclared = [...rewritten.names.keys()].filter((name) => !this.#names.has(name));
    startRun(run, () => {
      this.#declare(undeclared, (refused) => {
        if (refused) {
          this.#end(run, refused, source);
          return;
        }
        for (const [name, kind] of rewritten.names) this.#names.set(name, kind);
        this.#evaluator.evaluate(rewritten.script, url, (outcome) => this.#end(run, outcome, source));
      });
    });
  }

  /** Ends the running cell here and now; what it left waiting stays where it is. */
  interrupt(): void {
    forgetCurrentRun();
    if (this.#running) this.#finish(this.#running, "interrupted");
  }

  #rewrite(run: Run, code: string): RewrittenCell | undefined {
    try {
      return this.#rewriteCell(code, run.id, this.#names);
    } catch (error) {
      const source: OwnSource = { cell: run.cell, text: code, toSource: (position) => position };
      const report = error instanceof CellSyntaxError ? syntaxReport(error, source) : reportOf(error);
      this.#outbox.show(run, { kind: "error", error: report });
      this.#finish(run, "error");
      return undefined;
    }
  }

  /** The session's variables live in the engine's top-level scope, declared once and for good. */
  #declare(names: readonly string[], done: (refused?: Outcome) => void): void {
    if (names.length === 0) {
      done();
      return;
    }
    this.#evaluator.evaluate(`let ${names.join(",")};`, "declarations.js", (outcome) => {
      done(outcome.kind === "value" ? undefined : outcome);
    });
  }

  #end(run: Run, outcome: Outcome, source: OwnSource): void {
    if (outcome.kind === "value") {
      this.#finish(run, "ok");
    } else if (outcome.kind === "terminated") {
      this.#finish(run, "interrupted");
    } else if (!run.finished) {
      const position = outcome.position && source.toSource(outcome.position);
      const report = reportOf(outcome.thrown, position && locate(source, position));
      this.#outbox.show(run, { kind: "error", error: report });
      this.#finish(run, "error");
    }
  }

  #finish(run: Run, status: DoneStatus): void {
    if (run.finished) return;
    run.finished = true;
    run.interrupted = status === "interrupted";
    if (this.#running === run) this.#running = undefined;
    this.#outbox.done(run, status);
  }
}
