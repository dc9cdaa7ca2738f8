/** @file Where a notebook is: its imports and its session start there. */
import { homedir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";

/** Where sessions start, of the notebooks that are open and of those that will be. */
export function openFolders(): readonly string[] {
  const workspace = vscode.workspace.workspaceFolders ?? [];
  return [...vscode.workspace.notebookDocuments.map(folderOf), ...workspace.map(({ uri }) => uri.fsPath)];
}

export function folderOf({ uri, isUntitled }: vscode.NotebookDocument): string {
  if (!isUntitled) return path.dirname(uri.fsPath);
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
}
