/** @file All of a value as text, for the clipboard. Asked for by a person, so it computes and runs what it has to. */
import { inspect } from "node:util";
import type { VariableTextAnswer } from "../../../protocol/variables.ts";
import { isTensor } from "../display/kernel-values.ts";
import { textOf } from "../display/text-of.ts";

const LONGEST = 1_000_000;
/** A tensor with more entries is copied as it is printed, with its middle left out. */
const MOST_ENTRIES = 100_000;

export function copyText(value: unknown): VariableTextAnswer {
  try {
    const text = written(value);
    const cut = text.length > LONGEST;
    return { status: "text", text: cut ? text.slice(0, LONGEST) : text, cut };
  } catch (error) {
    return { status: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

function written(value: unknown): string {
  if (typeof value === "string") return value;
  if (isTensor(value) && value.size <= MOST_ENTRIES) return JSON.stringify(value.toArray());
  if (typeof value !== "object" || value === null || isTensor(value)) return textOf(value);
  return inspect(value, { depth: 10, maxArrayLength: 10_000, maxStringLength: LONGEST });
}
