/** @file What the person is offered when a session does not stop, or has ended. */
import path from "node:path";
import * as vscode from "vscode";

export async function offerRestart(problem: string): Promise<boolean> {
  const restart = "Restart Session";
  const message = `${problem} Wait for it, or restart the session: its variables are then gone, outputs stay.`;
  return (await vscode.window.showWarningMessage(message, restart)) === restart;
}

export async function offerCellsAbove(count: number): Promise<boolean> {
  const again = "Run the Cells Above Again";
  const cells = count === 1 ? "a cell above it that" : `${count} cells above it that`;
  const message = `This cell runs in a fresh session: the variables of ${cells} had run before are gone.`;
  return (await vscode.window.showInformationMessage(message, again)) === again;
}

/** For an end that no cell can report, because none ran. */
export function sayEnded({ uri }: vscode.NotebookDocument, message: string): void {
  void vscode.window.showWarningMessage(`${path.basename(uri.path)}: ${message}`);
}
