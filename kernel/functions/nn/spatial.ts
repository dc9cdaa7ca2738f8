/** @file What convolution and pooling share: numbers per spatial axis, examples, padding, and the windows themselves. */
import { emit, reshape } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import type { Node } from "../../graph/node.ts";
import type { Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { pad } from "../joining.ts";
import { describe, operand } from "../operands.ts";

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

/** An integer of at least `lowest` for each of `count` spatial axes. */
export function perAxis(name: string, option: string, value: PerAxis, count: number, lowest: number): number[] {
  const list = typeof value === "number" ? new Array<number>(count).fill(value) : value;
  const valid = Array.isArray(list) && list.length === count && list.every((n) => Number.isInteger(n) && n >= lowest);
  if (!valid) {
    throw new ArgumentError(
      `${name}: expected ${option} to be an integer of at least ${lowest}${count > 1 ? `, or ${count} of them` : ""}, ` +
        `got ${typeof value === "number" || Array.isArray(value) ? JSON.stringify(value) : describe(value)}. Give one for each spatial axis.`,
    );
  }
  return [...list];
}

const LAYOUT = ["", "[n, channels, length]", "[n, channels, height, width]"];
export const EXTENTS = ["", "length", "height, width"];

/** `x` with an axis of examples, and what takes it away again. */
export function withExamples(name: string, x: Tensor, spatial: number): { node: Node; finish(out: Tensor): Tensor } {
  const node = operand(name, x);
  const { shape } = node;
  if (shape.length === spatial + 2) return { node, finish: (out) => out };
  if (shape.length === spatial + 1) {
    return { node: reshape(node, [1, ...shape]), finish: (out) => out.squeeze(0) };
  }
  throw new ShapeError(
    `${name}: expected x ${LAYOUT[spatial]} or [channels, ${EXTENTS[spatial]}], got ${showShape(shape)}. ` +
      "Add a missing axis with expandDims.",
  );
}

/** The sides are padded by [before, after] along the spatial axes. */
export const padSpatial = (x: Tensor, widths: readonly (readonly [number, number])[], value = 0): Tensor =>
  widths.flat().some((width) => width > 0) ? pad(x, [[0, 0], [0, 0], ...widths], value) : x;

export const windowsOf = (x: Node, axes: readonly number[], extents: Shape, strides: Shape, dilations: Shape): Node =>
  emit("windows", [x], { axes, extents, strides, dilations });

/** The window must fit into what it slides over. */
export function requireFit(name: string, padded: Shape, extents: Shape, dilations: Shape, given: Shape): void {
  const reach = extents.map((extent, i) => dilations[i] * (extent - 1) + 1);
  if (reach.every((extent, i) => extent <= padded[i])) return;
  throw new ShapeError(
    `${name}: a window of ${showShape(extents)}${dilations.some((d) => d > 1) ? ` with dilation ${showShape(dilations)}` : ""} ` +
      `spans ${showShape(reach)} and does not fit into ${showShape(padded)}, the padded extents of x ${showShape(given)}. ` +
      "Use a smaller window, or more padding.",
  );
}
