/**
 * @file How factorizations are cut in halves until the parts are small. Almost all arithmetic is then in products of large
 * matrices, for caches of every size (Gustavson 1997, "Recursion leads to automatic variable blocking for dense
 * linear-algebra algorithms"; Elmroth et al. 2004).
 */
import type { Operand, Workspace } from "../../../loops/workspace.ts";

/** Parts of this order are computed entry by entry. */
export const SMALL = 16;

/** About half of `n`, a multiple of `SMALL`. */
export const half = (n: number): number => SMALL * Math.ceil(n / (2 * SMALL));

export const rowMajor = (at: number, stride: number): Operand => ({ at, down: stride, across: 1 });
export const transposeOf = ({ at, down, across }: Operand): Operand => ({ at, down: across, across: down });

/** The part of a matrix that begins at entry (i, j). */
export const partFrom = ({ at, down, across }: Operand, i: number, j: number): Operand => ({
  at: at + i * down + j * across,
  down,
  across,
});

/** `C += factor · A · B` for row-major C m × n and A m × k; where one of them is a vector, by operations on vectors. */
export function addProduct(
  space: Workspace,
  c: number,
  stride: number,
  factor: number,
  a: Operand,
  b: Operand,
  m: number,
  n: number,
  k: number,
): void {
  if (n === 1 && stride === 1 && b.down === 1 && a.across === 1) {
    space.addInners(c, factor, b.at, a.at, a.down, m, k);
  } else if (n === 1 && stride === 1 && a.down === 1) space.addRows(c, factor, b.at, b.down, a.at, a.across, k, m);
  else if (m === 1 && b.across === 1) space.addRows(c, factor, a.at, a.across, b.at, b.down, k, n);
  else space.addProduct(c, stride, factor, a, b, m, n, k);
}
