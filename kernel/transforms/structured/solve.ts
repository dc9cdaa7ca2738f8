/** @file Systems of equations with a structured Jacobian, in the way that its structure makes cheapest. */

import { allocate } from "../../dtype.ts";
import { reshape } from "../../emit.ts";
import { ArgumentError, showShape, TraceError } from "../../errors.ts";
import { solve as solveDense } from "../../functions/linalg/solvers.ts";
import { watchedBy } from "../../graph/marks.ts";
import { constantNode, type Node } from "../../graph/node.ts";
import { isTransforming } from "../../graph/retention.ts";
import { hostOf } from "../../remote.ts";
import { isHere } from "../../runtime/device-get.ts";
import { sizeOf } from "../../shape.ts";
import { bandWidth, emptyBand, solveBand } from "../../structure/band-lu.ts";
import type { Bandwidth, Pattern } from "../../structure/pattern.ts";
import { Tensor } from "../../tensor.ts";

const singular = (where: string): ArgumentError =>
  new ArgumentError(
    `solve: the matrix is singular, ${where}. Add a multiple of the identity to the function's Hessian, or use ` +
      "lstsq(jacobian.toDense(), b) for the least squares.",
  );

/** Entry by entry. A zero is an error where values are known, else it gives an infinity. */
export function solveDiagonal(diagonal: Tensor, right: Tensor): Tensor {
  if (diagonal.node.trace === null && !isTransforming()) {
    // What a device computed is not fetched for the check.
    const zero = hostOf(diagonal.evaluate().node.value!)?.indexOf(0) ?? -1;
    if (zero >= 0) throw singular(`entry ${zero} of its diagonal is 0`);
  }
  return right.div(diagonal);
}

/** Each block by itself: `blocks` is `[...common, ...rows, ...columns]`. */
export function solveBlocks(blocks: Tensor, common: readonly number[], right: Tensor): Tensor {
  const count = sizeOf(common);
  const side = right.size / count;
  const matrices = new Tensor(reshape(blocks.node, [count, side, side]));
  const vectors = new Tensor(reshape(right.node, [count, side, 1]));
  return solveDense(matrices, vectors);
}

/** The transform in which a value is unknown, or would lose its derivative if it were read. */
const transformAround = (node: Node): string | null => node.trace?.transform ?? watchedBy(node);

export const canBeRead = (...tensors: readonly Tensor[]): boolean =>
  tensors.every((each) => transformAround(each.node) === null && isHere(each));

/** Whether their numbers are here, or would be computed here. */
export const areHere = (...tensors: readonly Tensor[]): boolean =>
  tensors.every((each) => transformAround(each.node) !== null || isHere(each));

function requireNumbers(nodes: readonly Node[]): void {
  for (const node of nodes) {
    const transform = transformAround(node);
    if (transform === null) continue;
    throw new TraceError(
      `solve: a banded or sparse matrix is solved with its numbers, and inside ${transform} they are unknown or would lose ` +
        "their derivative. Use solve(jacobian.toDense(), b) there, or solve outside.",
    );
  }
  if (areHere(...nodes.map((node) => new Tensor(node)))) return;
  throw new ArgumentError(
    "solve: a banded or sparse matrix is solved with its numbers, and they are on a device or would be computed there. Bring " +
      "them here first: await deviceGet([jacobian.toCOO().values, b]).",
  );
}

export function solveBanded(values: Tensor, pattern: Pattern, { lower, upper }: Bandwidth, right: Tensor): Tensor {
  requireNumbers([values.node, right.node]);
  const { rows, rowStarts, columnOf } = pattern;
  const band = emptyBand(rows, lower, upper);
  const width = bandWidth(lower, upper);
  const entries = values.dataSync();
  for (let row = 0; row < rows; row++) {
    const diagonal = row * width + lower - row;
    for (let at = rowStarts[row]; at < rowStarts[row + 1]; at++) band.values[diagonal + columnOf[at]] = entries[at];
  }
  const solution = Float64Array.from(right.dataSync());
  const without = solveBand(band, solution);
  if (without >= 0) throw singular(`column ${without} has no pivot`);
  const result = allocate(right.dtype, rows);
  result.set(solution);
  return new Tensor(constantNode({ shape: [rows], dtype: right.dtype }, result));
}

export const solveWhole = (dense: Tensor, right: Tensor): Tensor => {
  const n = right.size;
  return solveDense(new Tensor(reshape(dense.node, [n, n])), new Tensor(reshape(right.node, [n])));
};

export function tooSparse(
  kind: string,
  size: number,
  { lower, upper }: Bandwidth,
  shape: readonly number[],
): ArgumentError {
  return new ArgumentError(
    `solve: the ${kind} matrix of ${size} rows ${showShape(shape)} has no narrow band: its entries reach ${lower} diagonals ` +
      `down and ${upper} up. Order the input so that what is related is near, iterate with matvec (conjugate gradients), or ` +
      "use solve(jacobian.toDense(), b) if it fits in memory.",
  );
}
