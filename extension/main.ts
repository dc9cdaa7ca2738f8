/** @file What VS Code loads: puts the parts of the extension together. */
import path from "node:path";
import * as vscode from "vscode";
import { newNotebook } from "./commands/new-notebook.ts";
import { interrupt, restart } from "./commands/session.ts";
import { openTutorial, runTutorial } from "./commands/tutorial.ts";
import { startLanguage } from "./language/features.ts";
import { Controller } from "./notebook/controller.ts";
import { showStatus } from "./notebook/status.ts";

/** What other extensions, and the tests, get of ours. */
export interface CotangentApi {
  /** Process id of the notebook's session; undefined while it has none. */
  sessionPid(notebook: vscode.NotebookDocument): number | undefined;
}

export function activate(context: vscode.ExtensionContext): CotangentApi {
  const controller = new Controller(context.extension);
  const register = vscode.commands.registerCommand;
  context.subscriptions.push(
    controller,
    showStatus(controller),
    startLanguage({
      dist: path.join(context.extensionPath, "dist"),
      isOurs: (notebook) => controller.isOurs(notebook),
      onDidChange: controller.onDidChangeState,
    }),
    register("cotangent.newNotebook", () => newNotebook(controller)),
    register("cotangent.openTutorial", () => openTutorial(context, controller)),
    register("cotangent.runTutorial", () => runTutorial(context, controller)),
    register("cotangent.interrupt", () => interrupt(controller)),
    register("cotangent.restart", () => restart(controller)),
  );
  return { sessionPid: (notebook) => controller.session(notebook)?.pid };
}
