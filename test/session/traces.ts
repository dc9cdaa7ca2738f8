/** @file What random cells do, as cells of a session and as one module, and whether every place in them is found again. */
import assert from "node:assert/strict";
import ts from "typescript";
import { CompileError, compile, declareVariables, readVariables } from "../../extension/session/evaluator.ts";
import { installHooks } from "../../extension/session/hooks.ts";
import { Edits } from "../../extension/session/rewrite/edits.ts";
import { eraseTypes } from "../../extension/session/rewrite/erase.ts";
import { HOOK, type NameKind } from "../../extension/session/rewrite/names.ts";
import { parseModule, syntaxProblems } from "../../extension/session/rewrite/parse.ts";
import { Lines, type Position } from "../../extension/session/rewrite/positions.ts";
import { CellSyntaxError } from "../../extension/session/rewrite/problems.ts";
import { type RewrittenCell, rewriteCell } from "../../extension/session/rewrite/rewrite.ts";
import { SourceMap } from "../../extension/session/rewrite/source-map.ts";

/** What a session did: the marks it passed, with the value at each; what its variables held then; and how it ended. */
interface Trace {
  readonly marks: readonly string[];
  readonly values: readonly string[];
  readonly end: string;
}

const REFUSED: Trace = { marks: [], values: [], end: "SyntaxError" };

const show = (value: unknown): string =>
  JSON.stringify(value, (_, item) => {
    if (typeof item === "function") return `function ${item === box ? "box" : item.name}`;
    return item === globalThis ? "globalThis" : item;
  }) ?? "undefined";

/** Whatever is done to it, it is `box` again. */
const box: unknown = new Proxy(function box() {}, {
  apply: () => box,
  construct: () => box as object,
  get: (_, key) => (key === Symbol.toPrimitive ? () => 7 : typeof key === "symbol" || key === "then" ? undefined : box),
  set: () => true,
});

/** Called by the cells as `mark(k, value)`, each `k` standing once in a session's text. */
function marker(marks: string[], passed?: (k: number) => void) {
  const mark = (k: number, value: unknown) => {
    if (marks.length > 2000) throw new Error("no end");
    marks.push(`${k} ${show(value)}`);
    passed?.(k);
    return value;
  };
  return Object.assign(mark, { later: (value: unknown) => new Promise((done) => setTimeout(done, 0, value)) });
}

/** Where in the script the caller of `mark` stands. */
function callerPosition(): Position {
  const prepare = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, callSites) => callSites;
  const [, , , caller] = new Error().stack as unknown as NodeJS.CallSite[];
  Error.prepareStackTrace = prepare;
  return { line: (caller.getLineNumber() ?? 0) - 1, column: (caller.getColumnNumber() ?? 0) - 1 };
}

/** The engine describes the rewritten expression in some messages, and we name the constant. */
const ending = (error: unknown) =>
  error instanceof SyntaxError
    ? "SyntaxError"
    : String(error)
        .replace(/(\(intermediate value\))+/g, "…")
        .replace(/(?<=: ).*(is not (a function|iterable)).*/, "$1")
        .replace(/(Assignment to constant variable).*/, "$1");

/** Undefined where TypeScript itself makes something else of the module: see `parseModule`. */
export async function asModule(cells: readonly string[], names: readonly string[]): Promise<Trace | undefined> {
  const marks: string[] = [];
  const source = cells.join("\n;\n");
  if (syntaxProblems(parseModule(source, ts.ScriptKind.TS)).length > 0) return REFUSED;
  if (repeatsStatements(source)) return undefined;
  const { outputText } = ts.transpileModule(asFunctionBody(source), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleDetection: ts.ModuleDetectionKind.Force,
      newLine: ts.NewLineKind.LineFeed,
    },
  });
  const statements = outputText.replace(/export \{\};\s*$/, "");
  const reads = names.map((name) => `() => ${name}`);
  const body = `"use strict"; return (async () => { expose([${reads.join(",")}]);\n${statements}\n})()`;
  let end = "ok";
  let variables: readonly (() => unknown)[] = [];
  const expose = (reads: typeof variables) => {
    variables = reads;
  };
  try {
    await (new Function("mark", "box", "expose", body)(marker(marks), box, expose) as Promise<void>);
  } catch (error) {
    end = ending(error);
    if (end === REFUSED.end) return undefined;
  }
  return { marks, end, values: variables.map(valueSoFar) };
}

function repeatsStatements(source: string): boolean {
  const options = { languageVersion: ts.ScriptTarget.ESNext, impliedNodeFormat: ts.ModuleKind.ESNext } as const;
  const { statements } = ts.createSourceFile("module.ts", `${source}\n;export {};`, options);
  return statements.some(({ pos }, i) => i > 0 && pos < statements[i - 1].end);
}

/** What runs as a function has no exports and no `import.meta`. */
function asFunctionBody(source: string): string {
  const edits = new Edits(source);
  for (const statement of parseModule(source, ts.ScriptKind.TS).statements) {
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
    const exported = modifiers?.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (exported) edits.replace(exported.getStart(), exported.end, "");
  }
  return edits.apply([], "").text.replaceAll("import.meta", "Array");
}

/** A session's variable that has no value yet is undefined. */
function valueSoFar(read: () => unknown): string {
  try {
    return show(read());
  } catch {
    return show(undefined);
  }
}

// The text of a function is not what it was: types are gone.
Object.defineProperty(Function.prototype, Symbol.toPrimitive, {
  value(this: { name: string }) {
    return this.name;
  },
});

let hooked = false;
let executions = 0;

interface Prepared {
  readonly source: string;
  readonly cell: RewrittenCell;
  readonly start: () => Promise<void>;
}

/** Adds to `known` the names that the cell declares. */
function prepare(source: string, known: Map<string, NameKind>): Prepared {
  const cell = rewriteCell(source, ++executions, known);
  const start = compile(cell.script, `random-${executions}.ts`);
  for (const [name, kind] of cell.names) known.set(name, kind);
  return { source, cell, start };
}

export async function asCells(cells: readonly string[]): Promise<Trace & { readonly names: readonly string[] }> {
  if (!hooked) installHooks({ load: () => Promise.reject(new Error("no imports here")), result: () => {}, meta: {} });
  hooked = true;
  const marks: string[] = [];
  const known = new Map<string, NameKind>();
  let end = "ok";
  const prepared: Prepared[] = [];
  const names: string[] = [];
  try {
    for (const source of cells) prepared.push(prepare(source, known));
  } catch (error) {
    if (!(error instanceof CellSyntaxError || error instanceof CompileError)) throw error;
    // One module would have been refused as a whole.
    return { ...REFUSED, names };
  }
  declareVariables([...known.keys()]);
  for (const { source, cell, start } of prepared) {
    checkPlaces(source, cell);
    const lines = new Lines(source);
    const mark = marker(marks, (k) => {
      const position = cell.toCell(callerPosition()) ?? assert.fail(`no place for mark ${k}`);
      // A function of an earlier cell.
      if (!source.includes(`mark(${k},`)) return;
      assert.equal(lines.offsetAt(position), source.indexOf(`mark(${k},`), `place of mark ${k}`);
    });
    Object.assign(globalThis, { mark, box });
    names.push(...cell.names.keys());
    try {
      await start();
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      end = ending(error);
      break;
    }
  }
  return { marks, end, names, values: readVariables(names).map(show) };
}

/** Every identifier that is evaluated is found in the cell where it was written, by us and by a debugger. */
function checkPlaces(source: string, cell: RewrittenCell): void {
  const sourceLines = new Lines(source);
  const scriptLines = new Lines(cell.script);
  const comment = cell.sourceMapComment("cell:");
  const map = new SourceMap(Buffer.from(comment.slice(comment.indexOf("base64,") + 7), "base64").toString());
  const found = new Map<number, string[]>();
  for (const identifier of identifiersOf(cell.script)) {
    const position = scriptLines.positionAt(identifier.getStart());
    const place = cell.toCell(position);
    if (!place) continue;
    const offset = sourceLines.offsetAt(place);
    found.set(offset, [...(found.get(offset) ?? []), identifier.text]);
    if (source.startsWith(identifier.text, offset)) {
      assert.deepEqual(map.toSource(position), place, `the debugger's place of ${identifier.text}`);
    }
  }
  const erased = eraseTypes(source);
  if (!erased.erasable) return;
  for (const identifier of identifiersOf(erased.javascript)) {
    if (ts.isMetaProperty(identifier.parent)) continue;
    // The name of a top-level function stands in front of the function.
    if (ts.isFunctionDeclaration(identifier.parent) && ts.isSourceFile(identifier.parent.parent)) continue;
    const texts = found.get(identifier.getStart()) ?? [];
    // A check stands in place of a name that must not be read or written.
    const kept = texts.includes(identifier.text) || texts.includes(HOOK);
    assert.ok(kept, `the place of ${identifier.text} at ${identifier.getStart()}: ${texts}`);
  }
}

function identifiersOf(javascript: string): ts.Identifier[] {
  const identifiers: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text !== "") identifiers.push(node);
    ts.forEachChild(node, visit);
  };
  visit(parseModule(javascript, ts.ScriptKind.JS));
  return identifiers;
}
