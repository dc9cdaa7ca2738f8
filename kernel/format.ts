/** @file Numbers and tensors as text; tensors in the manner of PyTorch: aligned columns, as many decimals, long axes abridged. */
import type { DType, TypedArray } from "./dtype.ts";
import { ArgumentError } from "./errors.ts";
import { type Shape, sizeOf, stridesOf } from "./shape.ts";

/** Larger tensors show only the ends of each axis. */
const ABRIDGE_ABOVE = 1000;
const ENDS = 3;

/** No float64 has more. */
const MOST_DIGITS = 17;

let decimals = 4;

/**
 * How many digits behind the point tensors are printed with, from now on: 4 at first. Columns stay aligned, and numbers
 * of very different sizes are still written with an exponent.
 * @example setPrintDigits(2);  tensor(1 / 3).toString()   // tensor(0.33, shape=[], float32)
 */
export function setPrintDigits(digits: number): void {
  if (!Number.isInteger(digits) || digits < 1 || digits > MOST_DIGITS) {
    throw new ArgumentError(`setPrintDigits: expected a whole number from 1 to ${MOST_DIGITS}, got ${String(digits)}.`);
  }
  decimals = digits;
}

/**
 * How many digits behind the point tensors are printed with.
 * @example printDigits()   // 4
 */
export const printDigits = (): number => decimals;

/** The positions shown along an axis; −1 stands for the ones left out. */
function shown(extent: number, abridged: boolean): number[] {
  const all = Array.from({ length: extent }, (_, i) => i);
  return abridged && extent > 2 * ENDS ? [...all.slice(0, ENDS), -1, ...all.slice(-ENDS)] : all;
}

/** How all numbers of one tensor are written, so that columns line up. */
function numberFormat(values: readonly number[], dtype: DType): (value: number) => string {
  if (dtype === "bool") return (value) => (value ? "true" : "false");
  const finite = values.filter(Number.isFinite);
  const nonZero = finite.filter((value) => value !== 0).map(Math.abs);
  const largest = Math.max(0, ...nonZero);
  const smallest = Math.min(largest, ...nonZero);
  const special = (value: number): string => (Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf");
  if (dtype === "int32" || finite.every(Number.isInteger)) {
    const point = dtype === "int32" ? "" : ".";
    if (largest < 1e8) return (value) => (Number.isFinite(value) ? `${value}${point}` : special(value));
  }
  const scientific = largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1e3;
  return (value) => {
    if (!Number.isFinite(value)) return special(value);
    if (!scientific) return value.toFixed(decimals);
    const [mantissa, exponent] = value.toExponential(decimals).split("e");
    const digits = exponent.slice(1).padStart(2, "0");
    return `${mantissa}e${exponent[0]}${digits}`;
  };
}

/** `tensor([[1.0000, 2.0000], …], shape=[2, 2], float32)`. */
export function formatTensor(data: TypedArray, shape: Shape, dtype: DType): string {
  const abridged = sizeOf(shape) > ABRIDGE_ABOVE;
  const strides = stridesOf(shape);
  const axes = shape.map((extent) => shown(extent, abridged));
  const values: number[] = [];
  const gather = (axis: number, at: number): void => {
    if (axis === shape.length) values.push(data[at]);
    else for (const i of axes[axis]) if (i >= 0) gather(axis + 1, at + i * strides[axis]);
  };
  gather(0, 0);
  const write = numberFormat(values, dtype);
  const width = Math.max(0, ...values.map((value) => write(value).length));
  const build = (axis: number, at: number, indent: number): string => {
    if (axis === shape.length) return write(data[at]).padStart(width);
    const last = axis === shape.length - 1;
    const parts = axes[axis].map((i) => (i < 0 ? "..." : build(axis + 1, at + i * strides[axis], indent + 1)));
    if (!last) return `[${parts.join(`,${"\n".repeat(shape.length - axis - 1)}${" ".repeat(indent + 1)}`)}]`;
    const perLine = Math.max(1, Math.floor((80 - indent) / (width + 2)));
    const lines: string[] = [];
    for (let i = 0; i < parts.length; i += perLine) lines.push(parts.slice(i, i + perLine).join(", "));
    return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
  };
  const head = "tensor(";
  const body = shape.length === 0 ? write(data[0]) : build(0, 0, head.length);
  return `${head}${body}, shape=[${shape.join(", ")}], ${dtype})`;
}

/** 1234567 as 1,234,567. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
