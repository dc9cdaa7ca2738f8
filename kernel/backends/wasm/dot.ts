/** @file Dot kernels: which way to compute each, and in which orientation. */
import { bytesPerElement, type DType } from "../../dtype.ts";
import type { DotDimension, DotKernel, Expr, MapKernel, ReduceKernel } from "../../loops/ir.ts";
import type { FunctionBuilder } from "./function.ts";
import { compileBlocks, LEAST_ALONG_K } from "./gemm/blocks.ts";
import type { Operand, Product } from "./gemm/product.ts";
import { compileRows, isFewRows } from "./gemm/rows.ts";
import { compileMap } from "./map.ts";
import type { Target } from "./point.ts";
import { compileReduce } from "./reduce.ts";

export function compileDot(target: Target, given: DotKernel, entry: FunctionBuilder): void {
  const kernel = orient(absorbBatch(given));
  const { dtype, batch, m, n, k } = kernel;
  const sizes = [...batch, m, n].map(({ extent }) => extent);
  if (sizes.includes(0)) return;
  if (k.extent === 1) compileMap(target, asMap(kernel), entry);
  else if (isFloat(dtype) && k.extent > 0 && wantsTiles(kernel)) {
    const operand = ({ buffer, offset }: DotKernel["a"]): Operand => ({
      buffer: target.buffers[buffer],
      offset: offset * bytesPerElement(dtype),
    });
    const product: Product = {
      dtype,
      a: operand(kernel.a),
      b: operand(kernel.b),
      out: operand(kernel.out),
      batch,
      m,
      n,
      k,
    };
    if (isFewRows(product)) compileRows(target, product, entry);
    else compileBlocks(target, product, entry);
  } else compileReduce(target, asReduction(kernel), entry);
}

const isFloat = (dtype: DType): dtype is "float32" | "float64" => dtype === "float32" || dtype === "float64";

/** Batch dimensions of one operand only are rows or columns of it, if there is no such dimension or it runs on. */
function absorbBatch(kernel: DotKernel): DotKernel {
  let { m, n } = kernel;
  const batch: DotDimension[] = [];
  const runsOn = (outer: DotDimension, inner: DotDimension) =>
    outer.a === inner.a * inner.extent && outer.b === inner.b * inner.extent && outer.out === inner.out * inner.extent;
  const joined = (outer: DotDimension, inner: DotDimension): DotDimension | undefined => {
    if (inner.extent === 1) return outer;
    return runsOn(outer, inner) ? { ...inner, extent: inner.extent * outer.extent } : undefined;
  };
  for (const dimension of [...kernel.batch].reverse()) {
    if (dimension.extent === 1) continue;
    const asM = dimension.b === 0 ? joined(dimension, m) : undefined;
    const asN = dimension.a === 0 ? joined(dimension, n) : undefined;
    if (asM) m = asM;
    else if (asN) n = asN;
    else batch.unshift(dimension);
  }
  return { ...kernel, batch, m, n };
}

/** Fewer columns are not worth a vector. */
const LEAST_COLUMNS = 4;

/** Exchanges the operands where n is then long enough for vectors, and the result contiguous along it. */
function orient(kernel: DotKernel): DotKernel {
  const { a, b, m, n, k } = kernel;
  const turn = ({ extent, a: ofA, b: ofB, out }: DotDimension): DotDimension => ({ extent, a: ofB, b: ofA, out });
  const isNarrow = n.extent < LEAST_COLUMNS && m.extent >= 2 * LEAST_COLUMNS;
  const exchange = n.extent === 1 || isNarrow || (m.extent >= LEAST_COLUMNS && n.out !== 1 && m.out === 1);
  if (!exchange) return kernel;
  return { ...kernel, a: b, b: a, batch: kernel.batch.map(turn), m: turn(n), n: turn(m), k: turn(k) };
}

/** Rows of fewer bytes are read as one line of the cache after the other, however they are packed. */
const LINE_BYTES = 64;

/**
 * Register tiles use each element several times. Without such use they pay where nothing must be packed, or packing
 * reads what lies next to each other; else a sum of products along k is as good.
 */
function wantsTiles({ dtype, m, n, k }: DotKernel): boolean {
  if (n.b === 1) return n.extent >= 3;
  if (n.extent < LEAST_COLUMNS) return false;
  if (m.extent >= 4 || (k.a === 1 && k.b === 1 && k.extent >= LEAST_ALONG_K)) return true;
  return m.extent > 1 && k.b === 1 && n.b * bytesPerElement(dtype) <= LINE_BYTES;
}

/** A product without a sum. */
function asMap({ dtype, a, b, out, batch, m, n }: DotKernel): MapKernel {
  const dimensions = [...batch, m, n];
  return {
    kind: "map",
    extents: dimensions.map(({ extent }) => extent),
    stores: [
      {
        buffer: out.buffer,
        index: { offset: out.offset, strides: dimensions.map((dimension) => dimension.out) },
        value: productOf(dtype, a, b, dimensions),
      },
    ],
  };
}

function productOf(dtype: DType, a: DotKernel["a"], b: DotKernel["b"], dimensions: readonly DotDimension[]): Expr {
  const load = (operand: "a" | "b", { buffer, offset }: DotKernel["a"]): Expr => ({
    kind: "load",
    dtype,
    buffer,
    index: { offset, strides: dimensions.map((dimension) => dimension[operand]) },
  });
  return { kind: "binary", dtype, fn: "mul", x: load("a", a), y: load("b", b) };
}

/** The same as a sum of products. */
function asReduction({ dtype, a, b, out, batch, m, n, k }: DotKernel): ReduceKernel {
  return {
    kind: "reduce",
    op: "sum",
    extents: [...batch, m, n].map(({ extent }) => extent),
    reduceExtents: [k.extent],
    value: productOf(dtype, a, b, [...batch, m, n, k]),
    stores: [
      {
        buffer: out.buffer,
        index: { offset: out.offset, strides: [...batch, m, n].map((dimension) => dimension.out) },
        value: { kind: "accumulator", dtype },
      },
    ],
  };
}
