/** @file From whatever was thrown to a report a person can act on. */
import { inspect, types } from "node:util";
import { errorText } from "../../protocol/error-text.ts";
import type { ErrorReport, SourceLocation } from "../../protocol/session.ts";
import { Lines, type Position } from "./rewrite/positions.ts";
import type { CellSyntaxError } from "./rewrite/problems.ts";
import { type OwnSource, ownFrames } from "./stack.ts";

/** A chain of causes can be made up as it is read. */
const DEEPEST_CAUSE = 8;
/** A thousand promises can fail for one reason. */
const MOST_PARTS = 5;

/** `fallback`: where to point when nothing is known of where it was thrown. */
export function reportOf(thrown: unknown, fallback?: SourceLocation): ErrorReport {
  return report(thrown, fallback, { depth: 0, told: new Set() });
}

interface Telling {
  readonly depth: number;
  /** Errors refer to each other in circles. */
  readonly told: Set<unknown>;
}

function report(thrown: unknown, fallback: SourceLocation | undefined, { depth, told }: Telling): ErrorReport {
  const frames = ownFrames(thrown);
  const innermost = frames[0];
  const location = innermost
    ? locate(innermost.source, { line: innermost.frame.line - 1, column: innermost.frame.column - 1 })
    : fallback;
  const stack = frames.map(({ frame }) => frame);
  if (!isError(thrown)) {
    return withText({ name: "Thrown value", message: textOf(thrown), location, stack });
  }
  const name = textOf(read(thrown, "name") || "Error");
  const message = textOf(read(thrown, "message") ?? "");
  if (told.has(thrown)) return withText({ name, message: `${message} (told above)`, stack: [] });
  told.add(thrown);
  const below = (part: unknown) => report(part, undefined, { depth: depth + 1, told });
  const cause = read(thrown, "cause");
  const parts = depth < DEEPEST_CAUSE ? partsOf(thrown) : [];
  return withText({
    name,
    message,
    location,
    stack,
    cause: cause !== undefined && depth < DEEPEST_CAUSE ? below(cause) : undefined,
    errors: parts.length > 0 ? parts.slice(0, MOST_PARTS).map(below) : undefined,
    omitted: parts.length > MOST_PARTS ? parts.length - MOST_PARTS : undefined,
  });
}

/** Also one of another realm. */
function isError(thrown: unknown): thrown is Error {
  return types.isNativeError(thrown) || thrown instanceof Error;
}

/** Of an AggregateError; and of a SuppressedError, which is about a failure and one on the way out of it. */
function partsOf(error: Error): readonly unknown[] {
  const errors = read(error, "errors");
  if (Array.isArray(errors)) return errors;
  return read(error, "name") === "SuppressedError" ? [read(error, "error"), read(error, "suppressed")] : [];
}

/** A person's getter may throw in its turn. */
function read(error: Error, key: string): unknown {
  try {
    return (error as unknown as Readonly<Record<string, unknown>>)[key];
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return inspect(value, { depth: 2 });
  } catch {
    return "(a value that cannot be shown)";
  }
}

/** The first problem leads; a parser that lost its way goes on finding things, and the first few are the true ones. */
export function syntaxReport(error: CellSyntaxError, source: OwnSource): ErrorReport {
  const lines = new Lines(source.text);
  const [first, ...further] = error.problems
    .slice(0, 3)
    .map(({ message, offset }) => ({ message, location: locate(source, lines.positionAt(offset)) }));
  return withText({ name: "SyntaxError", ...first, stack: [], further });
}

export function locate(source: OwnSource, { line, column }: Position): SourceLocation {
  const sourceLine = new Lines(source.text).lineText(line);
  // Tabs stay tabs, so that the caret stands under its column however wide they are drawn.
  const caretLine = `${sourceLine.slice(0, column).replace(/[^\t]/g, " ").padEnd(column)}^`;
  const { cell, file, path } = source;
  return { cell, file, path, line: line + 1, column: column + 1, sourceLine, caretLine };
}

function withText(report: Omit<ErrorReport, "text">): ErrorReport {
  return { ...report, text: errorText(report) };
}
