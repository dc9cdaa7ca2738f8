/** @file The answers to what a picture asks about the tensor behind it. */
import type { FactsAnswer, FactsRequest, TileAnswer, TileRequest } from "../../../protocol/exploring.ts";
import { tooLarge } from "../facts/facts.ts";
import { epsilonOf, type Matrix } from "../facts/spectrum.ts";
import { CoarseMatrices } from "./coarse-matrices.ts";
import type { HeldTensors } from "./held-tensors.ts";
import { MatrixView } from "./matrix-view.ts";

/** More is not one tile: the answer travels as one line of text. */
const MOST_ENTRIES = 1024 * 1024;

const coarse = new CoarseMatrices();

export function tileOf(held: HeldTensors, request: TileRequest): TileAnswer {
  const tensor = held.get(request.handle);
  if (!tensor) return { status: "gone" };
  const { axes, level, row, column, rows, columns } = request;
  if (rows * columns > MOST_ENTRIES) {
    return { status: "failed", message: `A tile of ${rows} × ${columns} is too large.` };
  }
  return orFailed(() => {
    const source = coarse.source(tensor, axes, level);
    const block = source.view.block({ from: row, count: rows }, { from: column, count: columns }, source.level);
    return { status: "tile", data: Buffer.from(block.buffer).toString("base64") };
  });
}

/** The matrix that facts are wanted of, copied, because they are found on another thread; or what there is to say. */
export function matrixOf(held: HeldTensors, { handle, axes }: FactsRequest): { matrix: Matrix } | FactsAnswer {
  const tensor = held.get(handle);
  if (!tensor) return { status: "gone" };
  return orFailed(() => {
    const view = new MatrixView(tensor.dataSync(), tensor.shape, axes);
    const { rows, columns } = view;
    const problem = tooLarge(rows, columns);
    if (problem) return { status: "facts", facts: { sentence: problem } };
    const entries = Float64Array.from(view.block({ from: 0, count: rows }, { from: 0, count: columns }, 0));
    return { matrix: { entries, rows, columns, epsilon: epsilonOf(tensor.dtype) } };
  });
}

function orFailed<T>(read: () => T): T | { readonly status: "failed"; readonly message: string } {
  try {
    return read();
  } catch (error) {
    return { status: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}
