/** @file From questions to what answers them. */
import type { LanguageQuestions, Question } from "../../../protocol/language.ts";
import type { CellModule } from "./cell-modules.ts";
import { completionDetails, completions } from "./completion.ts";
import { derivativeLines } from "./derivative-lines.ts";
import { hover, signatures } from "./descriptions.ts";
import { problemsOf } from "./diagnostics.ts";
import { differentiableFunctions } from "./differentiable.ts";
import { definition, prepareRename, references, rename } from "./navigation.ts";
import type { NotebookProgram } from "./notebook-program.ts";
import { LooseTexts, tokens } from "./structure.ts";

/** A question about a cell of a notebook. */
export type CellQuestion = Exclude<Question, "outline" | "folding">;

type Answers = {
  readonly [Q in CellQuestion]: (
    program: NotebookProgram,
    cell: CellModule,
    ask: LanguageQuestions[Q]["ask"],
  ) => LanguageQuestions[Q]["answer"];
};

/** `offset` of a question, in the cell's virtual file. */
const at = (cell: CellModule, { offset }: { readonly offset: number }) => offset + cell.shift;

const answers: Answers = {
  completions: (program, cell, ask) => completions(program, cell, at(cell, ask), ask.trigger),
  completionDetails: (program, cell, ask) => completionDetails(program, cell, at(cell, ask), ask.key),
  hover: (program, cell, ask) => hover(program, cell, at(cell, ask)),
  signatures: (program, cell, ask) => signatures(program, cell, at(cell, ask)),
  definition: (program, cell, ask) => definition(program, cell, at(cell, ask)),
  references: (program, cell, ask) => references(program, cell, at(cell, ask), ask.declarations),
  prepareRename: (program, cell, ask) => prepareRename(program, cell, at(cell, ask)),
  rename: (program, cell, ask) => rename(program, cell, at(cell, ask)),
  differentiable: (program, cell) => differentiableFunctions(program, cell),
  derivativeLines: (program, cell) => derivativeLines(program, cell),
  tokens: (program, cell) => tokens(program, cell),
  problems: (program, cell) => problemsOf(program, cell),
};

/** Undefined for a cell that the notebook does not have (any more). */
export function answer<Q extends CellQuestion>(
  program: NotebookProgram,
  question: Q,
  ask: LanguageQuestions[Q]["ask"],
): LanguageQuestions[Q]["answer"] | undefined {
  if (question === "completions" || question === "completionDetails") program.focus(ask.cell);
  const cell = program.modules.get(ask.cell);
  return cell && answers[question](program, cell, ask);
}

/** Outlines and folds texts, which needs no notebook. */
export const looseTexts = new LooseTexts();
