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
  return ts.createSourceFile(name, text, options, /* setParentNodes: */ true, kind);
}

export function syntaxProblems(file: ts.SourceFile): SyntaxProblem[] {
  // The parser's findings, which the public API gives only through a whole Program.
  const { parseDiagnostics } = file as ts.SourceFile & { parseDiagnostics: readonly ts.DiagnosticWithLocation[] };
  return parseDiagnostics.map(({ messageText, start }) => ({
    message: ts.flattenDiagnosticMessageText(messageText, "\n"),
    offset: start,
  }));
}
