/** @file Values that are part of the program: one number everywhere, and the position along an axis. */

import type { DType } from "../dtype.ts";
import type { Node } from "../graph/node.ts";
import { formValue } from "../loops/form.ts";
import { fullForm, iotaForm } from "../onnx/forms/views.ts";
import { define } from "../primitive.ts";
import { type Shape, sizeOf } from "../shape.ts";

declare module "../primitive.ts" {
  interface PrimitiveParams {
    full: { readonly value: number; readonly shape: Shape; readonly dtype: DType };
    iota: { readonly shape: Shape; readonly axis: number };
  }
}

/** Without inputs there is nothing to batch. */
function neverBatched(): Node {
  throw new Error("a constant has no inputs to batch");
}

define("full", {
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  evaluate: (_, out, { value }) => {
    out.data.fill(value);
  },
  derivative: { kind: "none" },
  batch: neverBatched,
  lowering: { kind: "point", cost: 0, at: ({ params: { value, dtype } }) => ({ kind: "const", dtype, value }) },
  onnx: fullForm,
});

define("iota", {
  infer: (_, { shape }) => ({ shape, dtype: "int32" }),
  evaluate: (_, out, { shape, axis }) => {
    const inner = sizeOf(shape.slice(axis + 1));
    for (let i = 0; i < out.data.length; i++) out.data[i] = Math.floor(i / inner) % shape[axis];
  },
  derivative: { kind: "none" },
  batch: neverBatched,
  lowering: {
    kind: "point",
    cost: 0,
    at: ({ index, params: { axis } }) => formValue(index[axis]),
  },
  onnx: iotaForm,
});
