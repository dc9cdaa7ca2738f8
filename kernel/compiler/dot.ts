/**
 * @file From the general dot to what a machine multiplies: axes that lie behind one another in memory become one, and
 * what remains is a batch of matrix products, or a reduction when there is no matrix in it. The windows of a convolution,
 * which are a view of its input, remain several dimensions of rows, columns or contraction.
 */

import type { DotParams } from "../emit.ts";
import type { GraphNode } from "../graph/graph.ts";
import type { TensorType } from "../graph/node.ts";
import type { DotDimension, Expr, Kernel } from "../loops/ir.ts";
import { pointsOf } from "../loops/walk.ts";
import { freeAxes } from "../primitives/dot.ts";
import { range } from "../shape.ts";
import type { Storage } from "./lower.ts";

const SIDES = ["a", "b", "out"] as const;

/** Neighbouring dimensions become one wherever all three operands step through them evenly. */
function collapse(dimensions: readonly DotDimension[], order: keyof DotDimension): DotDimension[] {
  const sorted = dimensions.filter(({ extent }) => extent !== 1).sort((x, y) => y[order] - x[order]);
  const out: DotDimension[] = [];
  for (const inner of sorted) {
    const outer = out.at(-1);
    const even = outer !== undefined && SIDES.every((side) => outer[side] === inner.extent * inner[side]);
    if (even) out[out.length - 1] = { ...inner, extent: outer.extent * inner.extent };
    else out.push(inner);
  }
  return out;
}

/** Whether an operand has one stride along all of some dimensions. */
const isEven = (dimensions: readonly DotDimension[], side: keyof DotDimension): boolean =>
  dimensions.every((outer, i) => {
    const inner = dimensions[i + 1];
    return inner === undefined || outer[side] === inner.extent * inner[side];
  });

export function lowerDot(
  node: GraphNode,
  typeA: TensorType,
  typeB: TensorType,
  a: Storage,
  b: Storage,
  out: Storage,
): Kernel {
  const params = node.params as unknown as DotParams;
  const freeA = freeAxes(typeA.shape.length, params, 0);
  const freeB = freeAxes(typeB.shape.length, params, 1);
  const batches = params.batch[0].length;
  const batch = params.batch[0].map((axis, i) => ({
    extent: typeA.shape[axis],
    a: a.strides[axis],
    b: b.strides[params.batch[1][i]],
    out: out.strides[i],
  }));
  const m = freeA.map((axis, i) => ({
    extent: typeA.shape[axis],
    a: a.strides[axis],
    b: 0,
    out: out.strides[batches + i],
  }));
  const n = freeB.map((axis, i) => ({
    extent: typeB.shape[axis],
    a: 0,
    b: b.strides[axis],
    out: out.strides[batches + freeA.length + i],
  }));
  const k = params.contract[0].map((axis, i) => ({
    extent: typeA.shape[axis],
    a: a.strides[axis],
    b: b.strides[params.contract[1][i]],
    out: 0,
  }));
  const rows = collapse(m, "out");
  const columns = collapse(n, "out");
  const inner = collapse(k, "a");
  const together = collapse(batch, "out");
  // The largest part of each side is the matrix; what is left over runs outside, like a batch.
  const row = matrixOf(rows, "a", inner);
  const column = matrixOf(columns, "b", inner);
  if (node.dtype === "int32" || !isWorthMatrices(row, column, inner))
    return reduction(node, [...together, ...rows, ...columns], inner, a, b, out);
  return {
    kind: "dot",
    dtype: node.dtype,
    a: { buffer: a.buffer, offset: a.offset },
    b: { buffer: b.buffer, offset: b.offset },
    out: { buffer: out.buffer, offset: out.offset },
    batch: [
      ...together,
      ...rows.filter((each) => !row.includes(each)),
      ...columns.filter((each) => !column.includes(each)),
    ],
    m: row,
    n: column,
    k: inner,
  };
}

/** The innermost dimension alone, if longest and at least so long, is the matrix where its operand is even: no packing. */
const LEAST_ALONE = 64;

/** Of the dimensions of one side, in the order of the result, the largest run along which the result is even. */
function matrixOf(
  dimensions: readonly DotDimension[],
  side: "a" | "b",
  inner: readonly DotDimension[],
): DotDimension[] {
  const runs: DotDimension[][] = [];
  for (const dimension of dimensions) {
    const run = runs.at(-1);
    if (run && run[run.length - 1].out === dimension.extent * dimension.out) run.push(dimension);
    else runs.push([dimension]);
  }
  const largest = runs.reduce((best, each) => (pointsOf(each) > pointsOf(best) ? each : best), []);
  const last = largest.at(-1);
  const isAlone = last && last.extent >= LEAST_ALONE && largest.every(({ extent }) => extent <= last.extent);
  return isAlone && isEven(inner, side) ? [last] : largest;
}

/** Fewer rows of an operand that is not even are not worth gathering. */
const LEAST_MATRIX_ROWS = 4;
/** Smaller products with a vector are sums like others: what is done with a sum is done where it is made. */
const LEAST_MATRIX_OF_VECTOR = 4096;

function isWorthMatrices(m: readonly DotDimension[], n: readonly DotDimension[], k: readonly DotDimension[]): boolean {
  const [rows, columns, length] = [m, n, k].map(pointsOf);
  if (length === 1 || rows * columns === 1) return false;
  const work = rows * columns * length;
  const isPlain = isEven(m, "a") && isEven(k, "a") && isEven(n, "b") && isEven(k, "b");
  if (!isPlain) return Math.min(rows, columns) >= LEAST_MATRIX_ROWS && work >= LEAST_MATRIX_OF_VECTOR;
  return Math.min(rows, columns) > 1 || work >= LEAST_MATRIX_OF_VECTOR;
}

/** Small products with vectors, or of operands that are not even, and integers: a sum of products in plain loops. */
function reduction(
  node: GraphNode,
  outer: readonly DotDimension[],
  inner: readonly DotDimension[],
  a: Storage,
  b: Storage,
  out: Storage,
): Kernel {
  const loops = [...outer, ...inner];
  const load = (side: "a" | "b", { buffer, offset }: Storage): Expr => ({
    kind: "load",
    dtype: node.dtype,
    buffer,
    index: { offset, strides: loops.map((each) => each[side]) },
  });
  return {
    kind: "reduce",
    op: "sum",
    extents: outer.map(({ extent }) => extent),
    reduceExtents: inner.map(({ extent }) => extent),
    value: { kind: "binary", dtype: node.dtype, fn: "mul", x: load("a", a), y: load("b", b) },
    stores: [
      {
        buffer: out.buffer,
        index: { offset: out.offset, strides: range(outer.length).map((v) => outer[v].out) },
        value: { kind: "accumulator", dtype: node.dtype },
      },
    ],
  };
}
