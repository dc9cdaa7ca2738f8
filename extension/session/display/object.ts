/**
 * @file A large value as a tree: a bounded part of it, found by looking alone. No getter runs and no tensor is computed.
 * Level by level, so that a deep first part cannot use up what the others need.
 */
import { types } from "node:util";
import { StructuredJacobian, Tensor } from "cotangent";
import { DISPLAY_VERSION, type ObjectDisplay, type ObjectPart } from "../../../protocol/display.ts";
import { headOf } from "../../variables/variable-text.ts";
import { describe } from "../variables/describe.ts";
import {
  entriesOf,
  GETTER,
  isMadeBy,
  isObject,
  keysOf,
  lengthOfTyped,
  ownValue,
  sizeOfMap,
  sizeOfSet,
  taken,
  valuesOf,
} from "../variables/looking.ts";
import { previewOf } from "../variables/preview.ts";

/** Of one value. */
const MOST_PARTS = 100;
/** Of one tree, so that a notebook full of them is still a small file. */
const MOST_IN_ALL = 1000;
const DEEPEST = 8;

export function objectDisplay(value: object): ObjectDisplay {
  const root = new Branch("", value);
  const waiting = [root];
  let room = MOST_IN_ALL;
  for (const branch of waiting) {
    if (!branch.isOpen) continue;
    const most = branch.depth < DEEPEST ? Math.min(MOST_PARTS, room) : 0;
    const { parts, count } = partsOf(branch.value as object, most);
    room -= parts.length;
    branch.parts = parts.map(({ name, value: part }) => new Branch(name, part, branch));
    branch.more = count - parts.length;
    waiting.push(...branch.parts);
  }
  return { version: DISPLAY_VERSION, kind: "object", root: root.written() };
}

class Branch {
  readonly name: string;
  readonly value: unknown;
  readonly within: Branch | undefined;
  readonly depth: number;
  parts: readonly Branch[] | undefined;
  more = 0;

  constructor(name: string, value: unknown, within?: Branch) {
    this.name = name;
    this.value = value;
    this.within = within;
    this.depth = within ? within.depth + 1 : 0;
  }

  /** Whether it may have parts, and is not one of those around it. */
  get isOpen(): boolean {
    return hasParts(this.value) && this.#same() === undefined;
  }

  written(): ObjectPart {
    const same = this.#same();
    return {
      name: this.name,
      ...(same ? { head: "", text: `circular: ${same.#path()}` } : said(this.value)),
      ...(this.parts && this.parts.length > 0 ? { parts: this.parts.map((part) => part.written()) } : {}),
      ...(this.more > 0 ? { more: this.more } : {}),
    };
  }

  /** The same object among those around it. */
  #same(): Branch | undefined {
    if (!isObject(this.value)) return undefined;
    for (let at = this.within; at; at = at.within) if (at.value === this.value) return at;
    return undefined;
  }

  #path(): string {
    const names: string[] = [];
    for (let at: Branch | undefined = this; at?.within; at = at.within) names.unshift(at.name);
    return names.length > 0 ? `the same as ${names.join(" › ")}` : "the whole value";
  }
}

function said(value: unknown): Pick<ObjectPart, "head" | "text"> {
  if (value === GETTER) return { head: "", text: "getter, not run" };
  const variable = describe("", value);
  switch (variable.kind) {
    case "number":
    case "boolean":
    case "text":
    case "symbol":
    case "function":
    case "nothing":
      return { head: "", text: variable.preview || variable.type };
    default:
      return { head: headOf(variable), text: variable.preview };
  }
}

interface Parts {
  readonly parts: readonly { readonly name: string; readonly value: unknown }[];
  readonly count: number;
}

function hasParts(value: unknown): boolean {
  if (!isObject(value) || typeof value === "function" || types.isProxy(value) || types.isDate(value)) return false;
  return !isMadeBy(value, Tensor) && !isMadeBy(value, StructuredJacobian);
}

function partsOf(object: object, most: number): Parts {
  if (types.isTypedArray(object)) {
    const count = lengthOfTyped(object);
    return { parts: indices(count, most).map((i) => ({ name: String(i), value: object[i] })), count };
  }
  if (Array.isArray(object)) {
    const parts = indices(object.length, most).map((i) => ({ name: String(i), value: ownValue(object, i) }));
    return { parts, count: object.length };
  }
  if (types.isMap(object)) {
    const parts = taken(entriesOf(object), most).map(([key, value]) => ({ name: previewOf(key), value }));
    return { parts, count: sizeOfMap(object) };
  }
  if (types.isSet(object)) {
    const parts = taken(valuesOf(object), most).map((value, i) => ({ name: String(i), value }));
    return { parts, count: sizeOfSet(object) };
  }
  // Reading the stack of an error writes it, for which its message is read.
  const isStack = (name: string): boolean => name === "stack" && types.isNativeError(object);
  const { first, count } = keysOf(object);
  const names = first.filter((name) => !isStack(name));
  const symbols = Object.getOwnPropertySymbols(object);
  const keys: PropertyKey[] = [...names, ...(first.length === count ? symbols : [])];
  return {
    parts: keys.slice(0, most).map((key) => ({ name: nameOf(key), value: ownValue(object, key) })),
    count: count - (first.length - names.length) + symbols.length,
  };
}

const nameOf = (key: PropertyKey): string => (typeof key === "symbol" ? `[${String(key)}]` : String(key));

const indices = (count: number, most: number): number[] => Array.from({ length: Math.min(count, most) }, (_, i) => i);
