/** @file Where a notebook is: its imports and its session start there. */
import { homedir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";

export function folderOf({ uri, isUntitled }: vscode.NotebookDocument): string {
  if (!isUntitled) return path.dirname(uri.fsPath);
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
}
