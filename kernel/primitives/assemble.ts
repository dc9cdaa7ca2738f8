/** @file Putting tensors into larger ones: concat, and embed, the transpose of slice. */

import { broadcastLeading, emit } from "../emit.ts";
import { ShapeError, showShape } from "../errors.ts";
import type { TensorType } from "../graph/node.ts";
import { identityForms, scaleForm, shiftForm } from "../loops/form.ts";
import type { Index } from "../loops/ir.ts";
import { concatForm, embedForm } from "../onnx/forms/views.ts";
import { define, type PrimitiveParams } from "../primitive.ts";
import { type Shape, sizeOf, stridesOf } from "../shape.ts";
import { scattered } from "../structure/rules.ts";

declare module "../primitive.ts" {
  interface PrimitiveParams {
    concat: { readonly axis: number };
    /** Zeros of `shape`, except that the input's entry i along axis d stands at `starts[d] + i · steps[d]`. */
    embed: { readonly starts: readonly number[]; readonly steps: readonly number[]; readonly shape: Shape };
  }
}

/** Where an entry of an embedded tensor stands. */
const embeddedAt = (index: readonly Index[], { starts, steps }: Omit<PrimitiveParams["embed"], "shape">): Index[] =>
  index.map((form, d) => shiftForm(scaleForm(form, steps[d]), starts[d]));

/** The forms in a concat of an entry of one of its inputs. */
function joinedAt(index: readonly Index[], inputs: readonly TensorType[], axis: number, piece: number): Index[] {
  const start = offsets(inputs.map((input) => input.shape[axis]))[piece];
  return index.map((form, d) => (d === axis ? shiftForm(form, start) : form));
}

/** Where each input of a concat starts along the axis. */
function offsets(extents: readonly number[]): number[] {
  let sum = 0;
  return extents.map((extent) => {
    sum += extent;
    return sum - extent;
  });
}

define("concat", {
  infer(inputs, { axis }) {
    const [first] = inputs;
    for (const input of inputs) {
      const fits =
        input.shape.length === first.shape.length &&
        input.shape.every((extent, d) => d === axis || extent === first.shape[d]) &&
        input.dtype === first.dtype;
      if (!fits) {
        throw new ShapeError(
          `concat: expected equal shapes but for axis ${axis}, and one dtype, got ${inputs
            .map((each) => `${each.dtype}${showShape(each.shape)}`)
            .join(", ")}.`,
        );
      }
    }
    const extent = inputs.reduce((total, input) => total + input.shape[axis], 0);
    return { shape: first.shape.map((each, d) => (d === axis ? extent : each)), dtype: first.dtype };
  },
  evaluate(inputs, out, { axis }) {
    const inner = sizeOf(out.shape.slice(axis + 1));
    const outer = sizeOf(out.shape.slice(0, axis));
    const row = out.shape[axis] * inner;
    let start = 0;
    for (const input of inputs) {
      const part = input.shape[axis] * inner;
      for (let i = 0; i < outer; i++) out.data.set(input.data.subarray(i * part, (i + 1) * part), i * row + start);
      start += part;
    }
  },
  derivative: {
    kind: "linear",
    transpose: (cotangent, i, inputs, { axis }) => {
      const starts = cotangent.shape.map(() => 0);
      starts[axis] = offsets(inputs.map((input) => input.shape[axis]))[i];
      return emit("slice", [cotangent], { starts, steps: starts.map(() => 1), shape: inputs[i].shape });
    },
  },
  structure(i, inputs, _, { axis }) {
    const { shape } = inputs[i];
    const forms = identityForms(shape.length);
    return scattered(shape, joinedAt(forms, inputs, axis, i), forms);
  },
  batch: (inputs, batched, size, { axis }) =>
    emit(
      "concat",
      inputs.map((input, i) => (batched[i] ? input : broadcastLeading(input, [size]))),
      { axis: axis + 1 },
    ),
  lowering: {
    kind: "scatter",
    pieces: (_, inputs) => inputs.map((_, i) => i),
    place: ({ index, inputs, params: { axis } }, piece) => joinedAt(index, inputs, axis, piece),
  },
  onnx: concatForm,
});

define("embed", {
  infer: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  evaluate([x], out, { starts, steps }) {
    const strides = stridesOf(out.shape);
    for (let i = 0; i < x.data.length; i++) {
      let rest = i;
      let at = 0;
      for (let d = x.shape.length - 1; d >= 0; d--) {
        const index = rest % x.shape[d];
        rest = (rest - index) / x.shape[d];
        at += (starts[d] + index * steps[d]) * strides[d];
      }
      out.data[at] = x.data[i];
    }
  },
  derivative: {
    kind: "linear",
    transpose: (cotangent, _, [x], { starts, steps }) => emit("slice", [cotangent], { starts, steps, shape: x.shape }),
  },
  structure(_, [x], __, params) {
    const forms = identityForms(x.shape.length);
    return scattered(x.shape, embeddedAt(forms, params), forms);
  },
  batch: ([x], _, size, { starts, steps, shape }) =>
    emit("embed", [x], { starts: [0, ...starts], steps: [1, ...steps], shape: [size, ...shape] }),
  lowering: {
    kind: "scatter",
    fill: () => 0,
    pieces: () => [0],
    place: ({ index, params }) => embeddedAt(index, params),
  },
  onnx: embedForm,
});
