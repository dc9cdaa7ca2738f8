/** @file A value as plain text: the kernel's values in their own words, everything else as Node prints it. */
import { inspect } from "node:util";
import { isKernelValue } from "./kernel-values.ts";
import { leavesOf } from "./tree.ts";

/** Deep enough for a settings object, shallow enough for a class instance that holds half the world. */
const DEPTH = 4;

export function textOf(value: unknown): string {
  if (isKernelValue(value)) return value.toString();
  const leaves = leavesOf(value);
  if (!leaves.some(({ leaf }) => isKernelValue(leaf))) return plain(value);
  return leaves.map(({ path, leaf }) => `${path}: ${isKernelValue(leaf) ? leaf.toString() : plain(leaf)}`).join("\n");
}

const plain = (value: unknown): string => inspect(value, { depth: DEPTH, colors: false });
