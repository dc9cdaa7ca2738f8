/** @file After a cell has run: its lines that computed a Jacobian or a Hessian get what they computed beside them. */
import * as vscode from "vscode";
import { DISPLAY_MIME, type MimeBundle, type ValueDisplay } from "../../protocol/display.ts";
import type { DerivativeLine } from "../../protocol/language.ts";
import type { LanguageClient } from "../language/client.ts";
import type { Evaluators } from "./evaluators.ts";
import { factsLine } from "./facts-line.ts";
import type { InlineResult, InlineResults } from "./results.ts";
import { wants } from "./settings.ts";

/** More lines of one cell than this are not looked at: each is asked of the session. */
const MOST_LINES = 20;

export class CellLines implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #evaluators: Evaluators;
  readonly #results: InlineResults;
  readonly #subscription: vscode.Disposable;

  constructor(client: LanguageClient, evaluators: Evaluators, results: InlineResults) {
    this.#client = client;
    this.#evaluators = evaluators;
    this.#results = results;
    this.#subscription = vscode.workspace.onDidChangeNotebookDocument(({ notebook, cellChanges }) => {
      for (const { cell, executionSummary } of cellChanges) {
        if (executionSummary?.success === true && executionSummary.timing) void this.#ran(notebook, cell);
      }
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #ran(notebook: vscode.NotebookDocument, { document, outputs }: vscode.NotebookCell): Promise<void> {
    const evaluator = this.#evaluators.of(document);
    if (!evaluator || !wants("cells", document)) return;
    const { version } = document;
    const asked = { notebook: notebook.uri.toString(), cell: document.uri.toString() };
    const { token } = new vscode.CancellationTokenSource();
    const lines = (await this.#client.ask("derivativeLines", asked, token)) ?? [];
    const bundles = await Promise.all(
      lines.slice(0, MOST_LINES).map(async ({ name }) => {
        // What the cell showed is there already.
        if (name === undefined) return shownBy(outputs);
        return (await evaluator.evaluate(name)).bundle;
      }),
    );
    if (document.version !== version) return;
    const results = lines.slice(0, MOST_LINES).flatMap((line, i) => resultOf(document, line, bundles[i]));
    if (results.length > 0 || this.#results.of(document).length > 0) this.#results.setLines(document, results);
  }
}

function resultOf(
  document: vscode.TextDocument,
  { name, span }: DerivativeLine,
  bundle: MimeBundle | undefined,
): InlineResult[] {
  const display = bundle?.[DISPLAY_MIME] as ValueDisplay | undefined;
  if (!bundle || !display) return [];
  // Where a statement is longer than a line, at its end.
  const { line } = document.positionAt(span.start + span.length);
  const shown = name ?? "result";
  const of = display.kind === "matrix" && display.role !== "tensor" ? functionOf(display.title) : shown;
  const state = { kind: "done", bundle, display, line: factsLine(display, of) } as const;
  return [{ name: shown, line, state, stale: false }];
}

/** "Hessian of f with respect to x". */
const functionOf = (title: string): string => /^\w+ of (\S+) with/.exec(title)?.[1] ?? "";

/** The last display of ours among outputs. */
export function shownBy(outputs: readonly vscode.NotebookCellOutput[]): MimeBundle | undefined {
  const items = outputs.findLast((output) => output.items.some(({ mime }) => mime === DISPLAY_MIME))?.items;
  const text = (mime: string) => {
    const data = items?.find((item) => item.mime === mime)?.data;
    return data && new TextDecoder().decode(data);
  };
  const display = text(DISPLAY_MIME);
  if (display === undefined) return undefined;
  const png = items?.find(({ mime }) => mime === "image/png")?.data;
  return {
    [DISPLAY_MIME]: JSON.parse(display) as object,
    ...(png && { "image/png": Buffer.from(png).toString("base64") }),
    "text/plain": text("text/plain") ?? "",
  };
}
