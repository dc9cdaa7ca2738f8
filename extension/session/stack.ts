/**
 * @file Stack traces in the person's own terms: frames of cells and of files beside the notebook, at the line and
 * column they were written at. Installed as `Error.prepareStackTrace`, so that `error.stack` reads so everywhere.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describeFrame } from "../../protocol/error-text.ts";
import type { CellIdentity, StackFrame } from "../../protocol/session.ts";
import type { Position } from "./rewrite/positions.ts";
import { latestRun, ownRun, type Run } from "./run.ts";

/** A text the person wrote, as the engine knows it under its URL. */
export interface OwnSource {
  readonly cell?: CellIdentity;
  /** As a person calls it. */
  readonly file?: string;
  /** Of that file, absolute. */
  readonly path?: string;
  /** The execution that this text is of. */
  readonly run?: Run;
  readonly text: string;
  /** From a position in what is evaluated to one in `text`, both counted from 0; undefined in what nobody wrote. */
  toSource(position: Position): Position | undefined;
}

interface OwnFrame {
  readonly frame: StackFrame;
  readonly source: OwnSource;
}

const sources = new Map<string, OwnSource>();
const framesOf = new WeakMap<object, readonly OwnFrame[]>();
/** For what a cell threw: an error made in the same place. */
const thrownAt = new WeakMap<object, Error>();
/** The number, string or the like that a cell threw last. */
let thrownPrimitive: { readonly value: unknown; readonly at: Error } | undefined;
let home = "";

/** Deep enough that the frames of a library do not push those of the cell out. */
const STACK_DEPTH = 64;

export function registerSource(url: string, source: OwnSource): void {
  sources.set(url, source);
}

/** A file's path as a person in the notebook's folder calls it. */
export function nameOfFile(file: string): string {
  const relative = path.relative(home, file);
  return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative.replaceAll(path.sep, "/");
}

/** `ownFolder`: the folder of the session's bundles, whose frames are nobody's business; `directory`: the notebook's. */
export function installStackTraces(ownFolder: string, directory: string): void {
  home = directory;
  Error.stackTraceLimit = STACK_DEPTH;
  Error.prepareStackTrace = (error, callSites) => {
    const own: OwnFrame[] = [];
    const lines: string[] = [];
    for (const callSite of callSites) {
      const frame = ownFrame(callSite, ownFolder);
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

/** The person's frames of what was thrown, innermost first. */
export function ownFrames(thrown: unknown): readonly OwnFrame[] {
  if (typeof thrown !== "object" || thrown === null) {
    return thrownPrimitive && Object.is(thrownPrimitive.value, thrown) ? ownFrames(thrownPrimitive.at) : [];
  }
  // The engine prepares the stack when it is first read, which a person's getter or proxy may refuse.
  try {
    void (thrown as { stack?: unknown }).stack;
  } catch {}
  const frames = framesOf.get(thrown) ?? [];
  const at = thrownAt.get(thrown);
  return frames.length === 0 && at ? ownFrames(at) : frames;
}

/**
 * Where a cell throws, for what does not know it by itself: a value that is no error, an error of Node's. Whether it
 * does is asked only when it is reported: preparing a stack takes its time, and most of what is thrown is caught.
 */
export function rememberThrown(value: unknown): void {
  const at = new Error();
  if (typeof value === "object" && value !== null) thrownAt.set(value, at);
  else thrownPrimitive = { value, at };
}

/** The execution that speaks now, or that `error` is of: its own code runs, or code of it is on the stack, or it is the last. */
export function runBehind(error?: unknown): Run | undefined {
  const own = ownRun();
  // Making an error takes its time, and the execution is known for nearly everything that is printed.
  return own ?? ownFrames(error ?? new Error()).findLast(({ source }) => source.run)?.source.run ?? latestRun();
}

function ownFrame(callSite: NodeJS.CallSite, ownFolder: string): OwnFrame | undefined {
  const url = urlOf(callSite);
  const source = sources.get(url) ?? ownFile(url, ownFolder);
  const line = callSite.getLineNumber();
  const column = callSite.getColumnNumber();
  if (!source || line === null || column === null) return undefined;
  const position = source.toSource({ line: line - 1, column: column - 1 });
  if (!position) return undefined;
  const functionName = callSite.getFunctionName() ?? undefined;
  const type = functionName && callSite.getTypeName();
  const qualified = type && type !== "Object" && callSite.isToplevel() === false && !functionName.includes(".");
  return {
    source,
    frame: {
      functionName: qualified ? `${type}.${functionName}` : functionName,
      cell: source.cell,
      file: source.file,
      path: source.path,
      line: position.line + 1,
      column: position.column + 1,
    },
  };
}

/** JavaScript of the person's, which Node loaded as it is. */
function ownFile(url: string, ownFolder: string): OwnSource | undefined {
  if (!/^(file:|\/|[a-zA-Z]:\\)/.test(url)) return undefined;
  const file = fileOf(url);
  if (file.startsWith(ownFolder) || /[\\/]node_modules[\\/]/.test(file)) return undefined;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const source: OwnSource = { file: nameOfFile(file), path: file, text, toSource: (position) => position };
  sources.set(url, source);
  return source;
}

function urlOf(callSite: NodeJS.CallSite): string {
  return callSite.getScriptNameOrSourceURL() ?? callSite.getFileName() ?? "";
}

function fileOf(url: string): string {
  return url.startsWith("file:") ? fileURLToPath(url) : url;
}

/** Libraries: not ours, not Node's. */
function isForeign(callSite: NodeJS.CallSite, ownFolder: string): boolean {
  const url = urlOf(callSite);
  // A frame of a cell is here when the compiler wrote it.
  if (url === "" || url.startsWith("node:") || sources.has(url)) return false;
  return !fileOf(url).startsWith(ownFolder);
}

function headline(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}
