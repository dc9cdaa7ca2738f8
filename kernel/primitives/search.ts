/** @file Searching: places in sorted lines, and which of several writers of a place was the last. */

import { broadcastLeading, emit } from "../emit.ts";
import { DTypeError, ShapeError, showShape } from "../errors.ts";
import { linesAlong } from "../loops/lines.ts";
import { searchSortedForm } from "../onnx/forms/sums.ts";
import { define } from "../primitive.ts";
import { sameShape } from "../shape.ts";
import { requirePositions, resolvePosition } from "./positions.ts";

declare module "../primitive.ts" {
  interface PrimitiveParams {
    /**
     * Where each entry of `inputs[1]` `[…, m]` goes into its line of `inputs[0]` `[…, n]`, which is sorted, int32: before
     * entries equal to it, or `right` of them.
     */
    searchSorted: { readonly right: boolean };
    /** For positions `[…, k, …]`, the last k at each of `extent` places along `axis`, int32; −1 where there is none. */
    lastWriter: { readonly axis: number; readonly extent: number };
  }
}

/** NaN counts as larger than every number, as it does where the line was sorted. */
const below = (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a));

define("searchSorted", {
  infer([sorted, values]) {
    if (sorted.dtype !== values.dtype) {
      throw new DTypeError(`searchSorted: expected one type, got ${sorted.dtype} and ${values.dtype}.`);
    }
    if (sorted.shape.length === 0 || !sameShape(sorted.shape.slice(0, -1), values.shape.slice(0, -1))) {
      throw new ShapeError(
        `searchSorted: expected lines [..., n] and [..., m], got ${showShape(sorted.shape)} and ${showShape(values.shape)}.`,
      );
    }
    return { shape: values.shape, dtype: "int32" };
  },
  evaluate([sorted, values], out, { right }) {
    const n = sorted.shape[sorted.shape.length - 1];
    const m = values.shape[values.shape.length - 1];
    for (let i = 0; i < out.data.length; i++) {
      const start = Math.floor(i / m) * n;
      const value = values.data[i];
      let [from, to] = [0, n];
      while (from < to) {
        const middle = (from + to) >> 1;
        const entry = sorted.data[start + middle];
        if (right ? !below(value, entry) : below(entry, value)) from = middle + 1;
        else to = middle;
      }
      out.data[i] = from;
    }
  },
  derivative: { kind: "none" },
  batch: (inputs, batched, size, params) =>
    emit(
      "searchSorted",
      inputs.map((input, i) => (batched[i] ? input : broadcastLeading(input, [size]))),
      params,
    ),
  lowering: {
    kind: "host",
    operation: ({ right }, [sorted, values]) => ({
      ...{ name: "searchSorted", right, values: values.shape[values.shape.length - 1] },
      ...linesAlong(sorted.shape, sorted.shape.length - 1),
    }),
  },
  onnx: searchSortedForm,
});

define("lastWriter", {
  infer([positions], { axis, extent }) {
    requirePositions("lastWriter", positions);
    return { shape: positions.shape.map((each, d) => (d === axis ? extent : each)), dtype: "int32" };
  },
  evaluate([positions], out, { axis, extent }) {
    const { outer, extent: count, inner } = linesAlong(positions.shape, axis);
    out.data.fill(-1);
    if (extent === 0) return;
    for (let o = 0; o < outer; o++) {
      for (let k = 0; k < count; k++) {
        for (let i = 0; i < inner; i++) {
          const place = resolvePosition(positions.data[(o * count + k) * inner + i], extent);
          out.data[(o * extent + place) * inner + i] = k;
        }
      }
    }
  },
  derivative: { kind: "none" },
  batch: ([positions], _, __, { axis, extent }) => emit("lastWriter", [positions], { axis: axis + 1, extent }),
  lowering: {
    kind: "host",
    operation: ({ axis, extent }, [positions]) => ({
      ...{ name: "lastWriter", places: extent },
      ...linesAlong(positions.shape, axis),
    }),
  },
});
