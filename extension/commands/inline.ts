/** @file The commands of derivatives beside the code. A lens or a link says the function; the palette, the cursor. */
import * as vscode from "vscode";
import { isServed } from "../inline/function-finder.ts";
import type { Inline } from "../inline/inline.ts";
import type { Question } from "../inline/question.ts";

interface At {
  readonly document: vscode.TextDocument;
  /** Of the function. */
  readonly name: string;
}

/** Asks about the function that a lens names, or the one at the cursor. */
export async function ask(inline: Inline, question: Question, uri?: unknown, name?: unknown): Promise<void> {
  const at = await subject(inline, uri, name);
  if (at) await inline.ask(question, at.document, at.name);
}

/** Lets the person write the inputs of a function, and answers the last question again with them. */
export async function askInputs(inline: Inline, uri?: unknown, name?: unknown): Promise<void> {
  const at = await subject(inline, uri, name);
  const found = at && (await inline.find(at.document, at.name));
  if (found && (await inline.inputs.askInputs(at.document, found)) !== undefined) await again(inline, at);
}

/** Lets the person choose what to differentiate with respect to. */
export async function askArgument(inline: Inline, uri?: unknown, name?: unknown): Promise<void> {
  const at = await subject(inline, uri, name);
  const found = at && (await inline.find(at.document, at.name));
  if (found && (await inline.inputs.askArgument(at.document, found)) !== undefined) await again(inline, at);
}

/** Takes away one result, or all of the editor in front. */
export function clearInline(inline: Inline, uri?: unknown, name?: unknown): void {
  const document = documentOf(uri) ?? vscode.window.activeTextEditor?.document;
  if (document) inline.results.clear(document, typeof name === "string" ? name : undefined);
}

async function again(inline: Inline, { document, name }: At): Promise<void> {
  const shown = inline.results.of(document).find((result) => result.name === name);
  if (shown?.question) await inline.ask(shown.question, document, name);
}

/** The function that is named, or the one at the cursor; says so where there is none. */
export async function subject(inline: Inline, uri: unknown, name: unknown): Promise<At | undefined> {
  const given = documentOf(uri);
  if (given && typeof name === "string") return { document: given, name };
  const editor = vscode.window.activeTextEditor;
  if (!editor || !isServed(editor.document)) {
    void vscode.window.showInformationMessage("Put the cursor into a TypeScript function first.");
    return undefined;
  }
  const found = await inline.finder.at(editor.document, editor.selection.active);
  if (found) return { document: editor.document, name: found.name };
  void vscode.window.showInformationMessage(
    "There is no function at the cursor that can be differentiated: one at the top level, whose types say that a " +
      "Tensor goes in and a Tensor comes out, as in (x: Tensor) => x.square().sum().",
  );
  return undefined;
}

/** Links in a hover name documents by text. */
export function documentOf(uri: unknown): vscode.TextDocument | undefined {
  if (typeof uri !== "string" && !(uri instanceof vscode.Uri)) return undefined;
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === String(uri));
}
