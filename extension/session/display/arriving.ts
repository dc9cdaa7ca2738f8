/** @file Values of which the numbers are on a device: they are shown once they are here. */
import { types } from "node:util";
import { deviceGet, isHere, type Tensor } from "cotangent";
import { isTensor } from "./kernel-values.ts";

/** Looked for in so many parts of an array or object, and of its parts. */
const MOST_PARTS = 100;
const DEPTH = 3;

function* tensorsIn(value: unknown, depth: number): Generator<Tensor> {
  if (isTensor(value)) {
    yield value;
    return;
  }
  if (depth === 0 || typeof value !== "object" || value === null || types.isProxy(value)) return;
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return;
  for (const part of Object.values(Object.getOwnPropertyDescriptors(value)).slice(0, MOST_PARTS)) {
    // Asking a getter runs it.
    if ("value" in part) yield* tensorsIn(part.value, depth - 1);
  }
}

/** When all numbers of a value are here; null where they are already, or would be computed here. */
export function arrivalOf(value: unknown): Promise<unknown> | null {
  const late = [...tensorsIn(value, DEPTH)].filter((tensor) => tensor.node.trace === null && !isHere(tensor));
  return late.length === 0 ? null : deviceGet(late);
}
