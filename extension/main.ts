/** @file What VS Code loads: puts the parts of the extension together. */
import path from "node:path";
import * as vscode from "vscode";
import { newNotebook } from "./commands/new-notebook.ts";
import { interrupt, restart, runCellsAbove } from "./commands/session.ts";
import { openTutorial, runTutorial } from "./commands/tutorial.ts";
import {
  clearFilter,
  copyName,
  copyValue,
  filterVariables,
  showInCell,
  showVariables,
  sortVariables,
} from "./commands/variables.ts";
import { startLanguage } from "./language/features.ts";
import { Controller } from "./notebook/controller.ts";
import { showStatus } from "./notebook/status.ts";
import { type ShownVariables, VariablesView } from "./variables/variables-view.ts";

/** What other extensions, and the tests, get of ours. */
export interface CotangentApi {
  /** Process id of the notebook's session; undefined while it has none. */
  sessionPid(notebook: vscode.NotebookDocument): number | undefined;
  /** What the Variables view shows now. */
  shownVariables(): ShownVariables;
}

export function activate(context: vscode.ExtensionContext): CotangentApi {
  const controller = new Controller(context.extension);
  const variables = new VariablesView(controller);
  const register = vscode.commands.registerCommand;
  context.subscriptions.push(
    controller,
    showStatus(controller),
    variables,
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
    register("cotangent.runCellsAbove", () => runCellsAbove(controller)),
    register("cotangent.showVariables", () => showVariables(variables)),
    register("cotangent.refreshVariables", () => variables.refresh()),
    register("cotangent.filterVariables", (text?: unknown) => filterVariables(variables, text)),
    register("cotangent.clearVariablesFilter", () => clearFilter(variables)),
    register("cotangent.sortVariables", (order?: unknown) => sortVariables(variables, order)),
    register("cotangent.copyVariableName", copyName),
    register("cotangent.copyVariableValue", (variable?: unknown) => copyValue(variables, variable)),
    register("cotangent.showVariableInCell", (variable?: unknown) => showInCell(variables, variable)),
  );
  return {
    sessionPid: (notebook) => controller.session(notebook)?.pid,
    shownVariables: () => variables.shown,
  };
}
