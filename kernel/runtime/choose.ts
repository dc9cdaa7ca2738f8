/** @file The backends by name, and which of them is in use. */
import type { Backend } from "../backends/backend.ts";
import { referenceBackend } from "../backends/reference.ts";
import { wasmBackend } from "../backends/wasm/backend.ts";
import { hasRelaxedSimd } from "../backends/wasm/code/features.ts";
import { ArgumentError } from "../errors.ts";
import { currentBackend, setBackend } from "./evaluate.ts";

let fusing = true;

const backends: Readonly<Record<string, () => Backend>> = {
  wasm: () => wasmBackend({ fused: fusedMultiplyAdd() }),
  reference: () => referenceBackend,
};

/**
 * Evaluates from now on with the backend of that name: "wasm" (the default) or "reference" (plain and slow).
 * @example useBackend("wasm")
 */
export function useBackend(name: string): void {
  if (!Object.hasOwn(backends, name)) {
    const expected = Object.keys(backends).map((each) => `"${each}"`);
    throw new ArgumentError(`useBackend: expected ${expected.join(" or ")}, got "${name}".`);
  }
  setBackend(backends[name]());
}

/**
 * Name of the backend in use.
 * @example backendName()   // "wasm"
 */
export const backendName = (): string => currentBackend().name;

/**
 * Whether products may be added without being rounded first (fused multiply-add), from now on. It is faster and mostly
 * closer to the exact result, but its last bits differ from machine to machine, since not every processor has it.
 * Allowed at first; `false` gives the same bits everywhere.
 * @example setFusedMultiplyAdd(false)
 */
export function setFusedMultiplyAdd(allowed: boolean): void {
  if (typeof allowed !== "boolean") {
    throw new ArgumentError(`setFusedMultiplyAdd: expected true or false, got ${String(allowed)}.`);
  }
  fusing = allowed;
  useBackend(backendName());
}

/**
 * Whether programs are compiled with fused multiply-add: it is allowed, and the engine has it.
 * @example setFusedMultiplyAdd(false);  fusedMultiplyAdd()   // false
 */
export function fusedMultiplyAdd(): boolean {
  return fusing && hasRelaxedSimd();
}
