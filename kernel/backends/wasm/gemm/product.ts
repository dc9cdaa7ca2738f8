/** @file A product of matrices in a program's buffers. */
import type { DotDimension } from "../../../loops/ir.ts";
import type { Placed } from "../placed.ts";

/** A matrix in a buffer, with the byte at which its first element is. */
export interface Operand {
  readonly buffer: Placed;
  readonly offset: number;
}

/** A batch of products of two matrices; `n` is the dimension of vectors. */
export interface Product {
  readonly dtype: "float32" | "float64";
  readonly a: Operand;
  readonly b: Operand;
  readonly out: Operand;
  readonly batch: readonly DotDimension[];
  readonly m: DotDimension;
  readonly n: DotDimension;
  readonly k: DotDimension;
}
