/** @file The types of entries that ONNX has, and what each becomes here: whole numbers int32, half precision float32. */
import { allocate, type DType, type TypedArray, viewOf } from "../../dtype.ts";
import { halfFromBits } from "../../half.ts";

export interface ElementType {
  /** As ONNX calls it. */
  readonly name: string;
  /** What it becomes. */
  readonly dtype: DType;
  /** Of an entry in a file. */
  readonly bytes: number;
  /** The smallest and the largest whole number; a cast to the type wraps around at them. */
  readonly range?: readonly [number, number];
  /** An entry from its bytes, where a view of them would not do. Null for a whole number beyond int32. */
  readonly read?: (view: DataView, at: number) => number | null;
}

const bits = new DataView(new ArrayBuffer(4));

/** The upper half of a float32, from its bits. */
export function bfloatFromBits(half: number): number {
  bits.setUint16(0, half);
  bits.setUint16(2, 0);
  return bits.getFloat32(0);
}

/**
 * A whole number of 64 bits as one of 32, or null where it does not fit. What is near either end of the 64 bits stands for
 * "as far as there is", as in the end of a slice, and is the end of the 32 bits then.
 */
export function narrowed(value: bigint): number | null {
  if (value >= -0x80000000n && value <= 0x7fffffffn) return Number(value);
  if (value >= 1n << 62n) return 0x7fffffff;
  return value <= -(1n << 62n) ? -0x80000000 : null;
}

/** By the number that a file writes. */
const TYPES = new Map<number, ElementType>([
  [1, { name: "float", dtype: "float32", bytes: 4 }],
  [2, { name: "uint8", dtype: "int32", bytes: 1, range: [0, 255], read: (view, at) => view.getUint8(at) }],
  [3, { name: "int8", dtype: "int32", bytes: 1, range: [-128, 127], read: (view, at) => view.getInt8(at) }],
  [4, { name: "uint16", dtype: "int32", bytes: 2, range: [0, 65535], read: (view, at) => view.getUint16(at, true) }],
  [5, { name: "int16", dtype: "int32", bytes: 2, range: [-32768, 32767], read: (view, at) => view.getInt16(at, true) }],
  [6, { name: "int32", dtype: "int32", bytes: 4 }],
  [7, { name: "int64", dtype: "int32", bytes: 8, read: (view, at) => narrowed(view.getBigInt64(at, true)) }],
  [9, { name: "bool", dtype: "bool", bytes: 1, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) }],
  [10, { name: "float16", dtype: "float32", bytes: 2, read: (view, at) => halfFromBits(view.getUint16(at, true)) }],
  [11, { name: "double", dtype: "float64", bytes: 8 }],
  [12, { name: "uint32", dtype: "int32", bytes: 4, read: (view, at) => narrowed(BigInt(view.getUint32(at, true))) }],
  [13, { name: "uint64", dtype: "int32", bytes: 8, read: (view, at) => narrowed(view.getBigUint64(at, true)) }],
  [16, { name: "bfloat16", dtype: "float32", bytes: 2, read: (view, at) => bfloatFromBits(view.getUint16(at, true)) }],
]);

/** Types without a counterpart here, by their names, for messages. */
const UNSUPPORTED = new Map<number, string>([
  [0, "no type"],
  [8, "string"],
  [14, "complex64"],
  [15, "complex128"],
  [17, "float8e4m3fn"],
  [18, "float8e4m3fnuz"],
  [19, "float8e5m2"],
  [20, "float8e5m2fnuz"],
  [21, "uint4"],
  [22, "int4"],
  [23, "float4e2m1"],
]);

export const elementType = (code: number): ElementType | undefined => TYPES.get(code);
export const elementTypeName = (code: number): string =>
  TYPES.get(code)?.name ?? UNSUPPORTED.get(code) ?? `type number ${code}, which ONNX does not have`;
/** All that can be read, for messages. */
export const readableTypes = (): string => [...TYPES.values()].map(({ name }) => name).join(", ");

/**
 * `count` entries out of little-endian bytes: a view of them where they are laid out as ours are, else one copy.
 * @returns the place of an entry that does not fit, instead
 */
export function entriesOf(
  type: ElementType,
  bytes: Uint8Array,
  count: number,
): TypedArray | { readonly misfit: number } {
  if (type.read === undefined) {
    const { dtype } = type;
    if (bytes.byteOffset % type.bytes === 0) return viewOf(dtype, bytes.buffer, bytes.byteOffset, count);
    // Not slice, which for a Buffer of Node copies nothing.
    return viewOf(dtype, new Uint8Array(bytes).buffer, 0, count);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = allocate(type.dtype, count);
  for (let i = 0; i < count; i++) {
    const value = type.read(view, i * type.bytes);
    if (value === null) return { misfit: i };
    out[i] = value;
  }
  return out;
}
