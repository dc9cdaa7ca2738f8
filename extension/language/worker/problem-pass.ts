/** @file Looks for the problems of all cells that may have new ones, one cell at a time, and says what it finds. */
import type { LanguageProblem } from "../../../protocol/language.ts";
import { problemsOf } from "./diagnostics.ts";
import type { NotebookProgram } from "./notebook-program.ts";

export class ProblemPass {
  readonly #program: NotebookProgram;
  readonly #publish: (cell: string, problems: readonly LanguageProblem[]) => void;
  readonly #waiting = new Set<string>();
  #since = 0;

  constructor(program: NotebookProgram, publish: (cell: string, problems: readonly LanguageProblem[]) => void) {
    this.#program = program;
    this.#publish = publish;
  }

  /** These cells are to be looked at (again), these first. */
  add(cells: Iterable<string>): void {
    const before = [...this.#waiting];
    this.#waiting.clear();
    for (const cell of [...cells, ...before]) this.#waiting.add(cell);
    this.#since = performance.now();
  }

  get isDone(): boolean {
    return this.#waiting.size === 0;
  }

  /** Milliseconds since the last change: while a person types, every moment's problems are old in the next. */
  get quietFor(): number {
    return performance.now() - this.#since;
  }

  /** Looks at one cell. */
  step(): void {
    const [cell] = this.#waiting;
    if (cell === undefined) return;
    this.#waiting.delete(cell);
    const module = this.#program.modules.get(cell);
    if (module) this.#publish(cell, problemsOf(this.#program, module));
  }
}
