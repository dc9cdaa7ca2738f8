/** @file A larger picture, the facts in a sentence, and what can be done with them, over a line that has a result. */
import * as vscode from "vscode";
import { TITLES } from "./question.ts";
import type { InlineResult, InlineResults } from "./results.ts";
import { wants } from "./settings.ts";
import { hoverPicture } from "./thumbnail.ts";

const COMMANDS = [
  "cotangent.ask",
  "cotangent.askInputs",
  "cotangent.askArgument",
  "cotangent.openExplorer",
  "cotangent.pinInline",
  "cotangent.clearInline",
] as const;

export class ResultHover implements vscode.HoverProvider {
  readonly #results: InlineResults;

  constructor(results: InlineResults) {
    this.#results = results;
  }

  provideHover(document: vscode.TextDocument, { line }: vscode.Position): vscode.Hover | undefined {
    const found = this.#results.of(document).filter((result) => result.line === line);
    if (found.length === 0 || !wants("hover", document)) return undefined;
    return new vscode.Hover(
      found.map((result) => hoverText(document, result)),
      document.lineAt(line).range,
    );
  }
}

function hoverText(document: vscode.TextDocument, result: InlineResult): vscode.MarkdownString {
  const { state, question, asked, name, stale } = result;
  const text = new vscode.MarkdownString();
  text.isTrusted = { enabledCommands: COMMANDS };
  text.supportHtml = false;
  if (state.kind === "failed") {
    text.appendCodeblock(state.error.text, "text");
  } else if (state.kind === "done") {
    const { display, bundle } = state;
    const title = display?.kind === "matrix" || display?.kind === "benchmark" ? display.title : state.line;
    text.appendMarkdown(`**${asMarkdown(title)}**\n\n`);
    if (stale) text.appendMarkdown("*The code was edited since: this may no longer hold.*\n\n");
    const sentence = display?.kind === "matrix" ? display.facts?.[0]?.sentence : undefined;
    if (sentence) text.appendMarkdown(`${asMarkdown(sentence)}\n\n`);
    const picture = hoverPicture(display, bundle["image/png"] as string | undefined);
    if (picture) text.appendMarkdown(`![${question ? TITLES[question] : name}](${picture})\n\n`);
    else if (typeof bundle["text/plain"] === "string")
      text.appendCodeblock(bundle["text/plain"].slice(0, 2000), "text");
  }
  if (asked) text.appendMarkdown("at ").appendCodeblock(`${asked.name}(${asked.inputs})`, "typescript");
  const uri = document.uri.toString();
  const link = (title: string, command: (typeof COMMANDS)[number], ...args: readonly unknown[]): string =>
    `[${title}](command:${command}?${encodeURIComponent(JSON.stringify(args))})`;
  const links = question
    ? [
        link(stale ? "Compute again" : "Refresh", "cotangent.ask", question, uri, name),
        link("Other inputs …", "cotangent.askInputs", uri, name),
        link("With respect to …", "cotangent.askArgument", uri, name),
      ]
    : [];
  const everywhere = [
    link("Open in the explorer", "cotangent.openExplorer", uri, name, question),
    link("Pin", "cotangent.pinInline", uri, name),
    link("Clear", "cotangent.clearInline", uri, name),
  ];
  text.appendMarkdown([...links, ...everywhere].join(" · "));
  return text;
}

/** `appendText` of VS Code would keep the spaces from breaking lines. */
const asMarkdown = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-!<>|&~]/g, "\\$&");
