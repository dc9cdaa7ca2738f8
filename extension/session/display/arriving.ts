/** @file Values of which the numbers are on a device: they are shown once they are here. */
import { types } from "node:util";
import { backendName, type Tensor } from "cotangent";
import { isTensor } from "./kernel-values.ts";

/** Backends that answer with time only. */
const LATE: ReadonlySet<string> = new Set(["webgpu", "onnx-wasm"]);
/** Looked for in so many parts of an array or object, and of its parts. */
const MOST_PARTS = 100;
const DEPTH = 3;

/** @param isShown whether its numbers are shown anyway, so that they may be computed for the question */
function isElsewhere(tensor: Tensor, isShown: boolean): boolean {
  const { node } = tensor;
  if (node.trace !== null || (node.value === null && !isShown && !LATE.has(backendName()))) return false;
  const { value } = tensor.evaluate().node;
  return value !== null && "place" in value && value.host === null;
}

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

/** When all numbers of a value are here; null where they are already. */
export function arrivalOf(value: unknown): Promise<unknown> | null {
  let waiting: Promise<unknown>[] | null = null;
  for (const tensor of tensorsIn(value, DEPTH)) {
    if (!isElsewhere(tensor, tensor === value)) continue;
    waiting ??= [];
    waiting.push(tensor.data());
  }
  return waiting === null ? null : Promise.all(waiting);
}
