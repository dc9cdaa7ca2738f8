/**
 * @file Sliding windows, and their transpose. Windows are a view: entry i of a window that starts at position p of an axis
 * is the input's `p · stride + i · dilation`, so nothing is moved. The transpose adds every entry of every window where it
 * came from.
 */

import { emit, full } from "../emit.ts";
import { ShapeError, showShape } from "../errors.ts";
import { addForms, flattenForms, identityForms, scaleForm } from "../loops/form.ts";
import type { Index } from "../loops/ir.ts";
import { overlapAddForm, windowsForm } from "../onnx/forms/views.ts";
import { define } from "../primitive.ts";
import { type Shape, stridesOf } from "../shape.ts";
import { scattered } from "../structure/rules.ts";
import { literalValue } from "./elementwise.ts";
import { defineView } from "./view.ts";

/** One entry per axis in `axes`; the other axes stay as they are. */
interface WindowParams {
  readonly axes: readonly number[];
  /** Entries of a window. */
  readonly extents: readonly number[];
  /** From the start of one window to the next. */
  readonly strides: readonly number[];
  /** From one entry of a window to the next. */
  readonly dilations: readonly number[];
}
interface OverlapParams extends WindowParams {
  /** Of the tensor that the windows are of. */
  readonly shape: Shape;
}
declare module "../primitive.ts" {
  interface PrimitiveParams {
    /** Each axis in `axes` counts windows; the positions inside a window are new axes at the end, in that order. */
    windows: WindowParams;
    /** Zeros of `shape`, plus each entry of each window at its position. */
    overlapAdd: OverlapParams;
  }
}

/** Windows that fit into `extent` entries. */
export const windowCount = (extent: number, size: number, stride: number, dilation: number): number =>
  Math.max(0, Math.floor((extent - dilation * (size - 1) - 1) / stride) + 1);

function windowedShape(shape: Shape, { axes, extents, strides, dilations }: WindowParams): number[] {
  const out = [...shape, ...extents];
  axes.forEach((axis, i) => {
    out[axis] = windowCount(shape[axis], extents[i], strides[i], dilations[i]);
  });
  return out;
}

/** The position in the tensor for one in its windows. */
function source(index: readonly Index[], { axes, extents, strides, dilations }: WindowParams): Index[] {
  const rank = index.length - extents.length;
  return index.slice(0, rank).map((form, d) => {
    const i = axes.indexOf(d);
    return i < 0 ? form : addForms(scaleForm(form, strides[i]), scaleForm(index[rank + i], dilations[i]));
  });
}

const shifted = ({ axes, extents, strides, dilations }: WindowParams): WindowParams => ({
  axes: axes.map((axis) => axis + 1),
  extents,
  strides,
  dilations,
});

defineView("windows", {
  infer: (x, params) => windowedShape(x.shape, params),
  source,
  transpose: (cotangent, x, params) => emit("overlapAdd", [cotangent], { ...params, shape: x.shape }),
  batch: shifted,
  simplify: (x, params) => {
    const value = literalValue(x);
    return value === null ? null : full(value, windowedShape(x.shape, params), x.dtype);
  },
  onnx: windowsForm,
});

define("overlapAdd", {
  infer: ([x], params) => {
    const expected = windowedShape(params.shape, params);
    if (x.shape.length !== expected.length || x.shape.some((extent, d) => extent !== expected[d])) {
      throw new ShapeError(
        `overlapAdd: expected windows ${showShape(expected)} of a tensor ${showShape(params.shape)}, got ${showShape(x.shape)}.`,
      );
    }
    return { shape: params.shape, dtype: x.dtype };
  },
  evaluate([x], out, params) {
    const rank = x.shape.length;
    // How far one step along each axis of the windows moves in the output.
    const { strides: steps } = flattenForms(source(identityForms(rank), params), stridesOf(out.shape), rank);
    const counter = new Array<number>(rank).fill(0);
    let at = 0;
    for (let i = 0; i < x.data.length; i++) {
      out.data[at] += x.data[i];
      for (let d = counter.length - 1; d >= 0; d--) {
        at += steps[d];
        if (++counter[d] < x.shape[d]) break;
        at -= steps[d] * x.shape[d];
        counter[d] = 0;
      }
    }
  },
  derivative: {
    kind: "linear",
    transpose: (cotangent, _, __, { axes, extents, strides, dilations }) =>
      emit("windows", [cotangent], { axes, extents, strides, dilations }),
  },
  structure(_, [x], __, params) {
    const forms = identityForms(x.shape.length);
    return scattered(x.shape, source(forms, params), forms);
  },
  batch: ([x], _, size, params) => emit("overlapAdd", [x], { ...shifted(params), shape: [size, ...params.shape] }),
  lowering: {
    kind: "scatter",
    fill: () => 0,
    accumulate: () => true,
    pieces: () => [0],
    place: ({ index, params }) => source(index, params),
  },
  onnx: overlapAddForm,
});
