/** @file Reading entries: at fixed positions and at positions that are data. Writing them is in scatter.ts. */
import { defaultDtype } from "../../dtype.ts";
import { emit } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import type { Node } from "../../graph/node.ts";
import { broadcastShapes, normalizeAxis, range, type Shape, sizeOf } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { where } from "../choice.ts";
import { arange } from "../creation.ts";
import { eq } from "../elementwise.ts";
import { broadcastNode, describe, operand } from "../operands.ts";
import { permute, reshape, slice, squeeze } from "../shape.ts";
import { positionsNode } from "./positions.ts";

/**
 * What can stand for one axis in `at`: a position, `[start, stop]`, `[start, stop, step]`, `null` for all of it, or a tensor
 * of integer positions.
 */
export type AxisIndex = number | null | readonly [number, number?, number?] | Tensor;

/**
 * Entries at positions, one index per axis from the first; `x.at(1, null, [0, 2])` is NumPy's `x[1, :, 0:2]`. A tensor of
 * integers takes several positions, and its shape replaces the axis; several tensors broadcast and are read together, as
 * pairs of positions. Their shape then stands where the first of them is, or in front if they are not side by side.
 * Positions that are numbers or tensors may be negative, counted from the end; ranges end before `stop`.
 * @example x.at(tensor([0, 2], { dtype: "int32" }), tensor([1, 1], { dtype: "int32" }))   // [x[0, 1], x[2, 1]]
 */
export function at(x: Tensor, ...indices: AxisIndex[]): Tensor {
  const node = operand("at", x);
  if (indices.length > node.shape.length) {
    throw new ShapeError(
      `at: ${indices.length} indices for shape ${showShape(node.shape)}, which has ${node.shape.length} axes.`,
    );
  }
  let out = new Tensor(node);
  const gone: number[] = [];
  const taken: { axis: number; positions: Tensor }[] = [];
  indices.forEach((index, d) => {
    if (index === null) return;
    if (index instanceof Tensor) {
      if (index.dtype === "bool") {
        throw new ArgumentError(
          `at: expected integer positions for axis ${d} of ${showShape(node.shape)}, got a mask bool${showShape(index.shape)}. ` +
            "Use where(mask, a, b), or maskedSelect(x, mask), whose result has as many entries as the mask says.",
        );
      }
      taken.push({ axis: d, positions: index });
    } else if (typeof index === "number") {
      const extent = node.shape[d];
      if (!Number.isInteger(index) || index < -extent || index >= extent) {
        throw new ShapeError(
          `at: index ${index} is out of range for axis ${d} of ${showShape(node.shape)}; ` +
            (extent === 0 ? "that axis has no entries." : `expected ${-extent} to ${extent - 1}.`),
        );
      }
      const from = index < 0 ? index + extent : index;
      out = slice(out, d, from, from + 1);
      gone.push(d);
    } else if (!Array.isArray(index) || index.some((each) => each !== undefined && !Number.isInteger(each))) {
      throw new ArgumentError(
        `at: expected a position, [start, stop], [start, stop, step], null or a tensor of positions for axis ${d} of ` +
          `${showShape(node.shape)}, got ${Array.isArray(index) ? `[${index.join(", ")}]` : describe(index)}.`,
      );
    } else {
      out = slice(out, d, index[0], index[1], index[2]);
    }
  });
  if (taken.length > 0) return takeTogether(out, gone, taken);
  return gone.length === 0 ? out : squeeze(out, gone);
}

/** Reads at the positions of several axes at once: merged into one axis, they are one position. */
function takeTogether(
  x: Tensor,
  gone: readonly number[],
  taken: readonly { readonly axis: number; readonly positions: Tensor }[],
): Tensor {
  // Axes of single positions first: they must not count when it comes to what is side by side.
  const squeezed = squeeze(x, gone);
  const axes = taken.map(({ axis }) => axis - gone.filter((d) => d < axis).length);
  const together = axes.every((axis, i) => axis === axes[0] + i);
  const shape = broadcastShapes("at", ...taken.map(({ positions }) => positions.shape));
  let merged: Tensor | null = null;
  taken.forEach(({ positions }, i) => {
    const extent = squeezed.shape[axes[i]];
    const given = new Tensor(broadcastNode(positionsNode("at", positions, squeezed.node, axes[i]), shape));
    if (taken.length === 1) merged = given;
    else {
      const wrapped = where(given.lt(0), given.add(extent), given).clip(0, Math.max(0, extent - 1));
      merged = merged === null ? wrapped : merged.mul(extent).add(wrapped);
    }
  });
  const place = together ? axes[0] : 0;
  const others = range(squeezed.ndim).filter((d) => !axes.includes(d));
  const front = permute(squeezed, others.toSpliced(place, 0, ...axes));
  const extents = axes.map((axis) => squeezed.shape[axis]);
  const flat = reshape(front, front.shape.toSpliced(place, axes.length, sizeOf(extents)));
  return take(flat, merged!, place);
}

/**
 * Entries of `x` at integer positions along `axis`, in the order given; the axis is replaced by the shape of `indices`.
 * Negative positions count from the end.
 * @example x.take([2, 0, -1])   // rows 2, 0 and the last
 */
export function take(x: Tensor, indices: Tensor | readonly number[], axis = 0): Tensor {
  const node = operand("take", x);
  const d = normalizeAxis("take", axis, node.shape.length);
  return new Tensor(emit("take", [node, positionsNode("take", indices, node, d)], { axis: d }));
}

/**
 * Entries of `x` along `axis` at positions of their own for each line: `out[i, k] = x[i, indices[i, k]]` for the last axis
 * of a matrix. The other axes broadcast; negative positions count from the end. `torch.gather` with NumPy's name.
 * @example takeAlongAxis(x, argsort(x, 1), 1)   // each row sorted
 */
export function takeAlongAxis(x: Tensor, indices: Tensor, axis: number): Tensor {
  const node = operand("takeAlongAxis", x);
  const d = normalizeAxis("takeAlongAxis", axis, node.shape.length);
  if (!(indices instanceof Tensor) || indices.ndim !== node.shape.length) {
    const got = indices instanceof Tensor ? `shape ${showShape(indices.shape)}` : "no tensor";
    throw new ShapeError(
      `takeAlongAxis: expected positions with as many axes as x of shape ${showShape(node.shape)}, got ${got}. ` +
        "Add axes with expandDims, or use take for the same positions in every line.",
    );
  }
  const positions = positionsNode("takeAlongAxis", indices, node, d);
  const others = (shape: Shape): number[] => shape.map((extent, i) => (i === d ? 1 : extent));
  const common = broadcastShapes("takeAlongAxis", others(node.shape), others(positions.shape));
  const spread = (y: Node): Node => broadcastNode(y, common.with(d, y.shape[d]));
  return new Tensor(emit("takeAlongAxis", [spread(node), spread(positions)], { axis: d }));
}

/**
 * `[…, classes]` with 1 where the position along the last axis is the entry, else 0.
 * @example oneHot(tensor([2, 0]), 3)   // [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(x: Tensor, classes: number): Tensor {
  const value = new Tensor(operand("oneHot", x, "int32"));
  if (!Number.isInteger(classes) || classes < 0) {
    throw new ArgumentError(`oneHot: expected a number of classes, an integer of 0 or more, got ${String(classes)}.`);
  }
  return eq(value.expandDims(-1), arange(classes)).to(defaultDtype());
}
