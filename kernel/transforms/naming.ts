/** @file Names of functions and their parameters, so that the axes of a derivative can be called what the person calls them. */

import type { AnyFunction } from "./types.ts";

/** The function that a derived one came from in the end. */
const origins = new WeakMap<AnyFunction, AnyFunction>();
const names = new WeakMap<AnyFunction, string>();
const parameterNames = new WeakMap<AnyFunction, readonly string[]>();

const originOf = (f: AnyFunction): AnyFunction => origins.get(f) ?? f;

/** The parameters in the text of a function, one string each; commas inside brackets do not separate. */
function parameterTexts(text: string): string[] {
  const alone = /^(?:async\s+)?([\w$]+)\s*=>/.exec(text);
  if (alone !== null) return [alone[1]];
  const parts = [""];
  let depth = 0;
  for (const char of text.slice(text.indexOf("(") + 1)) {
    if (depth === 0 && char === ")") break;
    if ("([{".includes(char)) depth++;
    else if (")]}".includes(char)) depth--;
    if (depth === 0 && char === ",") parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

/** Parameters as written, where they are plain names; others are named by their place. */
function parametersOf(f: AnyFunction): readonly string[] {
  let known = parameterNames.get(f);
  if (known === undefined) {
    const list = parameterTexts(Function.prototype.toString.call(f));
    known = list.map((part) => /^\s*([\w$]+)/.exec(part)?.[1] ?? "");
    parameterNames.set(f, known);
  }
  return known;
}

/** Name of argument `place` of `f`. */
export const parameterName = (f: AnyFunction, place: number): string =>
  parametersOf(originOf(f))[place] || `input ${place}`;

/** What the result of `f` is called: its name, that of what it was derived from, or "output". */
export const functionName = (f: AnyFunction): string => names.get(f) ?? (originOf(f).name || "output");

/** `jacrev of loss`; the transform alone for a function without a name. */
export const derivationName = (transform: string, f: AnyFunction): string => {
  const { name } = originOf(f);
  return name ? `${transform} of ${name}` : transform;
};

/** Lets `derived` inherit the names of the function it was made from; `name` is what its result is called instead. */
export function derivedFunction<F extends AnyFunction>(from: AnyFunction, derived: F, name?: string): F {
  origins.set(derived, originOf(from));
  if (name !== undefined) names.set(derived, name);
  return derived;
}

/** Gives a function that was made here, and has no text of its own, names; `result` is what it returns. */
export function nameFunction<F extends AnyFunction>(
  f: F,
  name: string,
  parameters: readonly string[],
  result?: string,
): F {
  Object.defineProperty(f, "name", { value: name, configurable: true });
  parameterNames.set(f, parameters);
  if (result !== undefined) names.set(f, result);
  return f;
}
