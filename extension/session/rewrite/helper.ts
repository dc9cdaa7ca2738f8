/** @file A TypeScript file beside the notebook, compiled to the System module format. */
import ts from "typescript";
import { parseModule, syntaxProblems } from "./parse.ts";
import { Lines, type Position } from "./positions.ts";
import { SourceMap } from "./source-map.ts";

export interface CompiledHelper {
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
  const map = new SourceMap(sourceMapText ?? '{"mappings":""}');
  return { javascript: outputText, toSource: (position) => map.toSource(position) };
}
