/** @file "New Notebook": an untitled notebook of TypeScript cells. */
import * as vscode from "vscode";
import type { Controller } from "../notebook/controller.ts";
import { NOTEBOOK_TYPE, OUR_METADATA } from "../notebook/kernelspec.ts";

const FIRST_CELL = `import { jacrev, randn, tanh } from "cotangent";

const weight = randn([4, 3]);
const x = randn([3]);
jacrev((x) => tanh(weight.matmul(x)))(x)`;

export async function newNotebook(controller: Controller): Promise<vscode.NotebookEditor> {
  const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, FIRST_CELL, "typescript");
  const data = new vscode.NotebookData([cell]);
  data.metadata = { metadata: OUR_METADATA, nbformat: 4, nbformat_minor: 5 };
  const notebook = await vscode.workspace.openNotebookDocument(NOTEBOOK_TYPE, data);
  const editor = await vscode.window.showNotebookDocument(notebook);
  await controller.select(editor);
  return editor;
}
