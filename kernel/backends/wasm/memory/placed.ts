/** @file Where a program's buffers are: at an address of its arena, or wherever a table says at each run. */
import { bytesPerElement, type DType } from "../../../dtype.ts";
import type { FunctionBuilder } from "../code/function.ts";
import { TABLE_ADDRESS } from "./memory.ts";

export interface Placed {
  readonly dtype: DType;
  readonly size: number;
  /** For a buffer apart an address beyond all memory, which tells it from all others. */
  readonly address: number;
  /** Set for a buffer apart: its place in the table of addresses. */
  readonly slot?: number;
}

const BEYOND = 2 ** 40;

/** A buffer whose address stands in slot `slot` of the table when the program runs. */
export const apart = (dtype: DType, size: number, slot: number): Placed => ({
  dtype,
  size,
  address: BEYOND * (slot + 1),
  slot,
});

export const byteLength = ({ dtype, size }: Placed): number => size * bytesPerElement(dtype);

/** Pushes the address of the buffer's byte `offset`. */
export function pushAddress(f: FunctionBuilder, { address, slot }: Placed, offset = 0): void {
  if (slot === undefined) {
    f.i32(address + offset);
    return;
  }
  f.i32(0).memory("i32.load", TABLE_ADDRESS + 4 * slot);
  if (offset !== 0) f.i32(offset).op("i32.add");
}
