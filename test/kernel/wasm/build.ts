/** @file Short ways to write loop programs in tests. */
import { bytesPerElement, type DType } from "../../../kernel/dtype.ts";
import type { BinaryFn, BufferSpec, Expr, Index, Kernel, LoopProgram, UnaryFn } from "../../../kernel/loops/ir.ts";

/** A program over buffers laid out one after the other. */
export function program(
  buffers: readonly (readonly [DType, number])[],
  inputs: readonly number[],
  outputs: readonly number[],
  kernels: readonly Kernel[],
): LoopProgram {
  const specs: BufferSpec[] = [];
  let offset = 0;
  for (const [dtype, size] of buffers) {
    specs.push({ dtype, size, offset });
    offset += Math.ceil((size * bytesPerElement(dtype)) / 16) * 16;
  }
  return { buffers: specs, inputs, outputs, kernels, arenaBytes: offset };
}

export const at = (strides: readonly number[], offset = 0): Index => ({ offset, strides });

export const load = (dtype: DType, buffer: number, index: Index): Expr => ({ kind: "load", dtype, buffer, index });

export const constant = (dtype: DType, value: number): Expr => ({ kind: "const", dtype, value });

const TO_BOOL = new Set<string>(["not", "isNaN", "isFinite", "eq", "ne", "lt", "le", "gt", "ge", "and", "or"]);

export const unary = (fn: UnaryFn, x: Expr): Expr => ({
  kind: "unary",
  dtype: TO_BOOL.has(fn) ? "bool" : x.dtype,
  fn,
  x,
});

export const binary = (fn: BinaryFn, x: Expr, y: Expr): Expr => ({
  kind: "binary",
  dtype: TO_BOOL.has(fn) ? "bool" : x.dtype,
  fn,
  x,
  y,
});

export const select = (test: Expr, yes: Expr, no: Expr): Expr => ({ kind: "select", dtype: yes.dtype, test, yes, no });

export const cast = (dtype: DType, x: Expr): Expr => ({ kind: "cast", dtype, x });

export const iota = (strides: readonly number[], offset = 0): Expr => ({
  kind: "iota",
  dtype: "int32",
  index: { offset, strides },
});

export const accumulator = (dtype: DType): Expr => ({ kind: "accumulator", dtype });

/** Row-major strides of `shape`. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const extent of [...shape].reverse()) {
    strides.unshift(stride);
    stride *= extent;
  }
  return strides;
}
