/** @file Choosing and converting, entry by entry: where, cast, and the two identities that transforms use. */

import type { DType } from "../dtype.ts";
import { cast, emit, fullLike, select, unary } from "../emit.ts";
import { DTypeError } from "../errors.ts";
import { NO_PARAMS, type TensorType } from "../graph/node.ts";
import { castForm, identityForm, whereForm } from "../onnx/forms/binary.ts";
import { define } from "../primitive.ts";
import { entrywise } from "../structure/rules.ts";
import { throughDiagonal } from "./diagonal.ts";
import { defineElementwise, literalValue, toStored } from "./elementwise.ts";

type NoParams = typeof NO_PARAMS;
declare module "../primitive.ts" {
  interface PrimitiveParams {
    /** `inputs[0] ? inputs[1] : inputs[2]`. */
    where: NoParams;
    cast: { readonly dtype: DType };
    /** The identity; a transform marks its inputs with it, each mark a node of its own. */
    mark: NoParams;
    /** The identity with derivative zero. */
    stopGradient: NoParams;
  }
}

defineElementwise("where", {
  dtype: ([test, yes, no]) => {
    if (test !== "bool" || yes !== no) {
      throw new DTypeError(`where: expected a bool and two values of one type, got ${test}, ${yes} and ${no}.`);
    }
    return yes;
  },
  scalar: () => (test, yes, no) => (test ? yes : no),
  cost: 1,
  expr: ([test, yes, no], dtype) => ({ kind: "select", dtype, test, yes, no }),
  derivative: {
    kind: "linear",
    wrt: () => [1, 2],
    transpose: (cotangent, i, [test]) => {
      const zero = fullLike(0, cotangent);
      return i === 1 ? select(test, cotangent, zero) : select(test, zero, cotangent);
    },
  },
  structure: (i, [test], out) => entrywise(out, i === 1 ? test : unary("not", test)),
  onnx: whereForm,
  simplify: ([test, yes, no]) => {
    const value = literalValue(test);
    if (value !== null) return value ? yes : no;
    if (literalValue(no) === 0) {
      return throughDiagonal(yes, (v, on) => select(on(test), v, fullLike(0, v)));
    }
    if (literalValue(yes) === 0) return throughDiagonal(no, (v, on) => select(on(test), fullLike(0, v), v));
    return null;
  },
});

/** Whether every value of one type has its like in the other. */
const isExact = (from: DType, to: DType): boolean => from === "bool" || (to === "float64" && from !== "float64");

defineElementwise("cast", {
  dtype: (_, { dtype }) => dtype,
  scalar:
    (_, { dtype }) =>
    (x) =>
      toStored(x, dtype),
  cost: 0,
  expr: ([x], dtype) => ({ kind: "cast", dtype, x }),
  derivative: { kind: "linear", transpose: (cotangent, _, [x]) => cast(cotangent, x.dtype) },
  structure: (_, __, out) => entrywise(out),
  onnx: castForm,
  simplify: ([x], { dtype }) => {
    if (x.dtype === dtype) return x;
    // Two casts are one when the first loses nothing.
    const inner = x.expression;
    if (inner?.op.name === "cast" && isExact(inner.inputs[0].dtype, x.dtype)) return cast(inner.inputs[0], dtype);
    return throughDiagonal(x, (v) => cast(v, dtype));
  },
});

for (const name of ["mark", "stopGradient"] as const) {
  define(name, {
    infer: ([x]): TensorType => ({ shape: x.shape, dtype: x.dtype }),
    evaluate: ([x], out) => out.data.set(x.data),
    derivative: name === "mark" ? { kind: "partials", partial: (_, [x]) => fullLike(1, x) } : { kind: "none" },
    structure: name === "mark" ? (_, __, out) => entrywise(out) : undefined,
    // What a mark is for is over when the graph it stands in is rewritten; left in place, it would hide structure.
    batch: ([x]) => (name === "mark" ? x : emit(name, [x], NO_PARAMS)),
    lowering: { kind: "view", source: (index) => index },
    passes: true,
    onnx: identityForm,
  });
}
