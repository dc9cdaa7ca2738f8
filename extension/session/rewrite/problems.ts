/** @file Mistakes in a cell that are found before anything runs. Apart from the parser, which is slow to load. */

export interface SyntaxProblem {
  readonly message: string;
  /** In the cell's text. */
  readonly offset: number;
}

/** Thrown by the rewriter; the cell is not evaluated. */
export class CellSyntaxError extends Error {
  override readonly name = "SyntaxError";
  readonly problems: readonly SyntaxProblem[];

  constructor(problems: readonly SyntaxProblem[]) {
    super(problems[0].message);
    this.problems = problems;
  }
}
