/** @file Draws results at the ends of their lines: a small picture and a few words. */
import * as vscode from "vscode";
import type { InlineResult, InlineResults } from "./results.ts";
import { wants } from "./settings.ts";
import { type Theme, thumbnail } from "./thumbnail.ts";

/** A message is to stand beside the code, not to push it out of sight. */
const LONGEST = 120;

export class LineEnds implements vscode.Disposable {
  readonly #results: InlineResults;
  /** Two types, drawn in this order: one attachment is a picture or a text, not both. */
  readonly #picture = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  readonly #words = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  readonly #subscriptions: vscode.Disposable[];

  constructor(results: InlineResults) {
    this.#results = results;
    this.#subscriptions = [
      this.#picture,
      this.#words,
      results.onDidChange((document) => this.#draw(document)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.redraw()),
    ];
  }

  redraw(): void {
    for (const { document } of vscode.window.visibleTextEditors) this.#draw(document);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #draw(document: vscode.TextDocument): void {
    const editors = vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
    if (editors.length === 0) return;
    const results = this.#results.of(document).filter(({ line }) => line < document.lineCount);
    const pictures = wants("thumbnails", document) ? results.flatMap((result) => pictureOf(document, result)) : [];
    const words = wants("facts", document) ? results.map((result) => wordsOf(document, result)) : [];
    for (const editor of editors) {
      editor.setDecorations(this.#picture, pictures);
      editor.setDecorations(this.#words, words);
    }
  }
}

const endOf = (document: vscode.TextDocument, line: number): vscode.Range => {
  const { end } = document.lineAt(line).range;
  return new vscode.Range(end, end);
};

function pictureOf(document: vscode.TextDocument, { line, state, stale }: InlineResult): vscode.DecorationOptions[] {
  if (state.kind !== "done") return [];
  const attachment = (theme: Theme): vscode.ThemableDecorationInstanceRenderOptions | undefined => {
    const address = thumbnail(state.display, theme, stale);
    if (address === undefined) return undefined;
    return { after: { contentIconPath: vscode.Uri.parse(address), margin: "0 0 0 2em" } };
  };
  const [light, dark] = [attachment("light"), attachment("dark")];
  return light && dark ? [{ range: endOf(document, line), renderOptions: { light, dark } }] : [];
}

function wordsOf(document: vscode.TextDocument, { line, state, stale }: InlineResult): vscode.DecorationOptions {
  const failed = state.kind === "failed";
  const text = state.kind === "running" ? "computing …" : failed ? `✗ ${oneLine(state.error)}` : state.line;
  const colour = failed ? "editorError.foreground" : stale ? "disabledForeground" : "editorCodeLens.foreground";
  return {
    range: endOf(document, line),
    renderOptions: {
      after: {
        contentText: `${text}${stale && !failed ? " · edited since" : ""}`,
        color: new vscode.ThemeColor(colour),
        margin: "0 0 0 1em",
        fontStyle: stale ? "italic" : "normal",
      },
    },
  };
}

function oneLine({ name, message }: { readonly name: string; readonly message: string }): string {
  const text = `${name}: ${message}`.split("\n")[0];
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
