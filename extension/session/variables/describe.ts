/** @file One variable as a row: its kind, its type, its extents, its first few parts. */
import { types } from "node:util";
import { StructuredJacobian, Tensor } from "cotangent";
import type { Variable } from "../../../protocol/variables.ts";
import { bytesOf } from "./bytes.ts";
import { className, isMadeBy, keysOf, lengthOfTyped, sizeOfMap, sizeOfSet } from "./looking.ts";
import { isClass, NOT_COMPUTED, previewOf, tensorPreview } from "./preview.ts";

type Description = Omit<Variable, "name">;

export function describe(name: string, value: unknown): Variable {
  try {
    return { name, ...description(value) };
  } catch {
    // One odd value must not take the list away; what it is can still be asked in a cell.
    return { name, kind: "object", type: typeof value, preview: "cannot be looked into" };
  }
}

function description(value: unknown): Description {
  switch (typeof value) {
    case "number":
    case "bigint":
      return { kind: "number", type: typeof value, preview: previewOf(value) };
    case "boolean":
      return { kind: "boolean", type: "boolean", preview: previewOf(value) };
    case "symbol":
      return { kind: "symbol", type: "symbol", preview: previewOf(value) };
    case "string":
      return { kind: "text", type: "string", count: value.length, preview: previewOf(value) };
    case "undefined":
      return { kind: "nothing", type: "undefined", preview: "" };
    case "function":
      return functionDescription(value);
    default:
      return value === null ? { kind: "nothing", type: "null", preview: "" } : objectDescription(value as object);
  }
}

function functionDescription(value: object): Description {
  if (types.isProxy(value)) return { kind: "function", type: "Proxy", preview: "" };
  const kind = isClass(value) ? "class" : "function";
  return { kind, type: kind, preview: previewOf(value) };
}

function objectDescription(object: object): Description {
  if (types.isProxy(object)) return { kind: "object", type: "Proxy", preview: "looking into it would run its traps" };
  if (isMadeBy(object, Tensor)) return tensorDescription(object);
  if (isMadeBy(object, StructuredJacobian)) {
    const { shape, dtype } = object;
    // What it knows of its pattern is computed when asked for.
    return { kind: "structured", type: "StructuredJacobian", shape, dtype, preview: "structured, not written out" };
  }
  const bytes = bytesOf(object);
  const common = { type: className(object), preview: previewOf(object), ...(bytes === undefined ? {} : { bytes }) };
  if (Array.isArray(object)) return { kind: "array", ...common, shape: [object.length] };
  if (types.isTypedArray(object)) return { kind: "typed-array", ...common, shape: [lengthOfTyped(object)] };
  if (types.isMap(object)) return { kind: "map", ...common, count: sizeOfMap(object) };
  if (types.isSet(object)) return { kind: "set", ...common, count: sizeOfSet(object) };
  if (types.isDate(object)) return { kind: "date", ...common };
  if (types.isNativeError(object)) return { kind: "error", ...common };
  return { kind: "object", ...common, count: keysOf(object).count };
}

function tensorDescription(tensor: Tensor): Description {
  const { shape, dtype, value } = tensor.node;
  const preview = tensorPreview(tensor);
  return {
    kind: "tensor",
    type: "Tensor",
    shape,
    dtype,
    preview,
    ...(value ? { bytes: value.byteLength } : {}),
    ...(preview === NOT_COMPUTED ? { pending: true } : {}),
  };
}
