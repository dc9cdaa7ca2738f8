/** @file Arithmetic on shapes and axes. A shape is a list of extents, outermost axis first; `[]` is a scalar. */
import { ShapeError, showShape } from "./errors.ts";

export type Shape = readonly number[];

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = stride;
    stride *= shape[d];
  }
  return strides;
}

/** NumPy broadcasting of several shapes. Throws a `ShapeError` that names `operation` and the shapes. */
export function broadcastShapes(operation: string, ...shapes: Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let d = 0; d < shape.length; d++) {
      const at = rank - shape.length + d;
      if (shape[d] === 1) continue;
      if (out[at] !== 1 && out[at] !== shape[d]) {
        throw new ShapeError(
          `${operation}: shapes ${shapes.map(showShape).join(" and ")} do not broadcast: counted from the right, axes ` +
            `must be equal or 1, but here ${out[at]} meets ${shape[d]}. Reshape one of them, or add an axis with expandDims.`,
        );
      }
      out[at] = shape[d];
    }
  }
  return out;
}

/** An axis in `0 … rank − 1`; negatives count from the end. */
export function normalizeAxis(operation: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const range = rank === 0 ? "a scalar has no axes" : `expected an integer from ${-rank} to ${rank - 1}`;
    throw new ShapeError(`${operation}: axis ${axis} is out of range for a tensor of rank ${rank}; ${range}.`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** Several axes in the order given, each once. */
export function distinctAxes(operation: string, axes: readonly number[], rank: number): number[] {
  if (!Array.isArray(axes)) {
    throw new ShapeError(
      `${operation}: expected an axis or an array of axes, got ${axes === null ? "null" : typeof axes}.`,
    );
  }
  const list = axes.map((axis) => normalizeAxis(operation, axis, rank));
  if (new Set(list).size !== list.length) {
    throw new ShapeError(`${operation}: axes ${showShape(list)} name one axis twice; give each axis once.`);
  }
  return list;
}

/** Several axes, sorted; a missing list means all of them. */
export function normalizeAxes(operation: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, d) => d);
  return distinctAxes(operation, typeof axes === "number" ? [axes] : axes, rank).sort((a, b) => a - b);
}

/** The shape without `axes` (each in range). */
export const withoutAxes = (shape: Shape, axes: readonly number[]): number[] =>
  shape.filter((_, d) => !axes.includes(d));

/** 0, 1, …, n − 1. */
export function range(n: number, start = 0): number[] {
  const list: number[] = [];
  for (let i = 0; i < n; i++) list.push(start + i);
  return list;
}

/** The permutation that brings axis `from` to place `to` and keeps the order of the others. */
export function moveAxisPermutation(rank: number, from: number, to: number): number[] {
  const axes = range(rank).filter((d) => d !== from);
  axes.splice(to, 0, from);
  return axes;
}
