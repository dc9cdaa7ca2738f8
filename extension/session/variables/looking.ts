/**
 * @file Looking into values without running anybody's code: no getters, no traps of proxies, no `toString`, no
 * `instanceof`, which a class may answer itself. And without paying for a huge object again and again.
 */
import { types } from "node:util";

/** What a getter would have given is not known. */
export const GETTER = Symbol("getter");

export const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";

/** A property of the object's own; `GETTER` for one that is computed, undefined where there is none. */
export function ownValue(object: object, key: PropertyKey): unknown {
  const property = Object.getOwnPropertyDescriptor(object, key);
  return property?.get || property?.set ? GETTER : property?.value;
}

/** The prototypes of an object, nearest first; they end at a proxy, which could answer anything. */
function* prototypesOf(object: object): Generator<object, undefined> {
  // The loop of a prototype chain cannot close, but it can be long.
  for (let at: object | null = object, steps = 0; steps < 100; steps++) {
    if (types.isProxy(at)) return;
    at = Object.getPrototypeOf(at) as object | null;
    if (at === null || types.isProxy(at)) return;
    yield at;
  }
}

/** A method, of the object's own or its class's. */
export function methodOf(object: object, name: string): Method | undefined {
  if (types.isProxy(object)) return undefined;
  for (const holder of [object, ...prototypesOf(object)]) {
    const found = ownValue(holder, name);
    if (found !== undefined) return typeof found === "function" ? (found as Method) : undefined;
  }
  return undefined;
}

type Method = (this: unknown, ...args: readonly unknown[]) => unknown;

/** Whether the value was made by the class or one derived from it. */
export function isMadeBy<T extends object>(value: unknown, made: { readonly prototype: T }): value is T {
  if (!isObject(value)) return false;
  for (const prototype of prototypesOf(value)) if (prototype === made.prototype) return true;
  return false;
}

/** The name of the value's class; "object" for a plain one. */
export function className(object: object): string {
  for (const prototype of prototypesOf(object)) {
    const maker = ownValue(prototype, "constructor");
    if (typeof maker !== "function" || types.isProxy(maker)) continue;
    const name = ownValue(maker, "name");
    if (typeof name === "string" && name !== "") return name === "Object" ? "object" : name;
  }
  return "object";
}

export interface Keys {
  /** The first hundred names of own properties. */
  readonly first: readonly string[];
  readonly count: number;
}

const FIRST_KEYS = 100;
/** The engine lists all names of an object or none, at up to a microsecond each. */
const MANY_KEYS = 20_000;
/** Of objects with many keys, as they were when they were first looked at. */
const listed = new WeakMap<object, Keys>();

export function keysOf(object: object): Keys {
  const known = listed.get(object);
  if (known) return known;
  const names = Object.getOwnPropertyNames(object);
  const keys = { first: names.slice(0, FIRST_KEYS), count: names.length };
  if (names.length > MANY_KEYS) listed.set(object, keys);
  return keys;
}

const getter = (prototype: object, key: string): (() => unknown) =>
  // Taken now: a cell may replace what stands there.
  Object.getOwnPropertyDescriptor(prototype, key)?.get ?? (() => undefined);

const mapSize = getter(Map.prototype, "size");
const setSize = getter(Set.prototype, "size");
const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;
const nextEntry = Object.getPrototypeOf(new Map().entries()).next as () => IteratorResult<[unknown, unknown]>;
const nextValue = Object.getPrototypeOf(new Set().values()).next as () => IteratorResult<unknown>;
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const typedLength = getter(typedArray, "length");
const typedBytes = getter(typedArray, "byteLength");
const bufferBytes = getter(ArrayBuffer.prototype, "byteLength");
const sharedBytes = getter(SharedArrayBuffer.prototype, "byteLength");
const dateTime = Date.prototype.getTime;
const functionText = Function.prototype.toString;

export const sizeOfMap = (map: object): number => mapSize.call(map) as number;
export const sizeOfSet = (set: object): number => setSize.call(set) as number;
export const lengthOfTyped = (array: object): number => typedLength.call(array) as number;
export const bytesOfTyped = (array: object): number => typedBytes.call(array) as number;
export const timeOf = (date: Date): number => dateTime.call(date);
export const sourceOf = (code: object): string => functionText.call(code);

export function bytesOfBuffer(buffer: ArrayBuffer | SharedArrayBuffer): number {
  return (types.isSharedArrayBuffer(buffer) ? sharedBytes : bufferBytes).call(buffer) as number;
}

export function* entriesOf(map: Map<unknown, unknown>): Generator<[unknown, unknown], undefined> {
  const entries = mapEntries.call(map);
  for (let step = nextEntry.call(entries); !step.done; step = nextEntry.call(entries)) yield step.value;
}

export function* valuesOf(set: Set<unknown>): Generator<unknown, undefined> {
  const values = setValues.call(set);
  for (let step = nextValue.call(values); !step.done; step = nextValue.call(values)) yield step.value;
}

/** The first few. */
export function taken<T>(all: Iterable<T>, most: number): T[] {
  const parts: T[] = [];
  for (const part of all) {
    if (parts.length >= most) break;
    parts.push(part);
  }
  return parts;
}
