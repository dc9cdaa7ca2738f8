/** @file A product of matrices in a program's buffers. */
import { bytesPerElement } from "../../../dtype.ts";
import type { DotDimension, DotKernel } from "../../../loops/ir.ts";
import { pointsOf } from "../../../loops/walk.ts";
import type { Placed } from "../memory/placed.ts";

/** Loops of a nest: how many steps of how many elements, the outermost first. */
export type Steps = readonly { readonly extent: number; readonly stride: number }[];

/** A matrix in a buffer, with the byte at which its first element is. */
export interface Operand {
  readonly buffer: Placed;
  readonly offset: number;
  /** Set where not both dimensions have one stride: across is m or n, along is k. Such an operand must be packed. */
  readonly nest?: { readonly across: Steps; readonly along: Steps };
}

/** A batch of products of two matrices; `n` is the dimension of vectors. Strides of an operand that is a nest are 0. */
export interface Product {
  readonly dtype: "float32" | "float64";
  readonly a: Operand;
  readonly b: Operand;
  readonly out: Omit<Operand, "nest">;
  readonly batch: readonly DotDimension[];
  readonly m: DotDimension;
  readonly n: DotDimension;
  readonly k: DotDimension;
}

/** The loops of one operand through some dimensions, in as few as there can be. */
function stepsOf(dimensions: readonly DotDimension[], side: "a" | "b"): Steps {
  const steps: { extent: number; stride: number }[] = [];
  for (const { extent, [side]: stride } of dimensions) {
    if (extent === 1) continue;
    const outer = steps.at(-1);
    if (outer?.stride === extent * stride) steps[steps.length - 1] = { extent: outer.extent * extent, stride };
    else steps.push({ extent, stride });
  }
  return steps;
}

export function productOf(kernel: DotKernel, dtype: Product["dtype"], buffers: readonly Placed[]): Product {
  const { m, n, k } = kernel;
  const size = bytesPerElement(dtype);
  const operand = (side: "a" | "b", across: readonly DotDimension[]): Operand => {
    const { buffer, offset } = kernel[side];
    const placed = { buffer: buffers[buffer], offset: offset * size };
    const nest = { across: stepsOf(across, side), along: stepsOf(k, side) };
    return nest.across.length > 1 || nest.along.length > 1 ? { ...placed, nest } : placed;
  };
  const [a, b] = [operand("a", m), operand("b", n)];
  const single = (dimensions: readonly DotDimension[]): DotDimension => ({
    extent: pointsOf(dimensions),
    a: a.nest ? 0 : (stepsOf(dimensions, "a").at(-1)?.stride ?? 0),
    b: b.nest ? 0 : (stepsOf(dimensions, "b").at(-1)?.stride ?? 0),
    out: dimensions.findLast(({ extent }) => extent !== 1)?.out ?? 0,
  });
  const out = { buffer: buffers[kernel.out.buffer], offset: kernel.out.offset * size };
  return { dtype, a, b, out, batch: kernel.batch, m: single(m), n: single(n), k: single(k) };
}
