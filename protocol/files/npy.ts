/** @file A tensor as a .npy file, version 1.0 of NumPy's format, which many programs read. */
import type { MatrixDisplay } from "../display.ts";
import type { Entries } from "../heatmap.ts";

const TYPES: Record<MatrixDisplay["dtype"], string> = { float32: "<f4", float64: "<f8", int32: "<i4", bool: "|b1" };

/** The header's length is a multiple of this, so that the numbers are aligned. */
const ALIGNMENT = 64;

export function npyOf(
  entries: Entries,
  dtype: MatrixDisplay["dtype"],
  shape: readonly number[],
): Uint8Array<ArrayBuffer> {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const words = `{'descr': '${TYPES[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const begin = 10;
  const length = Math.ceil((begin + words.length + 1) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(length + entries.byteLength);
  file.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  new DataView(file.buffer).setUint16(8, length - begin, true);
  file.set(new TextEncoder().encode(`${words.padEnd(length - begin - 1)}\n`), begin);
  // Every machine a browser runs on is little-endian, as the types above say.
  file.set(new Uint8Array(entries.buffer, entries.byteOffset, entries.byteLength), length);
  return file;
}
