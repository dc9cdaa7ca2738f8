/**
 * @file Large matrices put together once, eight by eight: a picture of all of one asks for coarse tiles again and again, and
 * each would go through hundreds of megabytes.
 */
import type { Tensor } from "cotangent";
import type { MatrixAxes, TileRequest } from "../../../protocol/exploring.ts";
import { MatrixView } from "./matrix-view.ts";

const SHIFT = 3;
/** Up to here going through all entries is not felt. */
const LARGE = 2 ** 22;
/** Of each tensor; a 64th of a matrix each. */
const MOST_KEPT = 4;

type Level = TileRequest["level"];

export class CoarseMatrices {
  readonly #known = new WeakMap<Tensor, Map<string, MatrixView>>();

  /** The matrix to take a tile of this level from, and the level there. */
  source(tensor: Tensor, axes: MatrixAxes, level: Level): { readonly view: MatrixView; readonly level: Level } {
    const view = new MatrixView(tensor.dataSync(), tensor.shape, axes);
    const { rows, columns } = typeof level === "number" ? { rows: level, columns: level } : level;
    if (Math.min(rows, columns) < SHIFT || view.rows * view.columns < LARGE) return { view, level };
    const kept = this.#known.get(tensor) ?? new Map<string, MatrixView>();
    this.#known.set(tensor, kept);
    const key = JSON.stringify(axes);
    const coarse = kept.get(key) ?? coarsened(view);
    // Set again, so that the map stays in the order of use.
    kept.delete(key);
    kept.set(key, coarse);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
    return { view: coarse, level: { rows: rows - SHIFT, columns: columns - SHIFT } };
  }
}

function coarsened(view: MatrixView): MatrixView {
  const [rows, columns] = [view.rows, view.columns].map((extent) => Math.ceil(extent / 2 ** SHIFT));
  const data = view.block({ from: 0, count: rows }, { from: 0, count: columns }, SHIFT);
  return new MatrixView(data, [rows, columns], { rows: [0], columns: [1], at: [0, 0] });
}
