/** @file Element types, their storage, and how two of them combine. */

import { DTypeError } from "./errors.ts";

/** A JavaScript number never promotes a tensor. `bool` is stored as one byte, 0 or 1. */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The types that have derivatives. */
export type FloatingDType = Extract<DType, "float32" | "float64">;

/** The flat, row-major storage of a tensor. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const BYTES: Record<DType, number> = { float32: 4, float64: 8, int32: 4, bool: 1 };

/** `dtype` itself, if it is one of the four. */
export function checkedDType(operation: string, dtype: DType): DType {
  if (!Object.hasOwn(BYTES, dtype)) {
    const known = Object.keys(BYTES).map((name) => `"${name}"`);
    throw new DTypeError(`${operation}: there is no type "${String(dtype)}"; expected ${known.join(", ")}.`);
  }
  return dtype;
}

/** Bytes per element. */
export const bytesPerElement = (dtype: DType): number => BYTES[dtype];

/** A zero-filled array of `size` elements. */
export function allocate(dtype: DType, size: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(size);
    case "float64":
      return new Float64Array(size);
    case "int32":
      return new Int32Array(size);
    case "bool":
      return new Uint8Array(size);
  }
}

/** A view of `size` elements over `buffer`, starting at byte `offset`; nothing is copied. */
export function viewOf(dtype: DType, buffer: ArrayBufferLike, offset: number, size: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer, offset, size);
    case "float64":
      return new Float64Array(buffer, offset, size);
    case "int32":
      return new Int32Array(buffer, offset, size);
    case "bool":
      return new Uint8Array(buffer, offset, size);
  }
}

export const isFloating = (dtype: DType): dtype is FloatingDType => dtype === "float32" || dtype === "float64";

let defaultFloating: FloatingDType = "float32";

/**
 * The type of what is made from now on of plain JavaScript numbers (`tensor([1, 2])`, `zeros`, `randn`, …), and of
 * integers where a result has values between them. float32 at first. Tensors that are there keep theirs.
 * @example setDefaultDtype("float64");  tensor([1, 2]).dtype   // "float64"
 */
export function setDefaultDtype(dtype: FloatingDType): void {
  if (!isFloating(dtype)) {
    throw new DTypeError(
      `setDefaultDtype: expected "float32" or "float64", got ${JSON.stringify(dtype) ?? String(dtype)}.`,
    );
  }
  defaultFloating = dtype;
}

/**
 * The type of what is made of plain JavaScript numbers.
 * @example defaultDtype()   // "float32"
 */
export const defaultDtype = (): FloatingDType => defaultFloating;

const RANK: Record<DType, number> = { bool: 0, int32: 1, float32: 2, float64: 3 };

/** PyTorch's promotion for the four types we have: the wider category wins, then the wider type. */
export const promote = (a: DType, b: DType): DType => (RANK[a] >= RANK[b] ? a : b);
