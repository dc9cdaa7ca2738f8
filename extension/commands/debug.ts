/** @file The commands that debug cells. */
import * as vscode from "vscode";
import type { NotebookDebugger } from "../debug/notebook-debugger.ts";
import type { Controller } from "../notebook/controller.ts";

/** What VS Code hands to a command in a cell's toolbar: the cell. Without one, the cell at hand is meant. */
function cellAtHand(given: unknown): vscode.NotebookCell | undefined {
  if (isCodeCell(given)) return given;
  const editor = vscode.window.activeNotebookEditor;
  const cell = editor && !editor.selection.isEmpty ? editor.notebook.cellAt(editor.selection.start) : undefined;
  if (isCodeCell(cell)) return cell;
  void vscode.window.showInformationMessage("There is no code cell at hand: click into one first.");
  return undefined;
}

function isCodeCell(value: unknown): value is vscode.NotebookCell {
  return (value as vscode.NotebookCell | undefined)?.kind === vscode.NotebookCellKind.Code;
}

export async function debugCell(tool: NotebookDebugger, given?: unknown): Promise<void> {
  const cell = cellAtHand(given);
  if (cell) await tool.debugCell(cell);
}

export async function runByLine(tool: NotebookDebugger, given?: unknown): Promise<void> {
  const cell = cellAtHand(given);
  if (cell) await tool.runByLine(cell);
}

export async function runNextLine(tool: NotebookDebugger, given?: unknown): Promise<void> {
  const cell = cellAtHand(given);
  if (cell) await tool.runNextLine(cell);
}

export async function attachDebugger(tool: NotebookDebugger, controller: Controller): Promise<void> {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (notebook && controller.isOurs(notebook)) await tool.attach(notebook);
  else {
    void vscode.window.showInformationMessage(
      "There is no Cotangent notebook in front: click into one, or make one with the command New Notebook.",
    );
  }
}
