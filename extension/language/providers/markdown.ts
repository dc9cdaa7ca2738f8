/** @file Descriptions as VS Code shows them. */
import * as vscode from "vscode";

export function codeAndText(code: string, text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  if (code !== "") markdown.appendCodeblock(code, "typescript");
  return markdown.appendMarkdown(text);
}
