/** @file Lines of a tensor: its entries along one axis. What is done to each, for backends that have code of their own. */
import { type Shape, sizeOf } from "../shape.ts";

/** `outer · inner` lines of `extent` entries, in row-major order: those of one line are `inner` apart. */
export interface Lines {
  readonly outer: number;
  readonly extent: number;
  readonly inner: number;
}

export const linesAlong = (shape: Shape, axis: number): Lines => ({
  outer: sizeOf(shape.slice(0, axis)),
  extent: shape[axis],
  inner: sizeOf(shape.slice(axis + 1)),
});

/** Operations on the lines of their first input; what each gives says the primitive of that name. */
export type LineOperation = Lines &
  (
    | { readonly name: "cumsum" }
    | { readonly name: "argmax" | "argmin" }
    | { readonly name: "argsort"; readonly descending: boolean }
    /** `values` entries to be placed in each line. */
    | { readonly name: "searchSorted"; readonly values: number; readonly right: boolean }
    /** Each line names places, of which there are so many. */
    | { readonly name: "lastWriter"; readonly places: number }
  );
