/** @file A value as plain text: the kernel's values in their own words, everything else as Node prints it. */
import { inspect } from "node:util";
import { formatCount } from "../../../protocol/notation.ts";
import { isKernelValue } from "./kernel-values.ts";
import { leavesOf } from "./tree.ts";

/** Deep enough for a settings object, shallow enough for a class instance that holds half the world. */
const DEPTH = 4;

/** A notebook with more text than this below a cell takes long to open, and nobody reads it. */
const LONGEST = 50_000;

export function textOf(value: unknown): string {
  return cut(wholeTextOf(value));
}

function wholeTextOf(value: unknown): string {
  if (isKernelValue(value)) return value.toString();
  const leaves = leavesOf(value);
  if (!leaves.some(({ leaf }) => isKernelValue(leaf))) return plainText(value);
  return leaves
    .map(({ path, leaf }) => `${path}: ${isKernelValue(leaf) ? leaf.toString() : plainText(leaf)}`)
    .join("\n");
}

export const plainText = (value: unknown): string => inspect(value, { depth: DEPTH, colors: false });

function cut(text: string): string {
  if (text.length <= LONGEST) return text;
  // At the end of a line, where there is one.
  const end = text.lastIndexOf("\n", LONGEST);
  const shown = text.slice(0, end > LONGEST / 2 ? end : LONGEST);
  return `${shown}\n… ${formatCount(text.length - shown.length)} more characters left out: show a part of it.`;
}
