/**
 * @file From the general dot to what a machine multiplies: axes that lie behind one another in memory become one, and
 * what remains is a batch of matrix products, or a reduction when there is no matrix in it.
 */

import type { DotParams } from "../emit.ts";
import type { GraphNode } from "../graph/graph.ts";
import type { TensorType } from "../graph/node.ts";
import type { DotDimension, Expr, Kernel } from "../loops/ir.ts";
import { freeAxes } from "../primitives/dot.ts";
import { range } from "../shape.ts";
import type { Storage } from "./lower.ts";

/** Neighbouring dimensions become one wherever all three operands step through them evenly. */
function collapse(dimensions: readonly DotDimension[], order: keyof DotDimension): DotDimension[] {
  const sorted = dimensions.filter(({ extent }) => extent !== 1).sort((x, y) => y[order] - x[order]);
  const out: DotDimension[] = [];
  for (const inner of sorted) {
    const outer = out.at(-1);
    const even =
      outer !== undefined && (["a", "b", "out"] as const).every((side) => outer[side] === inner.extent * inner[side]);
    if (even) out[out.length - 1] = { ...inner, extent: outer.extent * inner.extent };
    else out.push(inner);
  }
  return out;
}

const UNIT: DotDimension = { extent: 1, a: 0, b: 0, out: 0 };

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
  // The largest dimension of each side is the matrix; what is left over runs outside, like a batch.
  const [row, column] = [largest(rows), largest(columns)];
  if (inner.length !== 1 || node.dtype === "int32" || !isWorthMatrices(row, column, inner[0]))
    return reduction(node, [...together, ...rows, ...columns], inner, a, b, out);
  return {
    kind: "dot",
    dtype: node.dtype,
    a: { buffer: a.buffer, offset: a.offset },
    b: { buffer: b.buffer, offset: b.offset },
    out: { buffer: out.buffer, offset: out.offset },
    batch: [...together, ...rows.filter((each) => each !== row), ...columns.filter((each) => each !== column)],
    m: row,
    n: column,
    k: inner[0],
  };
}

const largest = (dimensions: readonly DotDimension[]): DotDimension =>
  dimensions.reduce((best, each) => (each.extent > best.extent ? each : best), UNIT);

/** Smaller products with a vector are sums like others: what is done with a sum is done where it is made. */
const LEAST_MATRIX_OF_VECTOR = 4096;

function isWorthMatrices(m: DotDimension, n: DotDimension, k: DotDimension): boolean {
  if (m.extent > 1 && n.extent > 1) return true;
  return m.extent * n.extent > 1 && m.extent * n.extent * k.extent >= LEAST_MATRIX_OF_VECTOR;
}

/** Small products with vectors, integers and contractions over uneven axes: a sum of products in plain loops. */
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
