/**
 * @file The view "Variables" in the explorer: what the session of the notebook in front has at its top level.
 *
 * A tree, because notebooks have no place for variables in VS Code's stable API. It asks the session when the view is
 * visible and the session idle: at the end of each cell, before the next one is sent.
 */
import * as vscode from "vscode";
import type { Variable } from "../../protocol/variables.ts";
import type { Controller } from "../notebook/controller.ts";
import { asksForUs } from "../notebook/kernelspec.ts";
import type { NotebookSession } from "../notebook/notebook-session.ts";
import { matching, type Order, sorted } from "./order.ts";
import { itemOf } from "./variable-item.ts";

export const VIEW = "cotangent.variables";

/** Why the view has no lines, or that it has some; package.json has a sentence for each. */
export type ViewState = "untrusted" | "no-session" | "running" | "empty" | "filtered" | "listed";

/** A session that does not answer is in code that a cell left behind, a timer for instance. */
const SLOW_MS = 1000;

export interface ShownVariables {
  readonly state: ViewState;
  readonly variables: readonly Variable[];
  /** Above the lines. */
  readonly message: string | undefined;
  readonly visible: boolean;
}

/** What one process said last. */
interface Known {
  readonly pid: number;
  readonly variables: readonly Variable[];
  readonly omitted: number;
}

export class VariablesView implements vscode.TreeDataProvider<Variable>, vscode.Disposable {
  readonly #controller: Controller;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<Variable>;
  readonly #subscriptions: vscode.Disposable[];
  readonly #known = new WeakMap<vscode.NotebookDocument, Known>();
  #lines: readonly Variable[] = [];
  #state: ViewState = "no-session";
  #order: Order = "declared";
  #filter = "";
  #questions = 0;
  #slow = false;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(controller: Controller) {
    this.#controller = controller;
    this.#view = vscode.window.createTreeView(VIEW, { treeDataProvider: this });
    const update = () => void this.#update();
    this.#subscriptions = [
      this.#changed,
      this.#view,
      this.#view.onDidChangeVisibility(update),
      vscode.window.onDidChangeActiveNotebookEditor(update),
      vscode.workspace.onDidGrantWorkspaceTrust(update),
      controller.onDidChangeState((notebook) => {
        if (notebook === vscode.window.activeNotebookEditor?.notebook) update();
      }),
    ];
    update();
  }

  /** The notebook in front, if it is ours. */
  get notebook(): vscode.NotebookDocument | undefined {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    return notebook && (this.#controller.isSelected(notebook) || asksForUs(notebook)) ? notebook : undefined;
  }

  get session(): NotebookSession | undefined {
    return this.notebook && this.#controller.session(this.notebook);
  }

  get shown(): ShownVariables {
    const { visible, message } = this.#view;
    return { state: this.#state, variables: this.#lines, message, visible };
  }

  get order(): Order {
    return this.#order;
  }

  set order(order: Order) {
    this.#order = order;
    this.#show();
  }

  get filter(): string {
    return this.#filter;
  }

  set filter(text: string) {
    this.#filter = text.trim();
    this.#show();
  }

  /** The line that is selected. */
  get selected(): Variable | undefined {
    return this.#view.selection[0];
  }

  async refresh(): Promise<void> {
    await this.#update();
  }

  getTreeItem(variable: Variable): vscode.TreeItem {
    return itemOf(variable, this.#order === "size");
  }

  getChildren(variable?: Variable): Variable[] {
    return variable ? [] : [...this.#lines];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #update(): Promise<void> {
    const { notebook, session } = this;
    setContext("cotangent.notebookActive", notebook !== undefined);
    const question = ++this.#questions;
    this.#slow = false;
    this.#show();
    // A running cell is asked nothing; its end is a change of state that leads here again.
    if (!notebook || !session?.pid || session.state !== "idle" || !this.#view.visible) return;
    const timer = setTimeout(() => {
      this.#slow = question === this.#questions;
      this.#show();
    }, SLOW_MS);
    const { pid } = session;
    const answer = await session.variables();
    clearTimeout(timer);
    if (answer?.status === "listed") {
      this.#known.set(notebook, { pid, variables: answer.variables, omitted: answer.omitted });
    }
    if (question !== this.#questions) return;
    this.#slow = false;
    this.#show();
  }

  #show(): void {
    const { notebook, session } = this;
    const last = notebook && this.#known.get(notebook);
    // What an earlier process had is gone.
    const known = last && last.pid === session?.pid ? last : undefined;
    const running = session?.state === "busy" || session?.state === "starting";
    this.#lines = sorted(matching(known?.variables ?? [], this.#filter), this.#order);
    this.#state = this.#stateOf(known, running, session?.pid !== undefined);
    this.#view.message = this.#messageOf(known, running);
    this.#view.description = this.#filter ? `with “${this.#filter}”` : undefined;
    setContext("cotangent.variables", this.#state);
    setContext("cotangent.variablesFiltered", this.#filter !== "");
    this.#changed.fire(undefined);
  }

  #stateOf(known: Known | undefined, running: boolean, hasProcess: boolean): ViewState {
    if (this.#lines.length > 0) return "listed";
    if (!hasProcess) return vscode.workspace.isTrusted ? "no-session" : "untrusted";
    if (running || !known) return "running";
    return known.variables.length > 0 ? "filtered" : "empty";
  }

  #messageOf(known: Known | undefined, running: boolean): string | undefined {
    if (this.#lines.length === 0) return undefined;
    if (running) return "A cell is running. These are the variables from before it.";
    if (this.#slow)
      return "The session is busy with what a cell left behind, such as a timer. This list is from before.";
    return known && known.omitted > 0 ? `${known.omitted} more variables are not listed.` : undefined;
  }
}

function setContext(key: string, value: string | boolean): void {
  void vscode.commands.executeCommand("setContext", key, value);
}
