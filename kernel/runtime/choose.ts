/** @file The backends by name, and which of them is in use. */
import type { Backend } from "../backends/backend.ts";
import { referenceBackend } from "../backends/reference.ts";
import { wasmBackend } from "../backends/wasm/backend.ts";
import { ArgumentError } from "../errors.ts";
import { currentBackend, setBackend } from "./evaluate.ts";

const backends: readonly Backend[] = [wasmBackend, referenceBackend];

/**
 * Evaluates from now on with the backend of that name: "wasm" (the default) or "reference" (plain and slow).
 * @example useBackend("wasm")
 */
export function useBackend(name: string): void {
  const backend = backends.find((each) => each.name === name);
  if (backend === undefined) {
    throw new ArgumentError(
      `useBackend: expected ${backends.map((each) => `"${each.name}"`).join(" or ")}, got "${name}".`,
    );
  }
  setBackend(backend);
}

/**
 * Name of the backend in use.
 * @example backendName()   // "wasm"
 */
export const backendName = (): string => currentBackend().name;
