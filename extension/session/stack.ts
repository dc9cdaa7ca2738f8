/**
 * @file Stack traces in the person's own terms: frames of cells and of files beside the notebook, at the line and
 * column they were written at. Installed as `Error.prepareStackTrace`, so that `error.stack` reads so everywhere.
 */
import { fileURLToPath } from "node:url";
import type { CellIdentity, StackFrame } from "../../protocol/session.ts";
import type { Position } from "./rewrite/positions.ts";

/** A text the person wrote, as the engine knows it under its URL. */
export interface OwnSource {
  readonly cell?: CellIdentity;
  readonly file?: string;
  readonly text: string;
  /** From a position in what is evaluated to one in `text`, both counted from 0. */
  toSource(position: Position): Position;
}

interface OwnFrame {
  readonly frame: StackFrame;
  readonly source: OwnSource;
}

const sources = new Map<string, OwnSource>();
const framesOf = new WeakMap<Error, readonly OwnFrame[]>();

/** Deep enough that the frames of a library do not push those of the cell out. */
const STACK_DEPTH = 64;

export function registerSource(url: string, source: OwnSource): void {
  sources.set(url, source);
}

/** `ownFolder`: the folder of the session's bundles, whose frames are nobody's business. */
export function installStackTraces(ownFolder: string): void {
  Error.stackTraceLimit = STACK_DEPTH;
  Error.prepareStackTrace = (error, callSites) => {
    const own: OwnFrame[] = [];
    const lines: string[] = [];
    for (const callSite of callSites) {
      const frame = ownFrame(callSite);
      if (frame) {
        own.push(frame);
        lines.push(`    at ${describeFrame(frame.frame)}`);
      } else if (isForeign(callSite, ownFolder)) {
        lines.push(`    at ${callSite}`);
      }
    }
    framesOf.set(error, own);
    return [headline(error), ...lines].join("\n");
  };
}

/** The person's frames of an error, innermost first. */
export function ownFrames(error: Error): readonly OwnFrame[] {
  // The engine prepares the stack when it is first read.
  void error.stack;
  return framesOf.get(error) ?? [];
}

/** `f (cell 3:2:5)`, `helper.ts:7:1` */
export function describeFrame({ functionName, cell, file, line, column }: StackFrame): string {
  const place = `${cell ? `cell ${cell.number}` : file}:${line}:${column}`;
  return functionName ? `${functionName} (${place})` : place;
}

function ownFrame(callSite: NodeJS.CallSite): OwnFrame | undefined {
  const source = sources.get(urlOf(callSite));
  const line = callSite.getLineNumber();
  const column = callSite.getColumnNumber();
  if (!source || line === null || column === null) return undefined;
  const position = source.toSource({ line: line - 1, column: column - 1 });
  const functionName = callSite.getFunctionName() ?? undefined;
  const type = functionName && callSite.getTypeName();
  const qualified = type && type !== "Object" && callSite.isToplevel() === false && !functionName.includes(".");
  return {
    source,
    frame: {
      functionName: qualified ? `${type}.${functionName}` : functionName,
      cell: source.cell,
      file: source.file,
      line: position.line + 1,
      column: position.column + 1,
    },
  };
}

function urlOf(callSite: NodeJS.CallSite): string {
  return callSite.getScriptNameOrSourceURL() ?? callSite.getFileName() ?? "";
}

/** Libraries: not ours, not Node's. */
function isForeign(callSite: NodeJS.CallSite, ownFolder: string): boolean {
  const url = urlOf(callSite);
  if (url === "" || url.startsWith("node:")) return false;
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  return !path.startsWith(ownFolder);
}

function headline(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}
