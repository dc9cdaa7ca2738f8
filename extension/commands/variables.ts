/** @file The commands of the Variables view. */
import * as vscode from "vscode";
import { formatCount } from "../../protocol/notation.ts";
import type { Variable } from "../../protocol/variables.ts";
import { isOrder, ORDERS, type Order } from "../variables/order.ts";
import { type VariablesView, VIEW } from "../variables/variables-view.ts";

const ORDER_LABELS: Readonly<Record<Order, string>> = {
  declared: "As Declared",
  name: "By Name",
  type: "By Type",
  size: "By Size, Largest First",
};

export async function showVariables(view: VariablesView): Promise<void> {
  if (view.notebook) {
    await vscode.commands.executeCommand(`${VIEW}.focus`);
    return;
  }
  void vscode.window.showInformationMessage(
    "There is no Cotangent notebook in front: click into one, or make one with the command New Notebook.",
  );
}

/** Asks for the text unless it is given. */
export async function filterVariables(view: VariablesView, given?: unknown): Promise<void> {
  const prompt = "Part of a name or a type. Nothing shows all variables.";
  const text = typeof given === "string" ? given : await vscode.window.showInputBox({ prompt, value: view.filter });
  if (text !== undefined) view.filter = text;
}

export function clearFilter(view: VariablesView): void {
  view.filter = "";
}

export async function sortVariables(view: VariablesView, given?: unknown): Promise<void> {
  const order = isOrder(given) ? given : await pickOrder(view.order);
  if (order) view.order = order;
}

async function pickOrder(current: Order): Promise<Order | undefined> {
  const items = ORDERS.map((order) => ({
    order,
    label: ORDER_LABELS[order],
    description: order === current ? "now" : undefined,
  }));
  return (await vscode.window.showQuickPick(items, { title: "Sort Variables" }))?.order;
}

export async function copyName(variable?: unknown): Promise<void> {
  if (isVariable(variable)) await vscode.env.clipboard.writeText(variable.name);
}

/** All of the value, not the line of it that is shown: this may compute it. */
export async function copyValue(view: VariablesView, given?: unknown): Promise<void> {
  const variable = isVariable(given) ? given : view.selected;
  if (!variable) return;
  const { name } = variable;
  const answer = await view.session?.variableText(name);
  switch (answer?.status) {
    case "text":
      await vscode.env.clipboard.writeText(answer.text);
      tell(
        answer.cut
          ? `Copied the first ${formatCount(answer.text.length)} characters of ${name}: it is longer than that.`
          : `Copied the value of ${name}.`,
      );
      break;
    case "busy":
      void vscode.window.showWarningMessage("A cell is running. Copy the value when it has ended.");
      break;
    case "failed":
      void vscode.window.showErrorMessage(`The value of ${name} cannot be written out: ${answer.message}`);
      break;
    default:
      void vscode.window.showWarningMessage(`${name} is gone. Run the cell that declares it again.`);
  }
}

/** Below the selected cell: a cell with the variable's name, run. A tensor is drawn there. */
export async function showInCell(view: VariablesView, given?: unknown): Promise<void> {
  const variable = isVariable(given) ? given : view.selected;
  const editor = vscode.window.activeNotebookEditor;
  if (!variable || !editor || editor.notebook !== view.notebook) return;
  const { notebook } = editor;
  const index = Math.min(editor.selection.end, notebook.cellCount);
  const range = new vscode.NotebookRange(index, index + 1);
  const below = index < notebook.cellCount ? notebook.cellAt(index).document.getText().trim() : "";
  // Asked again, the same cell shows what the variable is by now.
  if (below !== variable.name) {
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, variable.name, "typescript");
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(index, [cell])]);
    await vscode.workspace.applyEdit(edit);
  }
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  const ranges = [{ start: range.start, end: range.end }];
  await vscode.commands.executeCommand("notebook.cell.execute", { ranges, document: notebook.uri });
}

function tell(text: string): void {
  vscode.window.setStatusBarMessage(`Cotangent: ${text}`, 5000);
}

/** What VS Code hands to a command of a line of the tree. */
export const isVariable = (value: unknown): value is Variable =>
  typeof value === "object" && value !== null && "name" in value && "kind" in value && "preview" in value;
