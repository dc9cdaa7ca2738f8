/** @file Reading entries: at fixed positions and at positions that are data. */
import { cast, emit } from "../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../errors.ts";
import { normalizeAxis } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { arange, tensor } from "./creation.ts";
import { eq } from "./elementwise.ts";
import { operand } from "./operands.ts";
import { slice, squeeze } from "./shape.ts";

/** What can stand for one axis in `at`: a position, `[start, stop]`, `[start, stop, step]`, or `null` for all of it. */
export type AxisIndex = number | null | readonly [number, number?, number?];

/** Entries at fixed positions, one index per axis from the first; `x.at(1, null, [0, 2])` is NumPy's `x[1, :, 0:2]`. */
export function at(x: Tensor, ...indices: AxisIndex[]): Tensor {
  const node = operand("at", x);
  if (indices.length > node.shape.length) {
    throw new ShapeError(
      `at: ${indices.length} indices for shape ${showShape(node.shape)}, which has ${node.shape.length} axes.`,
    );
  }
  let out = new Tensor(node);
  const gone: number[] = [];
  indices.forEach((index, d) => {
    if (index === null) return;
    if (typeof index === "number") {
      const extent = node.shape[d];
      if (!Number.isInteger(index) || index < -extent || index >= extent) {
        throw new ShapeError(
          `at: index ${index} is out of range for axis ${d} of ${showShape(node.shape)}; expected ${-extent} to ${extent - 1}.`,
        );
      }
      const from = index < 0 ? index + extent : index;
      out = slice(out, d, from, from + 1);
      gone.push(d);
    } else {
      out = slice(out, d, index[0], index[1], index[2]);
    }
  });
  return gone.length === 0 ? out : squeeze(out, gone);
}

/**
 * Entries of `x` at integer positions along `axis`, in the order given; the axis is replaced by the shape of `indices`.
 * Negative positions count from the end.
 */
export function take(x: Tensor, indices: Tensor | readonly number[], axis = 0): Tensor {
  const node = operand("take", x);
  const d = normalizeAxis("take", axis, node.shape.length);
  const positions = indices instanceof Tensor ? indices : tensor(indices, { dtype: "int32" });
  if (positions.dtype === "float32" || positions.dtype === "float64") {
    throw new ArgumentError(
      `take: expected integer positions, got ${positions.dtype}. Convert with indices.to("int32").`,
    );
  }
  const extent = node.shape[d];
  if (positions.node.trace === null) {
    const bad = positions.dataSync().find((index) => index < -extent || index >= extent);
    if (bad !== undefined) {
      throw new ShapeError(
        `take: position ${bad} is out of range for axis ${d} of ${showShape(node.shape)}; expected ${-extent} to ${extent - 1}.`,
      );
    }
  }
  return new Tensor(emit("take", [node, cast(positions.node, "int32")], { axis: d }));
}

/** `[…, classes]` with 1 where the position along the last axis is the entry, else 0. */
export function oneHot(x: Tensor, classes: number): Tensor {
  const shape = [...x.shape, classes];
  const positions = arange(classes).broadcastTo(shape);
  return eq(x.to("int32").expandDims(-1), positions).to("float32");
}
