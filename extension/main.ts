/** @file What VS Code loads: puts the parts of the extension together. */
import path from "node:path";
import * as vscode from "vscode";
import { attachDebugger, debugCell, runByLine, runNextLine } from "./commands/debug.ts";
import { newNotebook } from "./commands/new-notebook.ts";
import { interrupt, restart } from "./commands/session.ts";
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
import { NotebookDebugger } from "./debug/notebook-debugger.ts";
import { startLanguage } from "./language/features.ts";
import { Controller } from "./notebook/controller.ts";
import { showStatus } from "./notebook/status.ts";
import { type ShownVariables, VariablesView } from "./variables/variables-view.ts";

/** What other extensions, and the tests, get of ours. */
export interface CotangentApi {
  /** Process id of the notebook's session; undefined while it has none. */
  sessionPid(notebook: vscode.NotebookDocument): number | undefined;
  /** The line, counted from 1, at which a cell that runs by line stands. */
  lineOf(notebook: vscode.NotebookDocument): number | undefined;
  /** What the Variables view shows now. */
  shownVariables(): ShownVariables;
}

export function activate(context: vscode.ExtensionContext): CotangentApi {
  const controller = new Controller(context.extension);
  const variables = new VariablesView(controller);
  const tool = new NotebookDebugger(controller, path.join(context.extensionPath, "dist"));
  const register = vscode.commands.registerCommand;
  context.subscriptions.push(
    controller,
    showStatus(controller),
    variables,
    tool,
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
    register("cotangent.debugCell", (cell?: unknown) => debugCell(tool, cell)),
    register("cotangent.runByLine", (cell?: unknown) => runByLine(tool, cell)),
    register("cotangent.runNextLine", (cell?: unknown) => runNextLine(tool, cell)),
    register("cotangent.attachDebugger", () => attachDebugger(tool, controller)),
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
    lineOf: (notebook) => tool.lineOf(notebook),
    shownVariables: () => variables.shown,
  };
}
