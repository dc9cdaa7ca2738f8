/** @file Shows the problems that the language worker finds. */
import * as vscode from "vscode";
import type { LanguageProblem, Severity } from "../../protocol/language.ts";
import { locationOf, rangeOf } from "./asking.ts";
import type { LanguageClient, PublishedProblems } from "./client.ts";
import type { LanguageNotebooks } from "./notebooks.ts";

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  suggestion: vscode.DiagnosticSeverity.Hint,
};

export class LanguageProblems implements vscode.Disposable {
  readonly #shown = vscode.languages.createDiagnosticCollection("cotangent-language");
  readonly #notebooks: LanguageNotebooks;
  readonly #subscriptions: vscode.Disposable[];

  constructor(client: LanguageClient, notebooks: LanguageNotebooks) {
    this.#notebooks = notebooks;
    this.#subscriptions = [
      this.#shown,
      client.onProblems((found) => void this.#show(found)),
      // Of a cell that is gone, of one whose language is another now, and of notebooks that are not ours any more.
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri)),
      notebooks.onDidChangeNotebooks(() => this.#clearForeign()),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #show({ notebook, cell, problems }: PublishedProblems): Promise<void> {
    const document = this.#documentOf(notebook, cell);
    if (!document) return;
    const { version } = document;
    const diagnostics = await Promise.all(problems.map((problem) => diagnosticOf(document, problem)));
    // Else the worker has already been told of the edit, and speaks again.
    if (document.version === version) this.#shown.set(document.uri, diagnostics);
  }

  #documentOf(notebook: string, cell: string): vscode.TextDocument | undefined {
    const found = this.#notebooks.all.find(({ uri }) => uri.toString() === notebook);
    return found?.getCells().find(({ document }) => document.uri.toString() === cell)?.document;
  }

  #clearForeign(): void {
    const paths = new Set(this.#notebooks.all.map(({ uri }) => uri.path));
    this.#shown.forEach((uri) => {
      if (!paths.has(uri.path)) this.#shown.delete(uri);
    });
  }
}

async function diagnosticOf(document: vscode.TextDocument, problem: LanguageProblem): Promise<vscode.Diagnostic> {
  const diagnostic = new vscode.Diagnostic(
    rangeOf(document, problem.span),
    problem.message,
    SEVERITIES[problem.severity],
  );
  diagnostic.source = "ts";
  diagnostic.code = problem.code;
  diagnostic.tags = [
    ...(problem.unnecessary ? [vscode.DiagnosticTag.Unnecessary] : []),
    ...(problem.deprecated ? [vscode.DiagnosticTag.Deprecated] : []),
  ];
  diagnostic.relatedInformation = await Promise.all(
    problem.related.map(
      async ({ place, message }) => new vscode.DiagnosticRelatedInformation(await locationOf(place), message),
    ),
  );
  return diagnostic;
}
