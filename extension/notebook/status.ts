/** @file The state of the active notebook's session, in the status bar. */
import * as vscode from "vscode";
import type { SessionState } from "../client/session-client.ts";
import type { Controller } from "./controller.ts";
import { MANAGE_TRUST } from "./trust.ts";

const LABELS: Readonly<Record<SessionState, string>> = {
  stopped: "$(circle-outline) Cotangent: not started",
  starting: "$(loading~spin) Cotangent: starting",
  idle: "$(circle-filled) Cotangent: idle",
  busy: "$(loading~spin) Cotangent: running",
  disposed: "$(circle-outline) Cotangent: not started",
};

export function showStatus(controller: Controller): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("cotangent.session", vscode.StatusBarAlignment.Left);
  item.name = "Cotangent Session";
  const update = () => {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    if (!notebook || !controller.isSelected(notebook)) {
      item.hide();
      return;
    }
    if (!vscode.workspace.isTrusted) {
      item.text = "$(shield) Cotangent: not trusted";
      item.tooltip = "No cell runs in a workspace that is not trusted. Click to manage trust.";
      item.command = MANAGE_TRUST;
      item.show();
      return;
    }
    const session = controller.session(notebook);
    item.text = LABELS[session?.state ?? "stopped"];
    item.tooltip = session?.pid ? `Session of this notebook: process ${session.pid}. Click to restart it.` : undefined;
    item.command = session?.pid ? "cotangent.restart" : undefined;
    item.show();
  };
  update();
  return vscode.Disposable.from(
    item,
    controller.onDidChangeState(update),
    vscode.window.onDidChangeActiveNotebookEditor(update),
    vscode.workspace.onDidGrantWorkspaceTrust(update),
  );
}
