/** @file The flags of the command line that say what the settings `cotangent.*` say in the editor. */
import { BACKENDS, type SessionOptions } from "../../protocol/session.ts";

/** For `parseArgs`. */
export const SESSION_FLAGS = {
  dtype: { type: "string" },
  backend: { type: "string" },
  digits: { type: "string" },
} as const;

export type SessionFlags = Pick<SessionOptions, "dtype" | "backend" | "displayDigits">;

/** Throws, in words for the person, when a flag says what it cannot. */
export function sessionFlags(values: { readonly [flag in keyof typeof SESSION_FLAGS]?: string }): SessionFlags {
  return {
    dtype: oneOf("--dtype", values.dtype, ["float32", "float64"]),
    backend: oneOf("--backend", values.backend, BACKENDS),
    displayDigits: digits(values.digits),
  };
}

function oneOf<T extends string>(flag: string, text: string | undefined, all: readonly T[]): T | undefined {
  const found = all.find((each) => each === text);
  if (text === undefined || found !== undefined) return found;
  throw new Error(`${flag} should be ${`${all.slice(0, -1).join(", ")} or ${all.at(-1)}`} and is '${text}'.`);
}

function digits(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 15) return count;
  throw new Error(`--digits should be a whole number from 1 to 15 and is '${text}'.`);
}
