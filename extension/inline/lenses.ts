/** @file What can be asked of a function, above its declaration. */
import * as vscode from "vscode";
import type { FunctionFinder } from "./function-finder.ts";
import { isServed } from "./function-finder.ts";
import { type Question, TITLES } from "./question.ts";
import { wants } from "./settings.ts";

const QUESTIONS: readonly Question[] = ["jacobian", "hessian", "check", "benchmark"];

export class Lenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #finder: FunctionFinder;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(finder: FunctionFinder) {
    this.#finder = finder;
    this.#subscription = finder.onDidChange(() => this.#changed.fire());
  }

  /** The person changed a setting. */
  refresh(): void {
    this.#changed.fire();
  }

  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
    if (!isServed(document) || !wants("codeLens", document)) return [];
    const functions = await this.#finder.find(document, token);
    return functions.flatMap(({ name, span }) => {
      const range = new vscode.Range(document.positionAt(span.start), document.positionAt(span.start + span.length));
      return QUESTIONS.map((question) => {
        const tooltip = `Cotangent: ${TITLES[question]} of ${name}`;
        const command = {
          command: "cotangent.ask",
          title: TITLES[question],
          tooltip,
          arguments: [question, document.uri, name],
        };
        return new vscode.CodeLens(range, command);
      });
    });
  }

  dispose(): void {
    this.#changed.dispose();
    this.#subscription.dispose();
  }
}
