/** @file A value in one short line. However large, deep or circular it is, only its first few parts are looked at. */
import { types } from "node:util";
import { printDigits, Tensor } from "cotangent";
import { formatNumber } from "../../../protocol/notation.ts";
import { HOOK } from "../rewrite/names.ts";
import {
  className,
  entriesOf,
  GETTER,
  isMadeBy,
  keysOf,
  lengthOfTyped,
  ownValue,
  sizeOfMap,
  sizeOfSet,
  sourceOf,
  taken,
  timeOf,
  valuesOf,
} from "./looking.ts";

const LONGEST = 160;
const LONGEST_TEXT = 100;
/** Parts shown of a value, and of a part of it. Deeper ones are only named. */
const PARTS = [12, 4];
/** Writing a longer integer out takes time that grows with its square. */
const LARGEST_INTEGER = 10n ** 60n;

export const NOT_COMPUTED = "not computed yet";

export function previewOf(value: unknown): string {
  return cut(written(value, 0), LONGEST);
}

/** The numbers of a tensor as far as they are there; what is missing is said. */
export function tensorPreview({ node }: Tensor): string {
  const { trace, value, shape, size, expression } = node;
  if (trace !== null) return `inside ${trace.transform}: it has no value of its own`;
  if (value === null) return expression === null ? "freed by dispose()" : NOT_COMPUTED;
  // The numbers are on a device, and looking must not fetch them.
  if ("place" in value && value.host === null) return `on ${value.place}, not read yet: await x.data()`;
  const here = "place" in value ? value.host! : value;
  return shape.length === 0 ? formatNumber(here[0], printDigits()) : numbers(here, size, PARTS[0]);
}

function written(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(cut(value, LONGEST_TEXT));
    case "bigint":
      return value < LARGEST_INTEGER && value > -LARGEST_INTEGER ? `${value}n` : "an integer of more than 60 digits";
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "symbol":
      return String(value);
    case "function":
      return types.isProxy(value) ? "Proxy" : codeText(value, depth);
    case "object":
      return value === null ? "null" : objectText(value, depth);
    default:
      return String(value);
  }
}

function objectText(object: object, depth: number): string {
  // Looking into one would run its traps.
  if (types.isProxy(object)) return "Proxy";
  if (isMadeBy(object, Tensor)) {
    return depth === 0 ? tensorPreview(object) : `Tensor [${object.node.shape.join(", ")}]`;
  }
  if (types.isDate(object)) {
    const time = timeOf(object);
    return Number.isNaN(time) ? "an invalid date" : new Date(time).toISOString();
  }
  if (types.isNativeError(object)) {
    const message = ownValue(object, "message");
    const said = typeof message === "string" ? cut(message, LONGEST_TEXT) : "";
    return depth === 0 ? said : `${className(object)}${said && `: ${said}`}`;
  }
  if (depth >= PARTS.length) return named(object);
  const most = PARTS[depth];
  const inner = (part: unknown) => (part === GETTER ? "[getter]" : written(part, depth + 1));
  if (types.isTypedArray(object)) return numbers(object, lengthOfTyped(object), most);
  if (Array.isArray(object)) {
    const parts = Array.from({ length: Math.min(object.length, most) }, (_, i) => inner(ownValue(object, i)));
    return `[${joined(parts, object.length)}]`;
  }
  const label = depth === 0 ? "" : `${className(object)} `;
  if (types.isMap(object)) {
    const parts = taken(entriesOf(object), most).map(([key, entry]) => `${inner(key)} → ${inner(entry)}`);
    return `${label}{${joined(parts, sizeOfMap(object))}}`;
  }
  if (types.isSet(object)) return `${label}{${joined(taken(valuesOf(object), most).map(inner), sizeOfSet(object))}}`;
  const { first, count } = keysOf(object);
  const parts = first.slice(0, most).map((key) => `${cut(key, 40)}: ${inner(ownValue(object, key))}`);
  return `${label === "object " ? "" : label}{${joined(parts, count)}}`;
}

function named(object: object): string {
  if (Array.isArray(object)) return `Array(${object.length})`;
  if (types.isTypedArray(object)) return `${className(object)}(${lengthOfTyped(object)})`;
  const name = className(object);
  return name === "object" ? "{…}" : `${name} {…}`;
}

function numbers(array: ArrayLike<number | bigint>, length: number, most: number): string {
  const parts = Array.from({ length: Math.min(length, most) }, (_, i) => {
    const entry = array[i];
    return typeof entry === "number" ? formatNumber(entry, printDigits()) : String(entry);
  });
  return `[${joined(parts, length)}]`;
}

/** `predict(weight, bias, x)`; the body says too much for one line. */
function codeText(code: object, depth: number): string {
  const ownName = ownValue(code, "name");
  const name = typeof ownName === "string" ? cut(ownName, 40) : "";
  const source = sourceOf(code);
  if (isClass(code)) return name || "class";
  if (depth > 0) return name ? `${name}()` : "function";
  return `${name}${parametersIn(source)}`;
}

export const isClass = (code: object): boolean => /^class\b/.test(sourceOf(code).slice(0, 6));

/** The list in parentheses with which the source of a function begins; `(…)` for one that we cannot read. */
function parametersIn(source: string): string {
  const single = /^(?:async\s+)?([\w$]+)\s*=>/.exec(source.slice(0, LONGEST_TEXT));
  if (single) return `(${single[1]})`;
  const start = source.slice(0, LONGEST_TEXT).indexOf("(");
  for (let at = start, open = 0; start >= 0 && at < start + LONGEST_TEXT && at < source.length; at++) {
    if (source[at] === "(") open++;
    else if (source[at] === ")" && --open === 0) {
      const list = source.slice(start, at + 1).replace(/\s+/g, " ");
      // What our rewriting put there is nothing for a person.
      return list.includes(HOOK) ? "(…)" : list;
    }
  }
  return "(…)";
}

function joined(parts: readonly string[], total: number): string {
  let text = "";
  for (const [i, part] of parts.entries()) {
    if (text.length > LONGEST) return `${text}, …`;
    text += i === 0 ? part : `, ${part}`;
  }
  return parts.length < total ? `${text}${text && ", "}…` : text;
}

/** On one line, and no longer than this. */
function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
