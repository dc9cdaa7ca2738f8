/** @file The paths along which derivatives pass. */
import { isFloating } from "../dtype.ts";
import type { Node } from "../graph/node.ts";
import { type Paths, pathsBetween } from "../graph/walk.ts";
import { primitiveOf } from "../primitive.ts";

/** The nodes between `marks` and `roots` that have a derivative with respect to a mark. */
export const derivativePaths = (marks: readonly Node[], roots: Iterable<Node>): Paths =>
  pathsBetween(marks, roots, (node, { op, params }, i) => {
    if (!isFloating(node.dtype)) return false;
    const { derivative } = primitiveOf(op);
    if (derivative.kind === "none") return false;
    return derivative.kind !== "linear" || (derivative.wrt?.(params).includes(i) ?? true);
  });
