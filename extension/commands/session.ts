/** @file "Interrupt", "Restart Session" and "Run the Cells Above Again", for the notebook at hand. */
import * as vscode from "vscode";
import type { Controller } from "../notebook/controller.ts";

/** The notebook at hand, or a message that says why there is none. */
function notebookAtHand(controller: Controller): vscode.NotebookDocument | undefined {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (notebook && controller.session(notebook)) return notebook;
  void vscode.window.showInformationMessage(
    notebook
      ? "This notebook has no Cotangent session yet: run a cell first."
      : "There is no notebook in front: click into one first.",
  );
  return undefined;
}

export async function interrupt(controller: Controller): Promise<void> {
  const notebook = notebookAtHand(controller);
  if (notebook) await controller.interrupt(notebook);
}

export async function restart(controller: Controller): Promise<void> {
  const notebook = notebookAtHand(controller);
  if (!notebook) return;
  await controller.restart(notebook);
  vscode.window.setStatusBarMessage("Cotangent: session restarted; its variables are gone.", 5000);
}

/** Above the selected cell. */
export function runCellsAbove(controller: Controller): void {
  const notebook = notebookAtHand(controller);
  const index = vscode.window.activeNotebookEditor?.selection.start ?? 0;
  if (!notebook || controller.session(notebook)?.runAbove(index)) return;
  void vscode.window.showInformationMessage("No cell above the selected one has run before.");
}
