/**
 * @file Code in documentation: finding it, checking its types, and running it against the built kernel. A comment at the
 * end of a line says what its expression gives: `x.sum() // 6`, `f(x) // [2, 4]`.
 */
import assert from "node:assert/strict";
import * as kernel from "cotangent";
import ts from "typescript";

export interface Sample {
  /** Where it stands, for messages. */
  readonly place: string;
  readonly code: string;
}

/** The text between ```ts and ``` of a page. */
export function fencesIn(place: string, text: string): Sample[] {
  const fences = [...text.matchAll(/^```ts\n(.*?)^```$/gms)];
  return fences.map((fence) => ({
    place: `${place}:${text.slice(0, fence.index).split("\n").length}`,
    code: fence[1],
  }));
}

const parse = (code: string): ts.SourceFile => ts.createSourceFile("sample.ts", code, ts.ScriptTarget.Latest, true);

/** What a comment behind a statement says: the first `//` after its end, on the same line. */
function commentBehind(statement: ts.Statement, text: string): string | null {
  const ranges = ts.getTrailingCommentRanges(text, statement.getEnd()) ?? [];
  return ranges.length === 0 ? null : text.slice(ranges[0].pos + 2, ranges[0].end).trim();
}

interface Claim {
  readonly text: string;
  /** Numbers, nested; or a string, or a truth value. */
  readonly value: unknown;
  /** By how much a number may differ: half of its last digit. */
  readonly tolerance: number;
  readonly isShape: boolean;
}

const NUMBER = /^[-−]?(?:∞|NaN|\d+(?:\.\d+)?(?:e[-−+]?\d+)?)/;
/** No comment of prose begins with two numbers and nothing behind them but punctuation. */
const END = /^\s*(?:$|[,;:.(]|where|less)/;

/** The claim that a comment begins with, or null when it is prose. */
export function claimOf(comment: string): Claim | null {
  const isShape = comment.startsWith("shape ");
  const text = isShape ? comment.slice("shape ".length) : comment;
  const digits = (number: string): number => {
    const [mantissa, exponent = "0"] = number.split("e");
    return 0.501 * 10 ** (Number(exponent.replace("−", "-")) - (mantissa.split(".")[1]?.length ?? 0));
  };
  if (text.startsWith("[")) {
    const end = closing(text);
    if (end < 0) return null;
    const list = text.slice(0, end + 1).replaceAll("−", "-");
    if (!/^[-[\]\d.,\se]*$/.test(list)) return null;
    const tolerances = (list.match(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g) ?? []).map((each) =>
      each.includes(".") ? digits(each) : 1e-6 * Math.max(1, Math.abs(Number(each))),
    );
    return { text: list, value: JSON.parse(list), tolerance: Math.max(0, ...tolerances), isShape };
  }
  const quoted = text.match(/^"([^"]*)"/);
  if (quoted) return { text: quoted[0], value: quoted[1], tolerance: 0, isShape };
  const truth = text.match(/^(true|false)$/);
  if (truth) return { text: truth[0], value: truth[0] === "true", tolerance: 0, isShape };
  const number = text.match(NUMBER);
  if (number === null || !END.test(text.slice(number[0].length))) return null;
  const plain = number[0].replace("−", "-").replace("∞", "Infinity");
  const tolerance = plain.includes(".") ? digits(plain) : 1e-6 * Math.max(1, Math.abs(Number(plain)));
  return { text: plain, value: Number(plain), tolerance: Number.isFinite(tolerance) ? tolerance : 0, isShape };
}

function closing(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "[") depth++;
    else if (text[i] === "]" && --depth === 0) return i;
  }
  return -1;
}

function requireClaim(place: string, got: unknown, claim: Claim): void {
  const value = got instanceof kernel.Tensor ? (claim.isShape ? [...got.shape] : got.toArray()) : got;
  const near = (a: unknown, b: unknown): boolean => {
    if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, i) => near(each, b[i]));
    if (typeof a !== "number" || typeof b !== "number") return a === b;
    return Object.is(a, b) || Math.abs(a - b) <= claim.tolerance;
  };
  const plain: unknown = JSON.parse(JSON.stringify(value, flat) ?? "null");
  assert.ok(
    near(claim.value, typeof value === "number" ? value : plain),
    `${place} promises ${claim.text}, but it gives ${JSON.stringify(plain).slice(0, 200)}`,
  );
}

/** Tensors inside results, as nested numbers. */
const flat = (_: string, value: unknown): unknown => (value instanceof kernel.Tensor ? value.toArray() : value);

/** Names that a piece of code uses and does not define; a kernel function whose properties are read is one of them too. */
export function freeNames(code: string): Set<string> {
  const free = new Set<string>();
  const namesOf = (name: ts.BindingName): string[] =>
    ts.isIdentifier(name)
      ? [name.text]
      : name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : namesOf(element.name)));
  const declaredIn = (statements: readonly ts.Statement[]): string[] =>
    statements.flatMap((statement) => {
      if (ts.isVariableStatement(statement)) {
        return statement.declarationList.declarations.flatMap(({ name }) => namesOf(name));
      }
      if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) return [statement.name.text];
      return [];
    });
  const visit = (node: ts.Node, bound: ReadonlySet<string>): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    let inside = bound;
    if (ts.isFunctionLike(node)) inside = new Set([...bound, ...node.parameters.flatMap(({ name }) => namesOf(name))]);
    if (ts.isBlock(node) || ts.isSourceFile(node)) inside = new Set([...bound, ...declaredIn(node.statements)]);
    if (ts.isIdentifier(node) && !isLabel(node) && !inside.has(node.text)) {
      const { parent } = node;
      const isRead = ts.isPropertyAccessExpression(parent) && parent.expression === node;
      const isFunction = typeof (kernel as Record<string, unknown>)[node.text] === "function";
      free.add(isRead && isFunction ? `${node.text}.${parent.name.text}` : node.text);
    }
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(parse(code), new Set());
  return free;
}

/** Not a variable but the name of a property, or of what is declared. */
function isLabel(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node)
  );
}

/** Whether it needs nothing but the kernel and JavaScript. */
export const standsAlone = (code: string): boolean =>
  [...freeNames(code)].every((name) => name in kernel || name in globalThis || name === "undefined");

/**
 * Runs a sample, and compares what its comments promise.
 * @returns how many promises there were
 */
export async function runSample({ place, code }: Sample): Promise<number> {
  const source = parse(code);
  const claims: Claim[] = [];
  let changed = code;
  // From the last statement to the first, so that positions stay right.
  for (const statement of [...source.statements].reverse()) {
    if (ts.isImportDeclaration(statement)) {
      changed = changed.slice(0, statement.getStart()) + changed.slice(statement.getEnd());
      continue;
    }
    const comment = commentBehind(statement, code);
    const claim = comment === null ? null : claimOf(comment);
    if (claim === null) continue;
    const [start, end] = [statement.getStart(), statement.getEnd()];
    if (ts.isExpressionStatement(statement)) {
      const { expression } = statement;
      const inner = changed.slice(expression.getStart(), expression.getEnd());
      changed = `${changed.slice(0, start)}__check((${inner}), ${claims.length});${changed.slice(end)}`;
    } else if (ts.isVariableStatement(statement)) {
      const [{ name }] = statement.declarationList.declarations;
      if (!ts.isIdentifier(name)) continue;
      changed = `${changed.slice(0, end)}\n__check(${name.text}, ${claims.length});\n${changed.slice(end)}`;
    } else continue;
    claims.push(claim);
  }
  const { outputText } = ts.transpileModule(changed, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const names = Object.keys(kernel).filter((name) => name !== "default");
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...args: unknown[]) => Promise<void>;
  const body = `"use strict";\n{\n${outputText.replace(/^export \{\};$/m, "")}\n}`;
  const run = new AsyncFunction("__check", "console", ...names, body);
  const check = (got: unknown, i: number): void => requireClaim(place, got, claims[i]);
  const quiet = { log: (...values: unknown[]) => values.map(String) };
  const [budget, backend] = [kernel.memoryBudget(), kernel.backendName()];
  try {
    await run(check, quiet, ...names.map((name) => (kernel as Record<string, unknown>)[name]));
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assert.fail(`${place} fails: ${error instanceof Error ? error.message : String(error)}\n${code}`);
  } finally {
    // What a sample sets is not for the next one.
    kernel.setMemoryBudget(budget);
    kernel.useBackend(backend);
    kernel.setFusedMultiplyAdd(true);
    kernel.setThreads("auto");
    kernel.debugNumerics(false);
  }
  return claims.length;
}
