/** @file Dot kernels: which way to compute each, and in which orientation. */
import { bytesPerElement, type DType } from "../../../dtype.ts";
import type { DotDimension, DotKernel, Expr, MapKernel, ReduceKernel } from "../../../loops/ir.ts";
import { pointsOf } from "../../../loops/walk.ts";
import type { FunctionBuilder } from "../code/function.ts";
import { compileMap } from "../nests/map.ts";
import type { Target } from "../nests/point.ts";
import { compileReduce } from "../nests/reduce.ts";
import { compileBlocks, LEAST_ALONG_K } from "./blocks.ts";
import { type Product, productOf } from "./product.ts";
import { compileRows, isFewRows } from "./rows.ts";

export function compileDot(target: Target, given: DotKernel, entry: FunctionBuilder): void {
  const kernel = orient(absorbBatch(given));
  const { dtype, batch, m, n, k } = kernel;
  if ([...batch, ...m, ...n].some(({ extent }) => extent === 0)) return;
  if (pointsOf(k) === 1) {
    compileMap(target, asMap(kernel), entry);
    return;
  }
  if (isFloat(dtype) && pointsOf(k) > 0) {
    const product = productOf(kernel, dtype, target.buffers);
    if (wantsTiles(product)) {
      if (isFewRows(product)) compileRows(target, product, entry);
      else compileBlocks(target, product, entry);
      return;
    }
  }
  compileReduce(target, asReduction(kernel), entry);
}

const isFloat = (dtype: DType): dtype is "float32" | "float64" => dtype === "float32" || dtype === "float64";

/** Batch dimensions of one operand only are rows or columns of it, if there is no such dimension or it runs on. */
function absorbBatch(kernel: DotKernel): DotKernel {
  let { m, n } = kernel;
  const batch: DotDimension[] = [];
  const runsOn = (outer: DotDimension, inner: DotDimension) =>
    outer.a === inner.a * inner.extent && outer.b === inner.b * inner.extent && outer.out === inner.out * inner.extent;
  const joined = (outer: DotDimension, inner: readonly DotDimension[]): readonly DotDimension[] | undefined => {
    if (pointsOf(inner) === 1) return [outer];
    const [first, ...rest] = inner;
    return runsOn(outer, first) ? [{ ...first, extent: first.extent * outer.extent }, ...rest] : undefined;
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
  const turn = (dimensions: readonly DotDimension[]): DotDimension[] =>
    dimensions.map(({ extent, a: ofA, b: ofB, out }) => ({ extent, a: ofB, b: ofA, out }));
  const [rows, columns] = [pointsOf(m), pointsOf(n)];
  const isContiguous = (dimensions: readonly DotDimension[]) => dimensions.at(-1)?.out === 1;
  const isNarrow = columns < LEAST_COLUMNS && rows >= 2 * LEAST_COLUMNS;
  const exchange = columns === 1 || isNarrow || (rows >= LEAST_COLUMNS && !isContiguous(n) && isContiguous(m));
  return exchange ? { ...kernel, a: b, b: a, batch: turn(kernel.batch), m: turn(n), n: turn(m), k: turn(k) } : kernel;
}

/** Rows of fewer bytes are read as one line of the cache after the other, however they are packed. */
const LINE_BYTES = 64;

/**
 * Register tiles use each element several times. Without such use they pay where nothing must be packed, or packing
 * reads what lies next to each other; else a sum of products along k is as good.
 */
function wantsTiles({ dtype, m, n, k }: Product): boolean {
  if (n.b === 1) return n.extent >= 3;
  if (n.extent < LEAST_COLUMNS) return false;
  if (m.extent >= 4 || (k.a === 1 && k.b === 1 && k.extent >= LEAST_ALONG_K)) return true;
  return m.extent > 1 && k.b === 1 && n.b * bytesPerElement(dtype) <= LINE_BYTES;
}

/** A product without a sum. */
function asMap({ dtype, a, b, out, batch, m, n }: DotKernel): MapKernel {
  const dimensions = [...batch, ...m, ...n];
  return {
    kind: "map",
    extents: dimensions.map(({ extent }) => extent),
    stores: [
      {
        buffer: out.buffer,
        index: { offset: out.offset, strides: dimensions.map((dimension) => dimension.out) },
        value: factors(dtype, a, b, dimensions),
      },
    ],
  };
}

function factors(dtype: DType, a: DotKernel["a"], b: DotKernel["b"], dimensions: readonly DotDimension[]): Expr {
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
  const kept = [...batch, ...m, ...n];
  return {
    kind: "reduce",
    op: "sum",
    extents: kept.map(({ extent }) => extent),
    reduceExtents: k.map(({ extent }) => extent),
    value: factors(dtype, a, b, [...kept, ...k]),
    stores: [
      {
        buffer: out.buffer,
        index: { offset: out.offset, strides: kept.map((dimension) => dimension.out) },
        value: { kind: "accumulator", dtype },
      },
    ],
  };
}
