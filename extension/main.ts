/** @file What VS Code loads: puts the parts of the extension together. */
import * as vscode from "vscode";
import { newNotebook } from "./commands/new-notebook.ts";
import { openTutorial, runTutorial } from "./commands/tutorial.ts";

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand("cotangent.newNotebook", newNotebook),
    vscode.commands.registerCommand("cotangent.openTutorial", () => openTutorial(context)),
    vscode.commands.registerCommand("cotangent.runTutorial", () => runTutorial(context)),
  );
}
