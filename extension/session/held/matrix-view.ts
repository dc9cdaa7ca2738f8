/** @file One matrix of a tensor, read where it lies: any axes along its rows and columns, whole or in coarse blocks. */
import type { MatrixAxes, TileRequest } from "../../../protocol/exploring.ts";
import { stronger } from "../../../protocol/heatmap.ts";
import { sizeOf, unravel } from "../../../protocol/notation.ts";
import type { TensorData } from "../display/kernel-values.ts";

/** A span of entries along one side. */
export interface Span {
  readonly from: number;
  readonly count: number;
}

export class MatrixView {
  readonly rows: number;
  readonly columns: number;
  readonly #data: TensorData;
  readonly #shape: readonly number[];
  readonly #strides: readonly number[];
  readonly #axes: MatrixAxes;

  /** @throws RangeError when the axes are not axes of the tensor, each along one side at most, or `at` leaves it. */
  constructor(data: TensorData, shape: readonly number[], axes: MatrixAxes) {
    checkAxes(shape, axes);
    this.#data = data;
    this.#shape = shape;
    this.#strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
    this.#axes = axes;
    this.rows = sizeOf(axes.rows.map((axis) => shape[axis]));
    this.columns = sizeOf(axes.columns.map((axis) => shape[axis]));
  }

  /**
   * The entries of the spans, which count blocks of this level: of each block the entry of largest magnitude, NaN before
   * all. What lies outside of the matrix is left out.
   */
  block(rows: Span, columns: Span, level: TileRequest["level"]): TensorData {
    const levels = typeof level === "number" ? { rows: level, columns: level } : level;
    const [down, step] = [2 ** levels.rows, 2 ** levels.columns];
    const rowPlaces = this.#places(this.#axes.rows, rows, down, this.rows);
    const columnPlaces = this.#places(this.#axes.columns, columns, step, this.columns);
    const start = this.#fixedOffset();
    const data = this.#data;
    const height = Math.ceil(rowPlaces.length / down);
    const width = Math.ceil(columnPlaces.length / step);
    const block = data.slice(0, 0).constructor as new (length: number) => TensorData;
    const out = new block(height * width);
    for (let i = 0; i < rowPlaces.length; i++) {
      const base = start + rowPlaces[i];
      const isFirst = i % down === 0;
      const line = Math.floor(i / down) * width;
      for (let j = 0, to = line; j < columnPlaces.length; to++) {
        let best = isFirst ? data[base + columnPlaces[j]] : out[to];
        for (const end = Math.min(j + step, columnPlaces.length); j < end; j++) {
          best = stronger(best, data[base + columnPlaces[j]]);
        }
        out[to] = best;
      }
    }
    return out;
  }

  /** Where the entries of a span lie in the data, before the offset of all others. */
  #places(axes: readonly number[], { from, count }: Span, step: number, extent: number): Float64Array {
    const begin = Math.min(from * step, extent);
    const end = Math.min((from + count) * step, extent);
    const shape = axes.map((axis) => this.#shape[axis]);
    const index = unravel(begin, shape);
    const places = new Float64Array(end - begin);
    for (let i = 0; i < places.length; i++) {
      for (let k = 0; k < axes.length; k++) places[i] += index[k] * this.#strides[axes[k]];
      for (let k = axes.length - 1; k >= 0 && ++index[k] === shape[k]; k--) index[k] = 0;
    }
    return places;
  }

  #fixedOffset(): number {
    const { rows, columns, at } = this.#axes;
    return at.reduce(
      (sum, index, axis) => (rows.includes(axis) || columns.includes(axis) ? sum : sum + index * this.#strides[axis]),
      0,
    );
  }
}

function checkAxes(shape: readonly number[], { rows, columns, at }: MatrixAxes): void {
  const used = [...rows, ...columns];
  const areAxes = used.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < shape.length);
  if (!areAxes || new Set(used).size !== used.length) {
    throw new RangeError(`A tensor of ${shape.length} axes has no rows [${rows}] and columns [${columns}].`);
  }
  const inside = shape.every((extent, axis) => used.includes(axis) || (at[axis] >= 0 && at[axis] < extent));
  if (at.length !== shape.length || !inside) throw new RangeError(`[${at}] is not in a tensor of [${shape}].`);
}
