/** @file Positions that are data: their type, and what a negative one or one out of range refers to. */

import { add, binary, fullLike, select } from "../emit.ts";
import { DTypeError, showShape } from "../errors.ts";
import type { Node, TensorType } from "../graph/node.ts";
import type { Expr } from "../loops/ir.ts";

export function requirePositions(name: string, indices: TensorType): void {
  if (indices.dtype !== "int32") {
    throw new DTypeError(
      `${name}: expected positions of type int32, got ${indices.dtype}${showShape(indices.shape)}. Convert with i.to("int32").`,
    );
  }
}

/** Negative positions count from the end; what is out of range even so goes to the nearest end, never out of memory. */
export const resolvePosition = (position: number, extent: number): number =>
  Math.max(0, Math.min(extent - 1, position < 0 ? position + extent : position));

/** The same for all positions in a tensor. */
export function resolvedPositions(positions: Node, extent: number): Node {
  const wrapped = select(
    binary("lt", positions, fullLike(0, positions)),
    add(positions, fullLike(extent, positions)),
    positions,
  );
  return binary("max", fullLike(0, positions), binary("min", fullLike(extent - 1, positions), wrapped));
}

/** The same as an expression of the loop IR. */
export function resolveExpr(position: Expr, extent: number): Expr {
  const int = (value: number): Expr => ({ kind: "const", dtype: "int32", value });
  const op = (fn: "add" | "max" | "min", x: Expr, y: Expr): Expr => ({ kind: "binary", dtype: "int32", fn, x, y });
  const wrapped: Expr = {
    kind: "select",
    dtype: "int32",
    test: { kind: "binary", dtype: "bool", fn: "lt", x: position, y: int(0) },
    yes: op("add", position, int(extent)),
    no: position,
  };
  return op("max", int(0), op("min", int(extent - 1), wrapped));
}
