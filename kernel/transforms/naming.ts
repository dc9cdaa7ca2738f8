/** @file Names of functions and their parameters, so that the axes of a derivative can be called what the person calls them. */

import type { AnyFunction } from "./types.ts";

const parameterNames = new WeakMap<object, readonly string[]>();
const baseNames = new WeakMap<object, string>();

/** Parameters as written, where they are plain names; others are named by their place. */
function readParameters(f: AnyFunction): readonly string[] {
  const text = Function.prototype.toString.call(f);
  const list =
    /^(?:async\s+)?(?:function\b[^(]*)?\(([^)]*)\)/.exec(text)?.[1] ?? /^([\w$]+)\s*=>/.exec(text)?.[1] ?? "";
  return list.split(",").map((part) => /^\s*([\w$]+)/.exec(part)?.[1] ?? "");
}

/** Name of argument `place` of `f`. */
export function parameterName(f: AnyFunction, place: number): string {
  const names = parameterNames.get(f) ?? readParameters(f);
  return names[place] || `input ${place}`;
}

/** What the result of `f` is called: its name, that of what it was derived from, or "output". */
export const functionName = (f: AnyFunction): string => baseNames.get(f) ?? (f.name || "output");

/** Lets `derived` inherit the names of the function it was made from. */
export function derivedFunction<F extends AnyFunction>(transform: string, from: AnyFunction, derived: F): F {
  parameterNames.set(derived, parameterNames.get(from) ?? readParameters(from));
  baseNames.set(derived, functionName(from));
  Object.defineProperty(derived, "name", { value: `${transform}(${from.name || "f"})`, configurable: true });
  return derived;
}
