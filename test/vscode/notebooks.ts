/** @file What the tests of this folder do with notebooks: open, run, wait, read outputs. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import * as vscode from "vscode";
import type { CotangentApi } from "../../extension/main.ts";

const ERROR_MIME = "application/vnd.code.notebook.error";

export async function until<T>(what: string, look: () => T | undefined | false, timeoutMs = 20_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export async function cotangent(): Promise<CotangentApi> {
  const extension = vscode.extensions.getExtension<CotangentApi>("cotangent.cotangent");
  assert.ok(extension, "VS Code did not load the extension");
  return extension.activate();
}

/** A file of the throw-away workspace, which starts as a copy of fixtures/. */
export function inWorkspace(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Opens a copy of a notebook of the workspace: VS Code keeps one that was closed, with its outputs, for minutes. */
export async function open(name: string): Promise<vscode.NotebookDocument> {
  await cotangent();
  const copy = inWorkspace(`${randomUUID()}-${name}`);
  await vscode.workspace.fs.copy(inWorkspace(name), copy);
  const notebook = await vscode.workspace.openNotebookDocument(copy);
  await vscode.window.showNotebookDocument(notebook);
  return notebook;
}

/** Opens an untitled notebook of these TypeScript cells. */
export async function openCells(...sources: readonly string[]): Promise<vscode.NotebookDocument> {
  await cotangent();
  const { Code } = vscode.NotebookCellKind;
  const data = new vscode.NotebookData(sources.map((text) => new vscode.NotebookCellData(Code, text, "typescript")));
  const kernelspec = { name: "cotangent", display_name: "Cotangent (TypeScript)", language: "typescript" };
  data.metadata = { metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  const notebook = await vscode.workspace.openNotebookDocument("jupyter-notebook", data);
  await vscode.window.showNotebookDocument(notebook);
  return notebook;
}

export function codeCells(notebook: vscode.NotebookDocument): vscode.NotebookCell[] {
  return notebook.getCells().filter((cell) => cell.kind === vscode.NotebookCellKind.Code);
}

/** Starts cell number `index`; does not wait for its end, as the command does. */
export function start(notebook: vscode.NotebookDocument, index: number): void {
  const ranges = [{ start: index, end: index + 1 }];
  void vscode.commands.executeCommand("notebook.cell.execute", { ranges, document: notebook.uri });
}

/** Whether the cell ran to an end since `before`. */
function ended(cell: vscode.NotebookCell, before: number | undefined): boolean {
  const timing = cell.executionSummary?.timing;
  return timing !== undefined && timing.endTime > 0 && timing.endTime !== before;
}

/** Runs cell number `index` to its end; says whether it succeeded. */
export async function run(notebook: vscode.NotebookDocument, index: number): Promise<boolean> {
  const cell = notebook.cellAt(index);
  const before = cell.executionSummary?.timing?.endTime;
  start(notebook, index);
  await until(`cell ${index} to end`, () => ended(cell, before));
  return cell.executionSummary?.success === true;
}

/** Runs every cell of the notebook in front, to the end. */
export async function runAll(notebook: vscode.NotebookDocument, timeoutMs = 25_000): Promise<void> {
  const cells = codeCells(notebook).map((cell) => ({ cell, before: cell.executionSummary?.timing?.endTime }));
  await vscode.commands.executeCommand("notebook.execute");
  await until("all cells to end", () => cells.every(({ cell, before }) => ended(cell, before)), timeoutMs);
}

/** The cell's outputs of one MIME type, as text. */
export function outputs(cell: vscode.NotebookCell, mime: string): string[] {
  const items = cell.outputs.flatMap((output) => output.items).filter((item) => item.mime === mime);
  return items.map((item) => new TextDecoder().decode(item.data));
}

export const stdout = (cell: vscode.NotebookCell) => outputs(cell, "application/vnd.code.notebook.stdout").join("");
export const stderr = (cell: vscode.NotebookCell) => outputs(cell, "application/vnd.code.notebook.stderr").join("");
export const plainText = (cell: vscode.NotebookCell) => outputs(cell, "text/plain").join("");

interface ShownError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export function errorsOf(cell: vscode.NotebookCell): ShownError[] {
  return outputs(cell, ERROR_MIME).map((text) => JSON.parse(text));
}

/** The cell's one error, its text without colours. */
export function errorOf(cell: vscode.NotebookCell): ShownError {
  const errors = errorsOf(cell);
  assert.equal(errors.length, 1, `expected one error below the cell, there are ${errors.length}`);
  return { ...errors[0], stack: stripVTControlCharacters(errors[0].stack) };
}

export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
}

/** Whether the process still exists. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
