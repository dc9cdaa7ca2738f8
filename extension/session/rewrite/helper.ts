/** @file A TypeScript file beside the notebook, compiled to the System module format. */
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { parseModule, syntaxProblems } from "./parse.ts";
import { Lines, type Position } from "./positions.ts";
import { SourceMap } from "./source-map.ts";
import { sourceMapComment } from "./source-map-writer.ts";

export interface CompiledHelper {
  /** With its source map, which debuggers read. */
  readonly javascript: string;
  toSource(position: Position): Position | undefined;
}

export function compileHelper(text: string, file: string): CompiledHelper {
  const problems = syntaxProblems(parseModule(text, ts.ScriptKind.TS));
  if (problems.length > 0) {
    const { line, column } = new Lines(text).positionAt(problems[0].offset);
    throw new SyntaxError(`${file}:${line + 1}:${column + 1}: ${problems[0].message}`);
  }
  const { outputText, sourceMapText } = ts.transpileModule(text, {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.System,
      sourceMap: true,
      // System is on its way out of TypeScript, as a format for files on disk; we only use it in memory.
      ignoreDeprecations: "6.0",
    },
  });
  const json = sourceMapText ?? '{"mappings":""}';
  const map = new SourceMap(json);
  const { mappings } = JSON.parse(json) as { mappings: string };
  const comment = sourceMapComment(pathToFileURL(file).href, mappings);
  return {
    javascript: outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, comment),
    toSource: (position) => map.toSource(position),
  };
}
