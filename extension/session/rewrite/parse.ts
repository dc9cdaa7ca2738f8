/** @file Parsing a cell: as a module (so that `await` works at the top), with TypeScript's own syntax messages. */
import ts from "typescript";
import type { SyntaxProblem } from "./problems.ts";

export function parseModule(text: string, kind: ts.ScriptKind): ts.SourceFile {
  const options: ts.CreateSourceFileOptions = {
    languageVersion: ts.ScriptTarget.ESNext,
    impliedNodeFormat: ts.ModuleKind.ESNext,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    // Not internal, but untyped in its argument: any truthy indicator makes the file a module.
    setExternalModuleIndicator: (file) => {
      (file as { externalModuleIndicator?: ts.Node | true }).externalModuleIndicator = true;
    },
  };
  const name = kind === ts.ScriptKind.TS ? "cell.ts" : "cell.js";
  const file = ts.createSourceFile(name, text, options, /* setParentNodes: */ true, kind) as ParsedFile;
  removeStale(file);
  return file;
}

/** What the public types keep to themselves. */
interface ParsedFile extends ts.SourceFile {
  readonly statements: ts.NodeArray<ts.Statement> & ts.Statement[];
  /** The parser's findings, which the public API gives only through a whole Program. */
  parseDiagnostics: readonly ts.DiagnosticWithLocation[];
}

/**
 * TypeScript parses a module as if `await` were a name, and then again from the first place where it was one. Where
 * the two differ in how many statements they find, statements of the first try are left over behind those of the
 * second, with their complaints; what they overlook, the engine will find.
 */
function removeStale(file: ParsedFile): void {
  const { statements } = file;
  const stale = statements.findIndex(({ pos }, i) => i > 0 && pos < statements[i - 1].end);
  if (stale < 0) return;
  const { pos } = statements[stale];
  statements.splice(stale);
  file.parseDiagnostics = file.parseDiagnostics.filter(({ start }) => start < pos);
}

export function syntaxProblems(file: ts.SourceFile): SyntaxProblem[] {
  return (file as ParsedFile).parseDiagnostics.map(({ messageText, start }) => ({
    message: ts.flattenDiagnosticMessageText(messageText, "\n"),
    offset: start,
  }));
}
