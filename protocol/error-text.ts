/** @file An error report as text: message, place with source line and caret, stack, causes. */
import type { ErrorReport, SourceLocation, StackFrame } from "./session.ts";

/** What someone who draws the text makes of its parts; each takes the plain text. */
export interface ErrorStyle {
  /** "TypeError: x is …", or the message alone of an error without a name. */
  head(text: string, name: string): string;
  /** "Cell 3, line 2, column 5", "helper.ts:7:1". */
  place(text: string, place: SourceLocation | StackFrame): string;
  sourceLine(text: string): string;
  caretLine(text: string): string;
}

type Unwritten = Omit<ErrorReport, "text">;

const plainly = (text: string) => text;
const PLAIN: ErrorStyle = { head: plainly, place: plainly, sourceLine: plainly, caretLine: plainly };

export function errorText(report: Unwritten, style: ErrorStyle = PLAIN): string {
  const { name, message, location, stack, cause, errors = [], further = [], omitted } = report;
  const parts = [style.head(name === "" ? message : `${name}: ${message}`, name)];
  if (location) parts.push(pointTo(location, style));
  if (stack.length > 1) parts.push(stack.map((frame) => `    at ${describe(frame, style)}`).join("\n"));
  for (const problem of further) {
    parts.push(style.head(`Also: ${problem.message}`, "Also"), pointTo(problem.location, style));
  }
  if (cause) parts.push(`Caused by ${errorText(cause, style)}`);
  for (const [index, error] of errors.entries()) parts.push(`[${index}] ${errorText(error, style)}`);
  if (omitted) parts.push(`and ${omitted} more`);
  return parts.join("\n\n");
}

/** `f (cell 3:2:5)`, `helper.ts:7:1` */
export function describeFrame(frame: StackFrame): string {
  return describe(frame, PLAIN);
}

function describe(frame: StackFrame, style: ErrorStyle): string {
  const { functionName, cell, file, line, column } = frame;
  const place = style.place(`${cell ? `cell ${cell.number}` : file}:${line}:${column}`, frame);
  return functionName ? `${style.sourceLine(functionName)} (${place})` : place;
}

function pointTo(location: SourceLocation, style: ErrorStyle): string {
  const { cell, file, line, column, sourceLine, caretLine } = location;
  const place = style.place(`${cell ? `Cell ${cell.number}` : file}, line ${line}, column ${column}`, location);
  return `${place}\n  ${style.sourceLine(sourceLine)}\n  ${style.caretLine(caretLine)}`;
}
