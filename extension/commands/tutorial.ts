/** @file "Open the Tutorial" and "Run the Tutorial": on the person's own copy, so that the shipped file stays as it is. */
import * as vscode from "vscode";
import type { Controller } from "../notebook/controller.ts";
import { NOTEBOOK_TYPE } from "../notebook/kernelspec.ts";

const TUTORIAL = "jacobians-and-hessians.ipynb";

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}

/** Opens the person's copy of the tutorial, made on first use, and says where it is. */
export async function openTutorial(context: vscode.ExtensionContext, controller: Controller): Promise<void> {
  const shipped = vscode.Uri.joinPath(context.extensionUri, "examples", TUTORIAL);
  const folder = vscode.Uri.joinPath(context.globalStorageUri, "tutorial");
  const copy = vscode.Uri.joinPath(folder, TUTORIAL);
  const hadCopy = await exists(copy);
  if (!hadCopy) {
    await vscode.workspace.fs.createDirectory(folder);
    await vscode.workspace.fs.copy(shipped, copy);
  }
  // Not by `openNotebookDocument`: what an extension opens stays open for minutes after its tab is closed, and so would the
  // session.
  await vscode.commands.executeCommand("vscode.openWith", copy, NOTEBOOK_TYPE);
  await controller.select(await editorOf(copy));
  void tellWhere(shipped, copy, hadCopy);
}

/** The editor of a file that VS Code has just opened, of which extensions hear a moment later. */
function editorOf(file: vscode.Uri): Promise<vscode.NotebookEditor> {
  const find = () => {
    const active = vscode.window.activeNotebookEditor;
    return active?.notebook.uri.toString() === file.toString() ? active : undefined;
  };
  const there = find();
  if (there) return Promise.resolve(there);
  return new Promise((resolve) => {
    const listening = vscode.window.onDidChangeActiveNotebookEditor(() => {
      const editor = find();
      if (!editor) return;
      listening.dispose();
      resolve(editor);
    });
  });
}

async function tellWhere(shipped: vscode.Uri, copy: vscode.Uri, hadCopy: boolean): Promise<void> {
  const where = `This is your own copy of the tutorial: ${copy.fsPath}`;
  if (!hadCopy) {
    void vscode.window.showInformationMessage(where);
    return;
  }
  const again = "Start Over";
  if ((await vscode.window.showInformationMessage(where, again)) !== again) return;
  const notebook = vscode.workspace.notebookDocuments.find((open) => open.uri.toString() === copy.toString());
  // An edited notebook would otherwise keep what is on the screen and call the new file a conflict.
  if (notebook?.isDirty) await notebook.save();
  await vscode.workspace.fs.copy(shipped, copy, { overwrite: true });
}

/** Opens the tutorial and runs every cell. */
export async function runTutorial(context: vscode.ExtensionContext, controller: Controller): Promise<void> {
  await openTutorial(context, controller);
  await vscode.commands.executeCommand("notebook.execute");
}
