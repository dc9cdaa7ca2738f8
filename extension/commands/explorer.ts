/** @file The commands of the Jacobian explorer. A link or a line of the Variables view says of what; else what is in front. */
import * as vscode from "vscode";
import type { Inline } from "../inline/inline.ts";
import type { Question } from "../inline/question.ts";
import type { InlineResult } from "../inline/results.ts";
import type { Explorer, Target } from "../panel/explorer.ts";
import { sourceOf } from "../panel/subjects.ts";
import type { VariablesView } from "../variables/variables-view.ts";
import { documentOf } from "./inline.ts";
import { isVariable } from "./variables.ts";

/** `at`: a variable, or the document of the function `name`, of which `question` was asked beside the code. */
export async function openExplorer(
  explorer: Explorer,
  view: VariablesView,
  at?: unknown,
  name?: unknown,
  question?: unknown,
): Promise<void> {
  const document = documentOf(at);
  if (isVariable(at) && view.notebook) {
    const action = at.kind === "function" ? undefined : "compute";
    await explorer.open({ source: view.notebook.uri.toString(), subject: at.name, action });
  } else if (document && typeof name === "string") await explorer.open(targetOf(document, name, question as Question));
  else await explorer.open();
}

/** Keeps a result open, and computes it anew after edits. */
export async function pinInline(inline: Inline, explorer: Explorer, uri?: unknown, name?: unknown): Promise<void> {
  const document = documentOf(uri) ?? vscode.window.activeTextEditor?.document;
  const result = document && resultAt(document, inline.results.of(document), name);
  if (document && result) await explorer.open({ ...targetOf(document, result.name, result.question), follows: true });
  else void vscode.window.showInformationMessage("There is no result beside the code here: compute one first.");
}

/** The one of that name, or the one at the cursor, or the first. */
function resultAt(
  document: vscode.TextDocument,
  results: readonly InlineResult[],
  name: unknown,
): InlineResult | undefined {
  if (typeof name === "string") return results.find((result) => result.name === name);
  const editor = vscode.window.activeTextEditor;
  const line = editor?.document === document ? editor.selection.active.line : 0;
  return results.find((result) => result.line === line) ?? results[0];
}

function targetOf(document: vscode.TextDocument, subject: string, question: Question | undefined): Target {
  const derivative = question === "hessian" || question === "jacobian" ? question : undefined;
  return {
    source: sourceOf(document),
    subject,
    derivative,
    action: question === "benchmark" ? "benchmark" : "compute",
  };
}
