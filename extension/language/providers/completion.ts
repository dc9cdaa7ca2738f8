/** @file Completions as VS Code wants them. */
import * as vscode from "vscode";
import type { CompletionEntry, CompletionKey } from "../../../protocol/language.ts";
import { type Asking, rangeOf } from "../asking.ts";
import { codeAndText } from "./markdown.ts";

export const COMPLETION_TRIGGERS = [".", '"', "'", "`", "/", "@", "<", "#", " "];

const { CompletionItemKind: Kind } = vscode;
const KINDS: Readonly<Record<string, vscode.CompletionItemKind>> = {
  keyword: Kind.Keyword,
  "primitive type": Kind.Keyword,
  const: Kind.Variable,
  let: Kind.Variable,
  var: Kind.Variable,
  "local var": Kind.Variable,
  alias: Kind.Variable,
  parameter: Kind.Variable,
  property: Kind.Field,
  getter: Kind.Field,
  setter: Kind.Field,
  function: Kind.Function,
  "local function": Kind.Function,
  method: Kind.Method,
  construct: Kind.Method,
  call: Kind.Method,
  index: Kind.Method,
  enum: Kind.Enum,
  "enum member": Kind.EnumMember,
  module: Kind.Module,
  "external module name": Kind.Module,
  class: Kind.Class,
  "local class": Kind.Class,
  type: Kind.Class,
  interface: Kind.Interface,
  warning: Kind.Text,
  script: Kind.File,
  directory: Kind.Folder,
  string: Kind.Constant,
};

class Item extends vscode.CompletionItem {
  readonly document: vscode.TextDocument;
  readonly position: vscode.Position;
  readonly key: CompletionKey;

  constructor(entry: CompletionEntry, document: vscode.TextDocument, position: vscode.Position) {
    const label = entry.optional ? `${entry.name}?` : entry.name;
    super(entry.from === undefined ? label : { label, description: entry.from }, KINDS[entry.kind] ?? Kind.Property);
    this.document = document;
    this.position = position;
    this.key = entry.details;
    this.sortText = entry.sortText;
    this.filterText = entry.filterText ?? (entry.optional ? entry.name : undefined);
    this.insertText = entry.insertText ?? (entry.optional ? entry.name : undefined);
    if (entry.replace) this.range = rangeOf(document, entry.replace);
    if (entry.deprecated) this.tags = [vscode.CompletionItemTag.Deprecated];
  }
}

export class CompletionProvider implements vscode.CompletionItemProvider<Item> {
  readonly #asking: Asking;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
    { triggerCharacter }: vscode.CompletionContext,
  ): Promise<vscode.CompletionList<Item> | undefined> {
    const before = document.lineAt(position).text.slice(0, position.character);
    // A space asks only where the names of an import are to follow.
    if (triggerCharacter === " " && !/^\s*import\b/.test(before)) return undefined;
    const found = await this.#asking.ask("completions", document, position, token, { trigger: triggerCharacter });
    if (!found) return undefined;
    const items = found.entries.map((entry) => {
      const item = new Item(entry, document, position);
      item.commitCharacters = [...found.commitCharacters];
      return item;
    });
    return new vscode.CompletionList(items, found.isIncomplete);
  }

  async resolveCompletionItem(item: Item, token: vscode.CancellationToken): Promise<Item> {
    const { document, position, key } = item;
    const found = await this.#asking.ask("completionDetails", document, position, token, { key });
    if (!found) return item;
    item.detail = found.signature;
    item.documentation = codeAndText("", found.documentation);
    if (found.edits.length > 0) {
      item.additionalTextEdits = found.edits.map(
        ({ span, text }) => new vscode.TextEdit(rangeOf(document, span), text),
      );
    }
    return item;
  }
}
