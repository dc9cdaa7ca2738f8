/** @file Compiles and runs the scripts of cells in this process's global scope. */
import inspector from "node:inspector";
import vm from "node:vm";
import type { Position } from "./rewrite/positions.ts";

/** The engine refuses a script that TypeScript's parser let pass. */
export class CompileError extends Error {
  readonly refusal: Error;
  /** In the script; undefined when the engine does not say. */
  readonly position: Position | undefined;

  constructor(refusal: Error, position: Position | undefined) {
    super(refusal.message);
    this.refusal = refusal;
    this.position = position;
  }
}

/** The session's variables: names of the top-level scope, declared once and for good. */
export function declareVariables(names: readonly string[]): void {
  if (names.length > 0) vm.runInThisContext(`let ${names.join(",")};`);
}

/** What the session's variables hold now. Reading a variable runs nobody's code. */
export function readVariables(names: readonly string[]): unknown[] {
  return vm.runInThisContext(`[${names.join(",")}]`) as unknown[];
}

/** The script is an async function. Throws `CompileError`. */
export function compile(script: string, url: string): () => Promise<void> {
  try {
    return new vm.Script(script, { filename: url }).runInThisContext() as () => Promise<void>;
  } catch (error) {
    throw new CompileError(error as Error, refusedAt(script, url));
  }
}

/** The error itself names no column; the inspector does. */
function refusedAt(script: string, url: string): Position | undefined {
  const session = new inspector.Session();
  session.connect();
  let position: Position | undefined;
  session.post("Runtime.enable");
  session.post(
    "Runtime.compileScript",
    { expression: script, sourceURL: url, persistScript: false },
    (_, { exceptionDetails } = {}) => {
      if (exceptionDetails) position = { line: exceptionDetails.lineNumber, column: exceptionDetails.columnNumber };
    },
  );
  session.disconnect();
  return position;
}
