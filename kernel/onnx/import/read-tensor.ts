/** @file The numbers of a weight, checked against its shape before anything is allocated. */
import { allocate, type DType, type FloatingDType, isFloating, type TypedArray } from "../../dtype.ts";
import { ArgumentError, showShape } from "../../errors.ts";
import { constantNode } from "../../graph/node.ts";
import { halfFromBits } from "../../half.ts";
import { Tensor } from "../../tensor.ts";
import { type TensorProto, TensorProto_DataLocation } from "../schema/onnx_pb.ts";
import { damaged, LONGEST_AXIS, MOST_AXES } from "./damaged.ts";
import {
  bfloatFromBits,
  type ElementType,
  elementType,
  elementTypeName,
  entriesOf,
  narrowed,
  readableTypes,
} from "./element-types.ts";

/** Files beside the model that hold weights: by the name that the model has for them. */
export type ExternalData = Readonly<Record<string, Uint8Array>> | ((location: string) => Uint8Array);

/** How weights are read. */
export interface Reading {
  readonly externalData?: ExternalData;
  /** For all floating numbers, whatever the file has. */
  readonly dtype?: FloatingDType;
}

const unsupported = (where: string, code: number): ArgumentError =>
  new ArgumentError(
    `importOnnx: ${where} has entries of ${elementTypeName(code)}. These can be read: ${readableTypes()}. ` +
      "Convert the model to one of them.",
  );

/** The type of entries behind the number in the file. */
export function knownType(where: string, code: number): ElementType {
  const type = elementType(code);
  if (type === undefined) throw unsupported(where, code);
  return type;
}

function shapeOf(where: string, dims: readonly bigint[]): number[] {
  if (dims.length > MOST_AXES) throw damaged(`${where} has ${dims.length} axes; at most ${MOST_AXES} make sense.`);
  return dims.map((dim, axis) => {
    if (dim >= 0n && dim <= BigInt(LONGEST_AXIS)) return Number(dim);
    throw damaged(`${where} has extent ${dim} along axis ${axis}; expected 0 to ${LONGEST_AXIS}.`);
  });
}

/** How many entries a shape has; a bigint, since extents of a damaged file may multiply to anything. */
const countOf = (shape: readonly number[]): bigint => shape.reduce((count, extent) => count * BigInt(extent), 1n);

/** The entries of the type-specific lists, in which short tensors may be written, as numbers. */
function listed(tensor: TensorProto, type: ElementType): readonly (number | null)[] {
  switch (type.name) {
    case "float":
      return tensor.floatData;
    case "double":
      return tensor.doubleData;
    case "int64":
      return tensor.int64Data.map(narrowed);
    case "uint32":
    case "uint64":
      return tensor.uint64Data.map(narrowed);
    case "float16":
      return tensor.int32Data.map(halfFromBits);
    case "bfloat16":
      return tensor.int32Data.map(bfloatFromBits);
    case "bool":
      return tensor.int32Data.map((value) => (value === 0 ? 0 : 1));
    default:
      return tensor.int32Data;
  }
}

/** The value of an entry of `externalData` that is a number of bytes. */
function bytesEntry(where: string, tensor: TensorProto, key: string): number | undefined {
  const text = tensor.externalData.find((entry) => entry.key === key)?.value;
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) {
    throw damaged(
      `${where} says "${text.slice(0, 40)}" for the ${key} of its external data; expected a number of bytes.`,
    );
  }
  return value;
}

function externalBytes(where: string, tensor: TensorProto, expected: number, from?: ExternalData): Uint8Array {
  const location = tensor.externalData.find((entry) => entry.key === "location")?.value;
  if (location === undefined) throw damaged(`${where} is said to be in another file, but not in which.`);
  if (from === undefined) {
    throw new ArgumentError(
      `importOnnx: ${where} is in another file, "${location}". Pass its bytes: importOnnx(bytes, { externalData: ` +
        `{ ${JSON.stringify(location)}: itsBytes } }).`,
    );
  }
  const found =
    typeof from === "function" ? from(location) : Object.hasOwn(from, location) ? from[location] : undefined;
  if (!(found instanceof Uint8Array)) {
    const got = found === undefined ? "nothing" : typeof found;
    throw new ArgumentError(
      `importOnnx: ${where} is in the file "${location}", for which externalData has ${got}. Give its bytes as a Uint8Array.`,
    );
  }
  const offset = bytesEntry(where, tensor, "offset") ?? 0;
  const length = bytesEntry(where, tensor, "length") ?? found.length - offset;
  if (length < 0 || offset + length > found.length) {
    throw new ArgumentError(
      `importOnnx: ${where} should be ${length < 0 ? "" : `${length} bytes `}from byte ${offset} of "${location}" on, but that has ` +
        `${found.length} bytes. Give the whole file.`,
    );
  }
  if (length !== expected) {
    throw damaged(`${where} should have ${expected} bytes, but ${length} of "${location}" are said to be its.`);
  }
  return found.subarray(offset, offset + length);
}

/** Floating numbers in the type that was asked for. */
function inType(data: TypedArray, dtype: DType, wanted: FloatingDType | undefined): { data: TypedArray; dtype: DType } {
  if (wanted === undefined || wanted === dtype || !isFloating(dtype)) return { data, dtype };
  const converted = allocate(wanted, data.length);
  converted.set(data);
  return { data: converted, dtype: wanted };
}

/**
 * A tensor of a file. Its numbers are not copied where they lie in the bytes as they would here (float, double and int32 at
 * an even place), and once where they do not.
 * @param where what to call it in messages
 */
export function readTensor(where: string, tensor: TensorProto, reading: Reading): Tensor {
  const type = knownType(where, tensor.dataType);
  const shape = shapeOf(where, tensor.dims);
  const count = countOf(shape);
  if (tensor.segment !== undefined) throw damaged(`${where} is a segment of a tensor, which no tool writes.`);
  const isExternal = tensor.dataLocation === TensorProto_DataLocation.EXTERNAL;
  const misfit = (at: number): ArgumentError =>
    new ArgumentError(
      `importOnnx: ${where} has a whole number beyond 32 bits at entry ${at}; whole numbers have 32 bits here.`,
    );

  const list = isExternal || tensor.rawData.length > 0 ? [] : listed(tensor, type);
  let data: TypedArray;
  if (list.length > 0) {
    if (BigInt(list.length) !== count) {
      throw damaged(`${where} of shape ${showShape(shape)} should have ${count} entries, but has ${list.length}.`);
    }
    data = allocate(type.dtype, list.length);
    for (const [i, value] of list.entries()) {
      if (value === null) throw misfit(i);
      data[i] = value;
    }
  } else {
    const size = count * BigInt(type.bytes);
    const had = isExternal ? null : tensor.rawData;
    if (size > BigInt(Number.MAX_SAFE_INTEGER) || (had !== null && BigInt(had.length) !== size)) {
      throw damaged(
        `${where} of shape ${showShape(shape)} should have ${size} bytes (${type.name})${had === null ? ", which no file has." : `, but has ${had.length}.`}`,
      );
    }
    const entries = entriesOf(
      type,
      had ?? externalBytes(where, tensor, Number(size), reading.externalData),
      Number(count),
    );
    if ("misfit" in entries) throw misfit(entries.misfit);
    data = entries;
  }
  const settled = inType(data, type.dtype, reading.dtype);
  return new Tensor(constantNode({ shape, dtype: settled.dtype }, settled.data));
}
