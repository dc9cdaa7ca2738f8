/** @file One variable as a line of the tree. */
import * as vscode from "vscode";
import type { Variable, VariableKind } from "../../protocol/variables.ts";
import { formatBytes, lineOf, spokenOf, tableOf } from "./variable-text.ts";

const ICONS: Readonly<Record<VariableKind, string>> = {
  tensor: "table",
  structured: "symbol-structure",
  number: "symbol-numeric",
  boolean: "symbol-boolean",
  text: "symbol-string",
  function: "symbol-method",
  class: "symbol-class",
  array: "symbol-array",
  "typed-array": "symbol-array",
  map: "symbol-key",
  set: "list-ordered",
  date: "calendar",
  error: "error",
  object: "symbol-object",
  nothing: "circle-outline",
  symbol: "symbol-misc",
};

/** `showBytes`: lines that are sorted by size say their size. */
export function itemOf(variable: Variable, showBytes: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(variable.name);
  // The same line after an update, so that it stays selected.
  item.id = variable.name;
  const { bytes } = variable;
  item.description = showBytes && bytes !== undefined ? `${formatBytes(bytes)}, ${lineOf(variable)}` : lineOf(variable);
  item.iconPath = new vscode.ThemeIcon(variable.pending ? "watch" : ICONS[variable.kind]);
  item.tooltip = new vscode.MarkdownString(tableOf(variable));
  item.contextValue = variable.kind;
  item.accessibilityInformation = { label: spokenOf(variable) };
  return item;
}
