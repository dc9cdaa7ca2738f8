/** @file Operations with several results: `result` picks one, `tuple` is their opposite, which transforms need. */
import { broadcastLeading, resultOf, tuple, zerosOf } from "../emit.ts";
import { type NO_PARAMS, tupleType } from "../graph/node.ts";
import { define } from "../primitive.ts";

declare module "../primitive.ts" {
  interface PrimitiveParams {
    /** The inputs as the results of one node. */
    tuple: typeof NO_PARAMS;
    /** Result `index` of the input. */
    result: { readonly index: number };
  }
}

define("tuple", {
  infer: (inputs) => tupleType(inputs.map(({ shape, dtype }) => ({ shape, dtype }))),
  evaluate(inputs, out) {
    inputs.forEach((input, i) => {
      out.results![i].data.set(input.data);
    });
  },
  derivative: { kind: "linear", transpose: (cotangent, i) => resultOf(cotangent, i) },
  batch: (inputs, batched, size) =>
    tuple(inputs.map((input, i) => (batched[i] ? input : broadcastLeading(input, [size])))),
  lowering: { kind: "host" },
  dependence: (flags) => flags,
});

define("result", {
  infer: ([x], { index }) => x.results![index],
  evaluate([x], out, { index }) {
    out.data.set(x.results![index].data);
  },
  derivative: {
    kind: "linear",
    transpose: (cotangent, _, [x], { index }) =>
      tuple(x.results!.map((type, i) => (i === index ? cotangent : zerosOf(type)))),
  },
  batch: ([x], _, __, { index }) => resultOf(x, index),
  lowering: { kind: "result", index: ({ index }) => index },
  // Most tuples that transforms make are taken apart again.
  simplify: ([x], { index }) =>
    x.expression?.op.name === "tuple" ? x.expression.inputs[index] : (x.picked?.[index] ?? null),
});
