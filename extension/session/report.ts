/** @file From whatever was thrown to a report a person can act on. */
import { inspect } from "node:util";
import type { ErrorReport, SourceLocation } from "../../protocol/session.ts";
import { Lines, type Position } from "./rewrite/positions.ts";
import type { CellSyntaxError } from "./rewrite/problems.ts";
import { describeFrame, type OwnSource, ownFrames } from "./stack.ts";

/** A chain of causes can be circular. */
const DEEPEST_CAUSE = 8;

/** `fallback`: where to point when what was thrown has no stack of its own. */
export function reportOf(thrown: unknown, fallback?: SourceLocation, depth = 0): ErrorReport {
  if (!(thrown instanceof Error)) {
    const message = typeof thrown === "string" ? thrown : inspect(thrown, { depth: 2 });
    return withText({ name: "Thrown value", message, location: fallback, stack: [] });
  }
  const frames = ownFrames(thrown);
  const innermost = frames[0];
  const cause: unknown = thrown.cause;
  const deeper = depth < DEEPEST_CAUSE;
  return withText({
    name: String(thrown.name || thrown.constructor.name),
    message: String(thrown.message),
    location: innermost
      ? locate(innermost.source, { line: innermost.frame.line - 1, column: innermost.frame.column - 1 })
      : fallback,
    stack: frames.map(({ frame }) => frame),
    cause: cause !== undefined && deeper ? reportOf(cause, undefined, depth + 1) : undefined,
    errors:
      thrown instanceof AggregateError && deeper
        ? thrown.errors.map((error) => reportOf(error, undefined, depth + 1))
        : undefined,
  });
}

/** The first problem leads; the others follow in the text. */
export function syntaxReport(error: CellSyntaxError, source: OwnSource): ErrorReport {
  const lines = new Lines(source.text);
  const [first, ...others] = error.problems;
  const report = withText({
    name: "SyntaxError",
    message: first.message,
    location: locate(source, lines.positionAt(first.offset)),
    stack: [],
  });
  // A parser that lost its way goes on finding things; the first few are the true ones.
  const further = others.slice(0, 2).map(({ message, offset }) => {
    return `Also: ${message}\n\n${pointTo(locate(source, lines.positionAt(offset)))}`;
  });
  return { ...report, text: [report.text, ...further].join("\n\n") };
}

export function locate(source: OwnSource, { line, column }: Position): SourceLocation {
  const sourceLine = new Lines(source.text).lineText(line);
  // Tabs stay tabs, so that the caret stands under its column however wide they are drawn.
  const caretLine = `${sourceLine.slice(0, column).replace(/[^\t]/g, " ").padEnd(column)}^`;
  return { cell: source.cell, file: source.file, line: line + 1, column: column + 1, sourceLine, caretLine };
}

function withText(report: Omit<ErrorReport, "text">): ErrorReport {
  const { name, message, location, stack, cause, errors } = report;
  const parts = [name === "" ? message : `${name}: ${message}`];
  if (location) parts.push(pointTo(location));
  if (stack.length > 1) parts.push(stack.map((frame) => `    at ${describeFrame(frame)}`).join("\n"));
  if (cause) parts.push(`Caused by ${cause.text}`);
  for (const [index, error] of (errors ?? []).entries()) parts.push(`[${index}] ${error.text}`);
  return { ...report, text: parts.join("\n\n") };
}

function pointTo({ cell, file, line, column, sourceLine, caretLine }: SourceLocation): string {
  const place = cell ? `Cell ${cell.number}` : file;
  return `${place}, line ${line}, column ${column}\n  ${sourceLine}\n  ${caretLine}`;
}
