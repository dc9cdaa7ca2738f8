/** @file Positions as people give them: integers, in range. */

import { isFloating } from "../dtype.ts";
import { cast } from "../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { Tensor } from "../tensor.ts";
import { tensor } from "./creation.ts";

/** Positions along axis `d` of `x` as int32. Where they have values these are checked; negatives count from the end. */
export function positionsNode(
  name: string,
  positions: Tensor | readonly number[],
  x: Node,
  d: number,
  lowest = -x.shape[d],
): Node {
  const given = positions instanceof Tensor ? positions : tensor(positions, { dtype: "int32" });
  if (isFloating(given.dtype)) {
    throw new ArgumentError(
      `${name}: expected integer positions, got ${given.dtype}${showShape(given.shape)}. Convert with indices.to("int32").`,
    );
  }
  const extent = x.shape[d];
  if (given.node.trace === null) {
    const bad = given.dataSync().find((position) => position < lowest || position >= extent);
    if (bad !== undefined) {
      throw new ShapeError(
        `${name}: position ${bad} is out of range for axis ${d} of ${showShape(x.shape)}; expected ${lowest} to ${extent - 1}.`,
      );
    }
  }
  return cast(given.node, "int32");
}
