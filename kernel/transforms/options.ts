/** @file What comes as options of a transform: an object, with names that exist. A misspelt one would be lost in silence. */
import { ArgumentError } from "../errors.ts";
import { requireOptionsObject } from "../functions/operands.ts";
import { Tensor } from "../tensor.ts";

/** Names that other libraries have for ours, without case and underscores. */
const ELSEWHERE: Readonly<Record<string, string>> = { inaxes: "inDims", outaxes: "outDims" };

/** What an object of options may say that stands where another argument could. */
const TELLING = new Set(["argnum", "argnums", "chunksize", "strict"]);

const plain = (name: string): string => name.toLowerCase().replaceAll("_", "");

/** Checks that what is to be transformed is a function: the result of calling it is an easy slip. */
export function requireFunction(transform: string, f: unknown): void {
  if (typeof f === "function") return;
  const got = f instanceof Tensor ? "a tensor" : f === null || f === undefined ? String(f) : `a ${typeof f}`;
  throw new ArgumentError(
    `${transform}: expected a function first, got ${got}. Pass the function itself, not what it returns.`,
  );
}

/**
 * Checks that `options` is an object and that each name in it is one of `known`.
 * @param example what a call might pass, for the message
 */
export function requireOptions(transform: string, options: unknown, known: readonly string[], example: string): void {
  requireOptionsObject(transform, options, example);
  for (const name of Object.keys(options as object)) {
    if (known.includes(name)) continue;
    const meant = known.find((each) => plain(each) === plain(name)) ?? ELSEWHERE[plain(name)];
    const all = known.length === 1 ? `There is only ${known[0]}.` : `There are ${known.join(", ")}.`;
    const hint = meant !== undefined && known.includes(meant) ? `Write ${meant}.` : all;
    throw new ArgumentError(`${transform}: there is no option "${name}". ${hint}`);
  }
}

/**
 * Whether the last argument was meant as options, also where names are misspelt: a plain object with
 * hasAux, or with nothing but names of other options. What holds tensors is a nested argument.
 */
export function looksLikeOptions(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  if (Object.values(value).some((each) => each instanceof Tensor)) return false;
  const names = Object.keys(value).map(plain);
  return names.includes("hasaux") || (names.length > 0 && names.every((name) => TELLING.has(name)));
}
