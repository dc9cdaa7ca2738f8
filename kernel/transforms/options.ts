/** @file What comes as options of a transform: an object, with names that exist. A misspelt one would be lost in silence. */
import { ArgumentError } from "../errors.ts";

/** Names that other libraries have for ours, without case and underscores. */
const ELSEWHERE: Readonly<Record<string, string>> = { inaxes: "inDims", outaxes: "outDims" };

const plain = (name: string): string => name.toLowerCase().replaceAll("_", "");

/**
 * Checks that `options` is an object and that each name in it is one of `known`.
 * @param example what a call might pass, for the message
 */
export function requireOptions(transform: string, options: unknown, known: readonly string[], example: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const got = Array.isArray(options) ? "an array" : typeof options === "object" ? "null" : `a ${typeof options}`;
    throw new ArgumentError(`${transform}: expected options as an object, such as ${example}, got ${got}.`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = known.find((each) => plain(each) === plain(name)) ?? ELSEWHERE[plain(name)];
    const hint = meant !== undefined && known.includes(meant) ? `Write ${meant}.` : `There are ${known.join(", ")}.`;
    throw new ArgumentError(`${transform}: there is no option "${name}". ${hint}`);
  }
}
