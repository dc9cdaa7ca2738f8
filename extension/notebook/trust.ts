/** @file Says that a workspace is not trusted, and what that means for notebooks in it: they are read, and nothing runs. */
import * as vscode from "vscode";
import type { Controller } from "./controller.ts";

/** Leads to VS Code's page where a person trusts the workspace. */
export const MANAGE_TRUST = "workbench.trust.manage";

export async function sayUntrusted(): Promise<void> {
  const manage = "Manage Workspace Trust";
  const chosen = await vscode.window.showWarningMessage(
    "This workspace is not trusted, so Cotangent runs no cell in it. Types are checked all the same. " +
      "To run cells, trust the workspace.",
    manage,
  );
  if (chosen === manage) await vscode.commands.executeCommand(MANAGE_TRUST);
}

/** Says so once, when the first notebook of ours is in front: before someone waits for a cell. */
export function announceUntrusted(controller: Controller): vscode.Disposable {
  const subscriptions: vscode.Disposable[] = [];
  const stop = () => {
    for (const subscription of subscriptions.splice(0)) subscription.dispose();
  };
  const look = () => {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    if (vscode.workspace.isTrusted || !notebook || !controller.isOurs(notebook)) return;
    stop();
    void sayUntrusted();
  };
  subscriptions.push(
    vscode.window.onDidChangeActiveNotebookEditor(look),
    vscode.workspace.onDidGrantWorkspaceTrust(stop),
  );
  look();
  return new vscode.Disposable(stop);
}
