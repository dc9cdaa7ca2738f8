/** @file What the numbers in a value take in memory: of a tensor, an array of bytes, or a tree of parameters. */
import { types } from "node:util";
import { Tensor } from "cotangent";
import { bytesOfBuffer, bytesOfTyped, entriesOf, GETTER, isMadeBy, isObject, keysOf, ownValue } from "./looking.ts";

/** A value with more parts than this is not weighed: nobody waits for a figure in a list. */
const MOST_PARTS = 200;

/** Undefined where there are no such numbers in it, or too many parts to look at. */
export function bytesOf(value: unknown): number | undefined {
  const waiting: unknown[] = [value];
  const seen = new Set<unknown>();
  let bytes: number | undefined;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (!isObject(at) || typeof at === "function" || types.isProxy(at) || seen.has(at)) continue;
    if (seen.size >= MOST_PARTS) return undefined;
    seen.add(at);
    const own = ownBytes(at);
    if (own !== undefined) bytes = (bytes ?? 0) + own;
    else if (!isMadeBy(at, Tensor) && !addParts(at, waiting)) return undefined;
  }
  return bytes;
}

function ownBytes(object: object): number | undefined {
  if (isMadeBy(object, Tensor)) return object.node.value?.byteLength;
  if (types.isTypedArray(object)) return bytesOfTyped(object);
  return types.isAnyArrayBuffer(object) ? bytesOfBuffer(object) : undefined;
}

/** False when there are too many. */
function addParts(object: object, waiting: unknown[]): boolean {
  if (Array.isArray(object)) {
    // A long array of numbers of its own has no tensors in it, so its first entries are enough to tell.
    if (object.length > MOST_PARTS) return !isObject(ownValue(object, 0));
    for (let i = 0; i < object.length; i++) addPart(ownValue(object, i), waiting);
    return true;
  }
  if (types.isMap(object)) {
    let count = 0;
    for (const [, part] of entriesOf(object)) {
      if (++count > MOST_PARTS) return false;
      addPart(part, waiting);
    }
    return true;
  }
  // Reading the stack of an error writes it, for which its message is read.
  if (types.isNativeError(object)) return true;
  const { first, count } = keysOf(object);
  for (const key of first) addPart(ownValue(object, key), waiting);
  return count === first.length;
}

function addPart(part: unknown, waiting: unknown[]): void {
  if (part !== GETTER && isObject(part)) waiting.push(part);
}
