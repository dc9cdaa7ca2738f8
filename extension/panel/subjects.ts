/** @file What can be picked in the explorer: functions of a file or a notebook's cells, and tensors of its session. */
import * as vscode from "vscode";
import type { DifferentiableFunction } from "../../protocol/language.ts";
import type { Source, Subject } from "../../protocol/panel.ts";
import type { Variable, VariablesAnswer } from "../../protocol/variables.ts";
import type { Evaluator } from "../inline/evaluators.ts";
import { isServed, notebookOf } from "../inline/function-finder.ts";
import type { Inline } from "../inline/inline.ts";
import type { Controller } from "../notebook/controller.ts";
import { NOTEBOOK_TYPE } from "../notebook/kernelspec.ts";
import type { NotebookSession } from "../notebook/notebook-session.ts";

/** A subject, and where it runs. */
export interface Known {
  readonly subject: Subject;
  /** Where a function is declared; absent for what only the session knows. */
  readonly document?: vscode.TextDocument;
}

export type Opened =
  | { readonly kind: "file"; readonly document: vscode.TextDocument }
  | { readonly kind: "notebook"; readonly notebook: vscode.NotebookDocument };

type Listed = Extract<VariablesAnswer, { status: "listed" }>;

export class Subjects {
  readonly #inline: Inline;
  readonly #controller: Controller;
  /** What sessions listed last, by the process that did: one that is busy lists nothing. */
  readonly #listed = new WeakMap<vscode.NotebookDocument, { readonly pid: number; readonly answer: Listed }>();

  constructor(inline: Inline, controller: Controller) {
    this.#inline = inline;
    this.#controller = controller;
  }

  /** In the order of the tabs, which need not have been looked at since the window was opened. */
  sources(): Source[] {
    const found = new Map<string, Source>();
    for (const { label, input } of vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs)) {
      const uri = this.#uriOf(input)?.toString();
      if (uri !== undefined) found.set(uri, { uri, label });
    }
    return [...found.values()];
  }

  /** The notebook or file that a person looks at. */
  inFront(): string | undefined {
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    if (notebook) return this.#controller.isOurs(notebook) ? notebook.uri.toString() : undefined;
    const document = vscode.window.activeTextEditor?.document;
    return document && isServed(document) ? sourceOf(document) : undefined;
  }

  /** Undefined for what is in no tab any more. */
  async open(source: string): Promise<Opened | undefined> {
    const is = ({ uri }: { readonly uri: vscode.Uri }) => uri.toString() === source;
    const notebook = vscode.workspace.notebookDocuments.find(is);
    if (notebook) return { kind: "notebook", notebook };
    if (!this.sources().some(({ uri }) => uri === source)) return undefined;
    const uri = vscode.Uri.parse(source);
    if (uri.path.endsWith(".ipynb")) {
      return { kind: "notebook", notebook: await vscode.workspace.openNotebookDocument(uri) };
    }
    return { kind: "file", document: await vscode.workspace.openTextDocument(uri) };
  }

  session(opened: Opened): NotebookSession | undefined {
    return opened.kind === "notebook" ? this.#controller.session(opened.notebook) : undefined;
  }

  /** Undefined for a notebook that has no session. */
  evaluator(opened: Opened): Evaluator | undefined {
    if (opened.kind === "file") return this.#inline.evaluators.of(opened.document);
    const session = this.session(opened);
    return session?.pid === undefined ? undefined : session;
  }

  async of(opened: Opened): Promise<Known[]> {
    if (opened.kind === "file") return this.#functionsOf([opened.document]);
    const { notebook } = opened;
    const documents = notebook.getCells().map((cell) => cell.document);
    const functions = await this.#functionsOf(documents.filter(isServed));
    const names = new Set(functions.map(({ subject }) => subject.name));
    const variables = await this.#variables(notebook);
    const others = variables.filter(({ name }) => !names.has(name)).flatMap((each) => subjectOf(each) ?? []);
    return [...functions, ...others.map((subject) => ({ subject }))];
  }

  /** The latest of a name: a cell may declare it again. */
  async #functionsOf(documents: readonly vscode.TextDocument[]): Promise<Known[]> {
    const { token } = new vscode.CancellationTokenSource();
    const found = new Map<string, Known>();
    for (const document of documents) {
      for (const each of await this.#inline.finder.find(document, token)) {
        found.set(each.name, { subject: this.#describe(document, each), document });
      }
    }
    return [...found.values()];
  }

  #describe(document: vscode.TextDocument, found: DifferentiableFunction): Subject {
    const { inputs = "", argnum } = this.#inline.inputs.known(document, found);
    const parameters = found.parameters.flatMap(({ name, differentiable }, i) =>
      differentiable ? [{ name, argnum: i }] : [],
    );
    const detail = `(${found.parameters.map(({ name, type }) => `${name}: ${type}`).join(", ")})`;
    return { name: found.name, kind: "function", detail, parameters, inputs, argnum };
  }

  async #variables(notebook: vscode.NotebookDocument): Promise<readonly Variable[]> {
    const session = this.#controller.session(notebook);
    const pid = session?.pid;
    if (pid === undefined) return [];
    const answer = session?.state === "idle" ? await session.variables() : undefined;
    if (answer?.status === "listed") this.#listed.set(notebook, { pid, answer });
    const last = this.#listed.get(notebook);
    // What an earlier process had is gone.
    return last?.pid === pid ? last.answer.variables : [];
  }

  #uriOf(input: unknown): vscode.Uri | undefined {
    if (input instanceof vscode.TabInputText) {
      return input.uri.scheme === "file" && /\.[mc]?ts$/.test(input.uri.path) ? input.uri : undefined;
    }
    if (!(input instanceof vscode.TabInputNotebook) || input.notebookType !== NOTEBOOK_TYPE) return undefined;
    const document = vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === input.uri.toString());
    return !document || this.#controller.isOurs(document) ? input.uri : undefined;
  }
}

/** The URI of the file, or of the notebook that a cell is in. */
export function sourceOf(document: vscode.TextDocument): string {
  return (notebookOf(document) ?? document).uri.toString();
}

/** Of what the types of the cells do not tell: a tensor, or a function that may be differentiable. */
function subjectOf({ name, kind, dtype = "", shape, type }: Variable): Subject | undefined {
  const nothing = { parameters: [], inputs: "", argnum: 0 };
  if (kind === "tensor" || kind === "structured") {
    const detail = kind === "tensor" ? `${dtype} [${shape?.join(", ") ?? ""}]` : type;
    return { ...nothing, name, kind: "tensor", detail };
  }
  return kind === "function" ? { ...nothing, name, kind: "function", detail: "" } : undefined;
}
