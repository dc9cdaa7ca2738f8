/** @file Outline, folding and semantic tokens as VS Code wants them. */
import * as vscode from "vscode";
import type { FoldingSpan, OutlineItem } from "../../../protocol/language.ts";
import { type Asking, rangeOf } from "../asking.ts";

/** In the order of TypeScript's own numbers. */
export const TOKEN_LEGEND = new vscode.SemanticTokensLegend(
  [
    ...["class", "enum", "interface", "namespace", "typeParameter", "type", "parameter", "variable", "enumMember"],
    ...["property", "function", "method"],
  ],
  ["declaration", "static", "async", "readonly", "defaultLibrary", "local"],
);
const TYPE_SHIFT = 8;
const MODIFIER_MASK = 255;

const { SymbolKind: Kind } = vscode;
const KINDS: Readonly<Record<string, vscode.SymbolKind>> = {
  module: Kind.Module,
  class: Kind.Class,
  enum: Kind.Enum,
  "enum member": Kind.EnumMember,
  interface: Kind.Interface,
  method: Kind.Method,
  property: Kind.Property,
  getter: Kind.Property,
  setter: Kind.Property,
  const: Kind.Variable,
  let: Kind.Variable,
  var: Kind.Variable,
  "local var": Kind.Variable,
  function: Kind.Function,
  "local function": Kind.Function,
  construct: Kind.Constructor,
  constructor: Kind.Constructor,
};

const FOLDING_KINDS: Readonly<Record<FoldingSpan["kind"], vscode.FoldingRangeKind | undefined>> = {
  code: undefined,
  comment: vscode.FoldingRangeKind.Comment,
  imports: vscode.FoldingRangeKind.Imports,
  region: vscode.FoldingRangeKind.Region,
};

export class StructureProvider
  implements vscode.DocumentSymbolProvider, vscode.FoldingRangeProvider, vscode.DocumentSemanticTokensProvider
{
  readonly #asking: Asking;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  async provideDocumentSymbols(document: vscode.TextDocument, token: vscode.CancellationToken) {
    const found = await this.#asking.askLoose("outline", document, token);
    const symbolOf = ({ name, kind, span, nameSpan, children }: OutlineItem): vscode.DocumentSymbol => {
      const range = rangeOf(document, span);
      const selection = range.intersection(rangeOf(document, nameSpan)) ?? range;
      const symbol = new vscode.DocumentSymbol(name, "", KINDS[kind] ?? Kind.Variable, range, selection);
      symbol.children = children.map(symbolOf);
      return symbol;
    };
    return found?.map(symbolOf);
  }

  async provideFoldingRanges(
    document: vscode.TextDocument,
    _context: vscode.FoldingContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.FoldingRange[] | undefined> {
    const found = await this.#asking.askLoose("folding", document, token);
    return found?.flatMap(({ span, kind }) => {
      const { start, end } = rangeOf(document, span);
      // The line of a closing bracket stays in sight.
      const closes =
        kind === "code" &&
        /^[}\])`]/.test(document.getText(new vscode.Range(end.translate(0, end.character > 0 ? -1 : 0), end)));
      const last = closes ? end.line - 1 : end.line;
      return last > start.line ? [new vscode.FoldingRange(start.line, last, FOLDING_KINDS[kind])] : [];
    });
  }

  async provideDocumentSemanticTokens(document: vscode.TextDocument, token: vscode.CancellationToken) {
    const found = await this.#asking.ask("tokens", document, new vscode.Position(0, 0), token);
    if (!found) return undefined;
    const builder = new vscode.SemanticTokensBuilder(TOKEN_LEGEND);
    for (let index = 0; index < found.length; index += 3) {
      const { line, character } = document.positionAt(found[index]);
      const coding = found[index + 2];
      builder.push(line, character, found[index + 1], (coding >> TYPE_SHIFT) - 1, coding & MODIFIER_MASK);
    }
    return builder.build();
  }
}
