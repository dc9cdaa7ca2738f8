/** @file The state of the active notebook's session, in the status bar: which cell runs, for how long, and how far it is. */
import * as vscode from "vscode";
import { briefly, formatWholeSeconds, leadingBar, progressText } from "../../protocol/progress.ts";
import type { SessionState } from "../client/session-client.ts";
import type { Controller } from "./controller.ts";
import type { RunningCell } from "./notebook-session.ts";
import { MANAGE_TRUST } from "./trust.ts";

const LABELS: Readonly<Record<SessionState, string>> = {
  stopped: "$(circle-outline) Cotangent: not started",
  starting: "$(loading~spin) Cotangent: starting",
  idle: "$(circle-filled) Cotangent: idle",
  busy: "$(loading~spin) Cotangent: running",
  disposed: "$(circle-outline) Cotangent: not started",
};

const REVEAL_COMMAND = "cotangent.revealRunningCell";
/** How often the time of a running cell is written anew. */
const TICK_MS = 500;
/** Times below this would only flicker by. */
const TIMED_FROM_MS = 1000;

export class Status implements vscode.Disposable {
  readonly #controller: Controller;
  readonly #item = vscode.window.createStatusBarItem("cotangent.session", vscode.StatusBarAlignment.Left);
  readonly #subscriptions: vscode.Disposable[];
  #ticking: NodeJS.Timeout | undefined;
  #isShown = false;

  constructor(controller: Controller) {
    this.#controller = controller;
    this.#item.name = "Cotangent Session";
    this.#subscriptions = [
      this.#item,
      controller.onDidChangeState(() => this.#update()),
      vscode.window.onDidChangeActiveNotebookEditor(() => this.#update()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#update()),
      vscode.commands.registerCommand(REVEAL_COMMAND, () => this.#reveal()),
    ];
    this.#update();
  }

  /** What the status bar says of the notebook in front; undefined when it says nothing. */
  get text(): string | undefined {
    return this.#isShown ? this.#item.text : undefined;
  }

  dispose(): void {
    clearTimeout(this.#ticking);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #update(): void {
    clearTimeout(this.#ticking);
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    this.#isShown = notebook !== undefined && this.#controller.isSelected(notebook);
    if (!notebook || !this.#isShown) {
      this.#item.hide();
      return;
    }
    if (!vscode.workspace.isTrusted) {
      this.#item.text = "$(shield) Cotangent: not trusted";
      this.#item.tooltip = "No cell runs in a workspace that is not trusted. Click to manage trust.";
      this.#item.command = MANAGE_TRUST;
      this.#item.show();
      return;
    }
    const session = this.#controller.session(notebook);
    const running = session?.state === "busy" ? session.running : undefined;
    if (running) {
      this.#showRunning(running);
      this.#ticking = setTimeout(() => this.#update(), TICK_MS);
    } else {
      this.#item.text = LABELS[session?.state ?? "stopped"];
      this.#item.tooltip = session?.pid
        ? `Session of this notebook: process ${session.pid}. Click to restart it.`
        : undefined;
      this.#item.command = session?.pid ? "cotangent.restart" : undefined;
    }
    this.#item.show();
  }

  #showRunning({ number, startTime, progress }: RunningCell): void {
    const elapsed = Date.now() - startTime;
    const bar = progress && leadingBar(progress);
    const state = bar ? briefly(bar) : elapsed < TIMED_FROM_MS ? "" : formatWholeSeconds(elapsed);
    this.#item.text = `$(loading~spin) Cotangent: ${[`cell ${number}`, state].filter(Boolean).join(" · ")}`;
    const lines = progress && bar ? `${progressText(progress)}\n` : "";
    this.#item.tooltip = `${lines}Cell ${number} has been running for ${formatWholeSeconds(elapsed)}. Click to see it.`;
    this.#item.command = REVEAL_COMMAND;
  }

  #reveal(): void {
    const editor = vscode.window.activeNotebookEditor;
    const cell = editor && this.#controller.session(editor.notebook)?.running?.cell;
    if (!cell) return;
    const range = new vscode.NotebookRange(cell.index, cell.index + 1);
    editor.selection = range;
    editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  }
}
