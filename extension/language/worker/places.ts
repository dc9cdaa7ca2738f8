/** @file From places in virtual files to places that a person knows, and back. */
import type ts from "typescript";
import type { Place, TextSpan } from "../../../protocol/language.ts";
import type { CellModule } from "./cell-modules.ts";
import type { NotebookProgram } from "./notebook-program.ts";

/** A span of a cell's virtual file as one of its text; undefined for the preamble, which nobody wrote. */
export function spanInCell(module: CellModule, { start, length }: ts.TextSpan): TextSpan | undefined {
  return start < module.shift ? undefined : { start: start - module.shift, length };
}

/** Where a cell's or any other file's span is; undefined for what is in a preamble. */
export function placeOf(program: NotebookProgram, file: string, span: ts.TextSpan): Place | undefined {
  const module = program.modules.ofFile(file);
  if (!module) return { file, span: { start: span.start, length: span.length } };
  const inCell = spanInCell(module, span);
  return inCell && { cell: module.uri, span: inCell };
}
