/**
 * @file The axes of a tensor, and which of them are laid along rows, along columns, or slid through. Names of entries come
 * from what an axis belongs to, so they stay true however the axes are arranged.
 */
import type { MatrixDisplay, Side } from "../../protocol/display.ts";
import type { MatrixAxes } from "../../protocol/exploring.ts";
import type { Entries } from "../../protocol/heatmap.ts";
import { sizeOf, unravel } from "../../protocol/notation.ts";

export interface Axis {
  readonly extent: number;
  /** What the axis is an axis of, and which one of it. */
  readonly side: Side;
  readonly place: number;
}

/** Numbers of axes, outermost first. Every axis is in one of the three. */
export interface Arrangement {
  readonly sliders: readonly number[];
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

const GROUPS = ["sliders", "rows", "columns"] as const;

/** In the order of memory: slices, then rows, then columns. */
export const axesOf = ({ slices, rows, columns }: Pick<MatrixDisplay, "slices" | "rows" | "columns">): Axis[] =>
  [...slices, rows, columns].flatMap((side) => side.shape.map((extent, place) => ({ extent, side, place })));

/** As the display came. */
export function initialArrangement({
  slices,
  rows,
  columns,
}: Pick<MatrixDisplay, "slices" | "rows" | "columns">): Arrangement {
  let next = 0;
  const take = (count: number): number[] => Array.from({ length: count }, () => next++);
  return {
    sliders: take(slices.reduce((sum, side) => sum + side.shape.length, 0)),
    rows: take(rows.shape.length),
    columns: take(columns.shape.length),
  };
}

export const isSame = (one: Arrangement, other: Arrangement): boolean =>
  GROUPS.every((group) => one[group].join() === other[group].join());

/** The same arrangement with one axis at the end of another group. */
export function moved(arrangement: Arrangement, axis: number, to: keyof Arrangement): Arrangement {
  const without = (group: readonly number[]): number[] => group.filter((each) => each !== axis);
  const next = {
    sliders: without(arrangement.sliders),
    rows: without(arrangement.rows),
    columns: without(arrangement.columns),
  };
  // Within a group the order is that of memory: it is the one that names of entries are written in.
  next[to] = [...next[to], axis].sort((a, b) => a - b);
  return next;
}

export const extentOf = (axes: readonly Axis[], group: readonly number[]): number =>
  sizeOf(group.map((axis) => axes[axis].extent));

/** One matrix of an arrangement, as a session is asked for it. */
export function matrixAxes(axes: readonly Axis[], { sliders, rows, columns }: Arrangement, slice: number): MatrixAxes {
  const at = new Array<number>(axes.length).fill(0);
  const extents = sliders.map((axis) => axes[axis].extent);
  unravel(slice, extents).forEach((index, i) => {
    at[sliders[i]] = index;
  });
  return { rows, columns, at };
}

/** The tensor's entries in the order of an arrangement: sliders, rows, columns. */
export function arranged(entries: Entries, axes: readonly Axis[], { sliders, rows, columns }: Arrangement): Entries {
  const order = [...sliders, ...rows, ...columns];
  if (order.every((axis, i) => axis === i)) return entries;
  const strides = new Array<number>(axes.length);
  for (let axis = axes.length - 1, stride = 1; axis >= 0; stride *= axes[axis--].extent) strides[axis] = stride;
  const target = entries.slice();
  const index = new Array<number>(order.length).fill(0);
  let from = 0;
  for (let to = 0; to < target.length; to++) {
    target[to] = entries[from];
    // The next index in row-major order of the arrangement: count up the last axis, and carry.
    for (let place = order.length - 1; place >= 0; place--) {
      const axis = order[place];
      from += strides[axis];
      if (++index[place] < axes[axis].extent) break;
      from -= axes[axis].extent * strides[axis];
      index[place] = 0;
    }
  }
  return target;
}
