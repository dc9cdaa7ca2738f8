/** @file Elementwise functions of one argument, with their derivatives. */

import { add, binary, div, fullLike, mul, neg, sub, unary } from "../emit.ts";
import { DTypeError } from "../errors.ts";
import type { NO_PARAMS, Node, Params } from "../graph/node.ts";
import type { UnaryFn } from "../loops/ir.ts";
import { unaryFunctions } from "../loops/scalar.ts";
import { unaryForm } from "../onnx/forms/unary.ts";
import type { Derivative } from "../primitive.ts";
import { throughDiagonal } from "./diagonal.ts";
import { defineElementwise, floatingOnly, numericOnly } from "./elementwise.ts";

type NoParams = typeof NO_PARAMS;
declare module "../primitive.ts" {
  interface PrimitiveParams extends Record<UnaryFn, NoParams> {}
}

/** ∂f(x)/∂x as a graph of x and f(x). */
type Slope = (x: Node, out: Node) => Node;

const one = (like: Node): Node => fullLike(1, like);
const square = (x: Node): Node => mul(x, x);
const inverse = (x: Node): Node => div(one(x), x);
/** 1 − x², which keeps its digits beside ±1. */
const oneMinusSquare = (x: Node): Node => mul(sub(one(x), x), add(one(x), x));
/** exp(−x²) · factor */
const gaussian = (factor: number, x: Node): Node => mul(fullLike(factor, x), unary("exp", neg(square(x))));

const slopes: Partial<Record<UnaryFn, Slope>> = {
  neg: (x) => fullLike(-1, x),
  abs: (x) => unary("sign", x),
  sqrt: (x, out) => div(fullLike(0.5, x), out),
  cbrt: (x, out) => inverse(mul(fullLike(3, x), square(out))),
  exp: (_, out) => out,
  exp2: (x, out) => mul(fullLike(Math.LN2, x), out),
  expm1: (x, out) => add(out, one(x)),
  log: inverse,
  log1p: (x) => inverse(add(x, one(x))),
  log2: (x) => inverse(mul(x, fullLike(Math.LN2, x))),
  sin: (x) => unary("cos", x),
  cos: (x) => neg(unary("sin", x)),
  tan: (x, out) => add(square(out), one(x)),
  asin: (x) => inverse(unary("sqrt", oneMinusSquare(x))),
  acos: (x) => neg(inverse(unary("sqrt", oneMinusSquare(x)))),
  atan: (x) => inverse(add(square(x), one(x))),
  sinh: (x) => unary("cosh", x),
  cosh: (x) => unary("sinh", x),
  tanh: (x, out) => sub(one(x), square(out)),
  asinh: (x) => inverse(unary("sqrt", add(square(x), one(x)))),
  acosh: (x) => inverse(unary("sqrt", mul(sub(x, one(x)), add(x, one(x))))),
  atanh: (x) => inverse(oneMinusSquare(x)),
  sigmoid: (x, out) => mul(out, sub(one(x), out)),
  erf: (x) => gaussian(2 / Math.sqrt(Math.PI), x),
  erfc: (x) => gaussian(-2 / Math.sqrt(Math.PI), x),
  ndtr: (x) => gaussian(1 / Math.sqrt(2 * Math.PI), mul(x, fullLike(Math.SQRT1_2, x))),
  erfinv: (x, out) => mul(fullLike(Math.sqrt(Math.PI) / 2, x), unary("exp", square(out))),
  lgamma: (x) => unary("digamma", x),
  digamma: (x) => binary("zeta", fullLike(2, x), x),
};

/** Functions that integers have too. */
const integral = new Set<UnaryFn>(["neg", "abs", "sign"]);
const predicates = new Set<UnaryFn>(["isNaN", "isFinite"]);
const native = new Set<UnaryFn>(["neg", "abs", "sign", "floor", "ceil", "round", "trunc", "sqrt"]);

function simplify(fn: UnaryFn, [x]: readonly Node[]): Node | null {
  if (fn !== "neg") return null;
  const inner = x.expression;
  if (inner !== null && inner.op.name === "neg") return inner.inputs[0];
  return throughDiagonal(x, (v) => neg(v));
}

for (const [name, scalar] of Object.entries(unaryFunctions) as [UnaryFn, (x: number) => number][]) {
  const slope = slopes[name];
  const derivative: Derivative<Params> = slope
    ? { kind: "partials", partial: (_, [x], out) => slope(x, out) }
    : { kind: "none" };
  const numbers = integral.has(name) ? numericOnly(name) : floatingOnly(name);
  defineElementwise(name, {
    dtype: (inputs) => {
      if (name === "not") {
        if (inputs[0] !== "bool") throw new DTypeError(`not: expected bool, got ${inputs[0]}. Compare first: x.ne(0).`);
        return "bool";
      }
      const dtype = numbers(inputs);
      return predicates.has(name) ? "bool" : dtype;
    },
    scalar: () => scalar,
    cost: native.has(name) || predicates.has(name) || name === "not" ? 1 : 16,
    expr: ([x], dtype) => ({ kind: "unary", dtype, fn: name, x }),
    derivative,
    onnx: unaryForm(name),
    simplify: (inputs) => simplify(name, inputs),
  });
}
