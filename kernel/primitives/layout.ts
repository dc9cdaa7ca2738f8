/** @file Views that change the shape or the order of entries: reshape, permute, broadcast, slice, flip. */

import { broadcastInDim, emit, full, permute, reshape, sum } from "../emit.ts";
import { ShapeError, showShape } from "../errors.ts";
import { addForms, constantForm, scaleForm, shiftForm, variableForm } from "../loops/form.ts";
import type { Index } from "../loops/ir.ts";
import { broadcastForm, flipForm, permuteForm, reshapeForm, sliceForm } from "../onnx/forms/views.ts";
import { range, type Shape, sizeOf, stridesOf } from "../shape.ts";
import { scattered } from "../structure/rules.ts";
import type { Term } from "../structure/term.ts";
import { broadcastDiagonal, permuteDiagonal } from "./diagonal.ts";
import { literalValue } from "./elementwise.ts";
import { defineView } from "./view.ts";

declare module "../primitive.ts" {
  interface PrimitiveParams {
    reshape: { readonly shape: Shape };
    /** Output axis d is input axis `axes[d]`. */
    permute: { readonly axes: readonly number[] };
    /** Input axis d is output axis `axes[d]`, ascending; other output axes repeat, and so do input axes of extent 1. */
    broadcast: { readonly shape: Shape; readonly axes: readonly number[] };
    /** Entry i along axis d is the input's `starts[d] + i · steps[d]`. */
    slice: { readonly starts: readonly number[]; readonly steps: readonly number[]; readonly shape: Shape };
    flip: { readonly axes: readonly number[] };
  }
}

/**
 * Positions in `from` for positions in `to`, group by group of axes with equal extent. An output axis that merges
 * several input axes would need a division, which is not affine: null.
 */
function reshapeSource(index: readonly Index[], from: Shape, to: Shape, variables: number): readonly Index[] | null {
  const forms: Index[] = [];
  let t = 0;
  for (let f = 0; f < from.length; f++) {
    if (from[f] === 1) {
      forms.push(constantForm(0, variables));
      continue;
    }
    while (t < to.length && to[t] === 1) t++;
    // Split: one input axis from a run of output axes.
    let extent = 1;
    let form = constantForm(0, variables);
    while (extent < from[f] && t < to.length) {
      form = addForms(scaleForm(form, to[t]), index[t]);
      extent *= to[t++];
    }
    if (extent !== from[f]) return null;
    forms.push(form);
  }
  return forms;
}

/**
 * Both shapes are read as digits of one number, in the coarsest steps that the axes of both consist of. Null where an
 * axis of one ends inside an axis of the other without dividing it, as for [2, 6] and [3, 4].
 */
function reshapeStructure(from: Shape, to: Shape): Term[] | null {
  const size = sizeOf(from);
  if (size === 0) return [];
  const weights = [...new Set([...stridesOf(from), ...stridesOf(to), 1])].sort((a, b) => b - a);
  const above = (k: number): number => (k === 0 ? size : weights[k - 1]);
  const digits = weights.map((weight, k) => above(k) / weight);
  if (!digits.every(Number.isInteger)) return null;
  const forms = (shape: Shape): Index[] =>
    stridesOf(shape).map((stride, d) =>
      weights.reduce(
        (sum, weight, k) => {
          const isOwn = weight >= stride && weight < stride * shape[d];
          return isOwn ? addForms(sum, scaleForm(variableForm(k, weights.length), weight / stride)) : sum;
        },
        constantForm(0, weights.length),
      ),
    );
  return scattered(digits, forms(to), forms(from));
}

defineView("reshape", {
  infer: (x, { shape }) => {
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new ShapeError(
        `reshape: ${showShape(x.shape)} has ${sizeOf(x.shape)} entries, but ${showShape(shape)} has ${sizeOf(shape)}. ` +
          "Give a shape with as many entries; one extent may be -1.",
      );
    }
    return shape;
  },
  source: (index, { shape }, input, variables) => reshapeSource(index, input.shape, shape, variables),
  transpose: (cotangent, x) => reshape(cotangent, x.shape),
  structure: (x, out) => reshapeStructure(x.shape, out.shape),
  batch: ({ shape }, size) => ({ shape: [size, ...shape] }),
  simplify: (x, { shape }) => {
    const value = literalValue(x);
    if (value !== null) return full(value, shape, x.dtype);
    const inner = x.expression;
    return inner?.op.name === "reshape" ? reshape(inner.inputs[0], shape) : null;
  },
  onnx: reshapeForm,
});

defineView("permute", {
  infer: (x, { axes }) => axes.map((axis) => x.shape[axis]),
  source: (index, { axes }) => {
    const forms = new Array<Index>(axes.length);
    axes.forEach((axis, d) => {
      forms[axis] = index[d];
    });
    return forms;
  },
  transpose: (cotangent, _, { axes }) =>
    permute(
      cotangent,
      axes.map((_, d) => axes.indexOf(d)),
    ),
  batch: ({ axes }) => ({ axes: [0, ...axes.map((axis) => axis + 1)] }),
  simplify: (x, { axes }) => {
    const value = literalValue(x);
    if (value !== null) {
      return full(
        value,
        axes.map((axis) => x.shape[axis]),
        x.dtype,
      );
    }
    const inner = x.expression;
    if (inner?.op.name === "permute") {
      const first = inner.params.axes as readonly number[];
      return permute(
        inner.inputs[0],
        axes.map((axis) => first[axis]),
      );
    }
    return permuteDiagonal(x, axes);
  },
  onnx: permuteForm,
});

defineView("broadcast", {
  infer: (x, { shape, axes }) => {
    x.shape.forEach((extent, d) => {
      if (extent !== 1 && extent !== shape[axes[d]]) {
        throw new ShapeError(`broadcastTo: ${showShape(x.shape)} does not broadcast to ${showShape(shape)}.`);
      }
    });
    return shape;
  },
  source: (index, { shape, axes }, input, variables) =>
    axes.map((axis, d) => (input.shape[d] === 1 && shape[axis] !== 1 ? constantForm(0, variables) : index[axis])),
  transpose: (cotangent, x, { shape, axes }) => {
    const repeated = range(shape.length).filter((d) => {
      const source = axes.indexOf(d);
      return source < 0 || (x.shape[source] === 1 && shape[d] !== 1);
    });
    return reshape(sum(cotangent, repeated), x.shape);
  },
  batch: ({ shape, axes }, size) => ({ shape: [size, ...shape], axes: [0, ...axes.map((axis) => axis + 1)] }),
  simplify: (x, { shape, axes }) => {
    const value = literalValue(x);
    if (value !== null) return full(value, shape, x.dtype);
    const inner = x.expression;
    if (inner?.op.name === "broadcast") {
      const first = inner.params.axes as readonly number[];
      return broadcastInDim(
        inner.inputs[0],
        shape,
        first.map((axis) => axes[axis]),
      );
    }
    return broadcastDiagonal(x, shape, axes);
  },
  onnx: broadcastForm,
});

defineView("slice", {
  infer: (_, { shape }) => shape,
  source: (index, { starts, steps }) => index.map((form, d) => shiftForm(scaleForm(form, steps[d]), starts[d])),
  transpose: (cotangent, x, { starts, steps }) => emit("embed", [cotangent], { starts, steps, shape: x.shape }),
  batch: ({ starts, steps, shape }, size) => ({
    starts: [0, ...starts],
    steps: [1, ...steps],
    shape: [size, ...shape],
  }),
  onnx: sliceForm,
});

defineView("flip", {
  infer: (x) => x.shape,
  source: (index, { axes }, input) =>
    index.map((form, d) => (axes.includes(d) ? shiftForm(scaleForm(form, -1), input.shape[d] - 1) : form)),
  transpose: (cotangent, _, { axes }) => emit("flip", [cotangent], { axes }),
  batch: ({ axes }) => ({ axes: axes.map((axis) => axis + 1) }),
  onnx: flipForm,
});
