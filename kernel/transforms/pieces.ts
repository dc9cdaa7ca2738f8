/**
 * @file Large blocks, written piece by piece: what a program gives is copied out of its memory, so a block made at once
 * would be there twice. In pieces, what is needed on top of the block is one piece.
 */
import { bytesOf, memoryBudget } from "../budget.ts";
import { showShape } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { isTransforming, whileTransforming } from "../graph/retention.ts";
import { evaluateIfSettled } from "../runtime/evaluate.ts";
import { toNode } from "../structure/dense.ts";
import { Tally } from "../structure/factor.ts";
import { affine, bare, freshLabel } from "../structure/label.ts";
import { multiplied } from "../structure/structured.ts";
import { factorsOf, permuted, type Structured, term } from "../structure/term.ts";
import { inChunks, ranges } from "./chunks.ts";

/** Blocks of fewer bytes are written at once. */
const LARGE = 64 * 2 ** 20;
/** A piece is this part of a block, and is in memory twice while it is copied to its place. */
const PIECES = 32;

/** Whether a block is made in pieces: not inside of other transforms, where nothing is computed yet. */
export const isLarge = (block: Node | null): boolean =>
  block !== null && block.trace === null && bytesOf(block) >= LARGE && !isTransforming();

/** Positions `start` to `stop` of axis 0. */
function rows(matrix: Structured, start: number, stop: number): Structured {
  const label = freshLabel();
  const forms = [bare(label), affine(start, [{ label, stride: 1 }])];
  const selection: Structured = {
    shape: [stop - start, matrix.shape[0]],
    dtype: matrix.dtype,
    terms: [term(new Map([[label, stop - start]]), forms)],
  };
  return multiplied(selection, 1, 1, matrix, new Tally());
}

/**
 * The block of a structured tensor, computed now if it is large; null when what it is made of takes about as much as the
 * block itself, so that pieces would not help.
 */
export function writtenInPieces(matrix: Structured): Node | null {
  if (bytesOf(matrix) < LARGE) return toNode(matrix);
  if (bytesOf(matrix) * (1 + 2 / PIECES) > memoryBudget()) return null;
  const factors = factorsOf(matrix).map(({ node }) => node);
  if (factors.some((factor) => PIECES * bytesOf(factor) > 4 * bytesOf(matrix))) return null;
  // Once, and not again for each piece.
  evaluateIfSettled(factors);
  const { shape } = matrix;
  const enough = shape.findIndex((extent) => extent >= PIECES);
  const axis = enough >= 0 ? enough : shape.indexOf(Math.max(...shape));
  const others = shape.map((_, d) => d).filter((d) => d !== axis);
  const front = permuted(matrix, [axis, ...others]);
  const [block] = inChunks(
    {
      label: () => `writing ${matrix.dtype}${showShape(shape)}`,
      size: shape[axis],
      whole: () => [toNode(matrix)],
      parts: (count) =>
        ranges(shape[axis], count).map(({ start, stop }) => () => [
          whileTransforming(() => toNode(rows(front, start, stop))),
        ]),
      axisOf: () => axis,
    },
    Math.max(1, Math.floor(shape[axis] / PIECES)),
  );
  return block;
}
