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
  readonly scriptKind: ts.ScriptKind;
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

/**
 * What is wrong with the text. The parser may keep complaints of its first try, where the second found nothing: then the
 * text is also parsed as the body of an async function, in which `await` is no name from the start.
 */
export function syntaxProblems(file: ts.SourceFile): SyntaxProblem[] {
  const { parseDiagnostics, text, scriptKind } = file as ParsedFile;
  if (parseDiagnostics.length > 0 && /\bawait\b/.test(text)) {
    const body = ts.createSourceFile("body.ts", `async()=>{${text}\n}`, ts.ScriptTarget.ESNext, false, scriptKind);
    if ((body as ParsedFile).parseDiagnostics.length === 0) return [];
  }
  return parseDiagnostics.map(({ messageText, start }) => ({
    message: ts.flattenDiagnosticMessageText(messageText, "\n"),
    offset: start,
  }));
}
