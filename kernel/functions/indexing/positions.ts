/** @file Positions as people give them: integers, in range. */

import { isFloating } from "../../dtype.ts";
import { cast } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import type { Node } from "../../graph/node.ts";
import { hostOf } from "../../remote.ts";
import { Tensor } from "../../tensor.ts";
import { tensor } from "../creation.ts";
import { describe } from "../operands.ts";

/** A tensor would cut off what is behind the point, and read some other entry. */
function ofIntegers(name: string, positions: readonly number[]): Tensor {
  const entries: readonly unknown[] = Array.isArray(positions) ? positions.flat(Number.POSITIVE_INFINITY) : [positions];
  const odd = entries.findIndex((each) => !Number.isInteger(each));
  if (odd >= 0) {
    throw new ArgumentError(
      `${name}: expected integer positions, an array or a tensor of them, got ${describe(entries[odd])}` +
        `${typeof entries[odd] === "number" ? ` ${entries[odd]}` : ""}. Round them first.`,
    );
  }
  return tensor(positions, { dtype: "int32" });
}

/** Positions along axis `d` of `x` as int32. Where they have values these are checked; negatives count from the end. */
export function positionsNode(
  name: string,
  positions: Tensor | readonly number[],
  x: Node,
  d: number,
  lowest = -x.shape[d],
): Node {
  const given = positions instanceof Tensor ? positions : ofIntegers(name, positions);
  if (isFloating(given.dtype)) {
    throw new ArgumentError(
      `${name}: expected integer positions, got ${given.dtype}${showShape(given.shape)}. Convert with indices.to("int32").`,
    );
  }
  if (given.dtype === "bool") {
    throw new ArgumentError(
      `${name}: expected integer positions, got a mask bool${showShape(given.shape)}. Use maskedSelect or where for masks; ` +
        'for 0 and 1 as positions convert with to("int32").',
    );
  }
  const extent = x.shape[d];
  const known = given.node.trace === null ? hostOf(given.evaluate().node.value!) : null;
  // What a device computed is not fetched for the check: it may be out of range, and then reads some entry or none.
  if (known !== null) {
    const bad = known.find((position) => position < lowest || position >= extent);
    if (bad !== undefined) {
      throw new ShapeError(
        `${name}: position ${bad} is out of range for axis ${d} of ${showShape(x.shape)}; ` +
          (extent === 0 ? "that axis has no entries." : `expected ${lowest} to ${extent - 1}.`),
      );
    }
  }
  return cast(given.node, "int32");
}
