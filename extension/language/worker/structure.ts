/** @file What a cell's text looks like: outline and folding, which need nothing but the text, and tokens. */
import ts from "typescript";
import type { FoldingSpan, LooseText, OutlineItem, TokenSpans } from "../../../protocol/language.ts";
import type { CellModule } from "./cell-modules.ts";
import type { NotebookProgram } from "./notebook-program.ts";

/** Of a text by itself, in whatever notebook. */
export class LooseTexts {
  #file = "cell.ts";
  #text = "";
  #version = 0;
  readonly #service = ts.createLanguageService(
    {
      getCompilationSettings: () => ({ allowJs: true }),
      getScriptFileNames: () => [this.#file],
      getScriptVersion: () => String(this.#version),
      getScriptSnapshot: () => ts.ScriptSnapshot.fromString(this.#text),
      getCurrentDirectory: () => "/",
      getDefaultLibFileName: () => "",
      fileExists: () => false,
      readFile: () => undefined,
    },
    undefined,
    ts.LanguageServiceMode.Syntactic,
  );

  outline(text: LooseText): OutlineItem[] {
    return items(this.#service.getNavigationTree(this.#take(text)));
  }

  folding(text: LooseText): FoldingSpan[] {
    return this.#service.getOutliningSpans(this.#take(text)).map(({ textSpan, kind }) => ({ span: textSpan, kind }));
  }

  #take({ language, text }: LooseText): string {
    const file = language === "javascript" ? "cell.js" : "cell.ts";
    if (file !== this.#file || text !== this.#text) this.#version++;
    this.#file = file;
    this.#text = text;
    return file;
  }
}

function items({ childItems = [] }: ts.NavigationTree): OutlineItem[] {
  // Imports say nothing about what a cell is.
  const shown = childItems.filter(({ kind }) => kind !== ts.ScriptElementKind.alias);
  return shown.map((tree) => ({
    name: tree.text,
    kind: tree.kind,
    span: tree.spans[0],
    nameSpan: tree.nameSpan ?? tree.spans[0],
    children: items(tree),
  }));
}

export function tokens({ service }: NotebookProgram, module: CellModule): TokenSpans {
  const whole = { start: module.shift, length: module.source.length };
  const { spans } = service.getEncodedSemanticClassifications(
    module.file,
    whole,
    ts.SemanticClassificationFormat.TwentyTwenty,
  );
  const flat: number[] = [];
  for (let index = 0; index < spans.length; index += 3) {
    const start = spans[index] - module.shift;
    if (start >= 0) flat.push(start, spans[index + 1], spans[index + 2]);
  }
  return flat;
}
