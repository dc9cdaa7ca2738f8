/** @file Derivatives beside the code: asks sessions, keeps what they answer, and shows it where it belongs. */
import * as vscode from "vscode";
import { DISPLAY_MIME, type ValueDisplay } from "../../protocol/display.ts";
import { axesOf } from "../../protocol/exploring.ts";
import { meaningOf } from "../../protocol/facts.ts";
import type { DifferentiableFunction } from "../../protocol/language.ts";
import { sizeOf } from "../../protocol/notation.ts";
import type { Evaluated } from "../client/evaluate.ts";
import type { LanguageClient } from "../language/client.ts";
import type { Controller } from "../notebook/controller.ts";
import type { NewSession } from "../notebook/new-session.ts";
import { CellLines } from "./cell-lines.ts";
import { type Evaluator, Evaluators } from "./evaluators.ts";
import { factsLine } from "./facts-line.ts";
import { FunctionFinder } from "./function-finder.ts";
import { ResultHover } from "./hover.ts";
import { FunctionInputs } from "./inputs.ts";
import { Lenses } from "./lenses.ts";
import { LineEnds } from "./line-ends.ts";
import { type AskedFunction, expressionFor, type Question } from "./question.ts";
import { type InlineResult, InlineResults } from "./results.ts";

interface InlineOptions {
  readonly client: LanguageClient;
  readonly controller: Controller;
  readonly memory: vscode.Memento;
  readonly newSession: NewSession;
}

export class Inline implements vscode.Disposable {
  readonly finder: FunctionFinder;
  readonly results = new InlineResults();
  readonly evaluators: Evaluators;
  readonly inputs: FunctionInputs;
  readonly #subscriptions: vscode.Disposable[];

  constructor({ client, controller, memory, newSession }: InlineOptions) {
    this.finder = new FunctionFinder(client);
    this.evaluators = new Evaluators(controller, newSession);
    this.inputs = new FunctionInputs(memory);
    const lenses = new Lenses(this.finder);
    const lineEnds = new LineEnds(this.results);
    // Files, and the cells of notebooks.
    const documents = [
      { language: "typescript", scheme: "file" },
      { language: "typescript", notebookType: "jupyter-notebook" },
    ];
    this.#subscriptions = [
      this.finder,
      this.results,
      this.evaluators,
      lenses,
      lineEnds,
      new CellLines(client, this.evaluators, this.results),
      vscode.languages.registerCodeLensProvider(documents, lenses),
      vscode.languages.registerHoverProvider(documents, new ResultHover(this.results)),
      this.results.onDidChange(() => {
        void vscode.commands.executeCommand("setContext", "cotangent.inlineResults", this.results.documents.length > 0);
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (!change.affectsConfiguration("cotangent.inline")) return;
        lenses.refresh();
        lineEnds.redraw();
      }),
    ];
  }

  /** Answers a question about the function of that name, and shows the answer at its line. */
  async ask(question: Question, document: vscode.TextDocument, name: string): Promise<InlineResult | undefined> {
    const found = await this.find(document, name);
    const asked = found && (await this.inputs.of(document, found));
    if (!asked) return undefined;
    const line = document.positionAt(found.span.start).line;
    const base = { name, question, asked, line, stale: false };
    this.results.set(document, { ...base, state: { kind: "running" } });
    const { version } = document;
    const evaluator = this.evaluators.of(document);
    const evaluated = evaluator ? await answerOf(evaluator, question, asked) : { error: notRun(name) };
    const state = stateOf(evaluated, question, name);
    const current = this.results.of(document).find((result) => result.name === name);
    // Cleared, or asked anew, while it was computed.
    if (current?.question !== question) return undefined;
    const result = { ...base, line: current.line, state, stale: document.version !== version };
    this.results.set(document, result);
    return result;
  }

  /** Waits for the answer of the language worker. */
  async find(document: vscode.TextDocument, name: string): Promise<DifferentiableFunction | undefined> {
    const functions = await this.finder.find(document, new vscode.CancellationTokenSource().token);
    return functions.find((each) => each.name === name);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

/** The answer, with the facts of a matrix that was too large to have them at once. */
async function answerOf(evaluator: Evaluator, question: Question, asked: AskedFunction): Promise<Evaluated> {
  const { bundle, error } = await evaluator.evaluate(expressionFor(question, asked));
  const display = bundle?.[DISPLAY_MIME] as ValueDisplay | undefined;
  if (display?.kind !== "matrix" || display.facts || !display.handle) return { bundle, error };
  const meaning = meaningOf(display);
  const [slice = 0] = display.preview.slices;
  if (!meaning || Math.min(sizeOf(display.rows.shape), sizeOf(display.columns.shape)) < 2) return { bundle };
  const found = await evaluator.facts({ handle: display.handle, axes: axesOf(display, slice), meaning });
  if (found?.status !== "facts") return { bundle };
  return { bundle: { ...bundle, [DISPLAY_MIME]: { ...display, facts: [found.facts] } } };
}

function stateOf({ bundle, error }: Evaluated, question: Question, name: string): InlineResult["state"] {
  if (error) return { kind: "failed", error };
  if (question === "check") {
    const text = "The derivatives agree with finite differences, and forward mode with reverse mode.";
    return { kind: "done", bundle: { "text/plain": text }, line: "✓ gradients agree" };
  }
  const shown = bundle ?? { "text/plain": "undefined" };
  const display = shown[DISPLAY_MIME] as ValueDisplay | undefined;
  return {
    kind: "done",
    bundle: shown,
    display,
    line: display ? factsLine(display, name) : String(shown["text/plain"]),
  };
}

function notRun(name: string) {
  const message = `Run the cell first: the notebook's session does not know ${name} yet.`;
  return { name: "Not run yet", message, stack: [], text: message };
}
