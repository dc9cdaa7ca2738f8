/** @file Elementwise functions of two arguments, with their derivatives. Both arguments have one shape and type. */

import { isFloating } from "../dtype.ts";
import { add, binary, div, emit, fullLike, mul, neg, select, sub, unary } from "../emit.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import { NO_PARAMS, type Node, type Params } from "../graph/node.ts";
import type { BinaryFn } from "../loops/ir.ts";
import { binaryFunctions } from "../loops/scalar.ts";
import { binaryForm } from "../onnx/forms/binary.ts";
import type { Derivative } from "../primitive.ts";
import { throughDiagonal, throughDiagonals } from "./diagonal.ts";
import { defineElementwise, floatingOnly, literalValue, numericOnly } from "./elementwise.ts";

type NoParams = typeof NO_PARAMS;
declare module "../primitive.ts" {
  interface PrimitiveParams extends Record<BinaryFn, NoParams> {}
}

/** ∂f(x, y)/∂x and ∂f(x, y)/∂y as graphs of x, y and f(x, y). */
type Slopes = readonly [(x: Node, y: Node, out: Node) => Node, (x: Node, y: Node, out: Node) => Node];

const constant =
  (value: number) =>
  (x: Node): Node =>
    fullLike(value, x);
/** x / (x² + y²), without overflow or underflow of the squares. */
function overSquares(x: Node, y: Node): Node {
  const largest = binary("max", unary("abs", x), unary("abs", y));
  const usable = binary("and", binary("gt", largest, fullLike(0, x)), unary("isFinite", largest));
  // The result does not depend on the scale, so neither need its derivative.
  const scale = emit("stopGradient", [select(usable, largest, fullLike(1, x))], NO_PARAMS);
  const [u, v] = [div(x, scale), div(y, scale)];
  return div(div(u, add(mul(u, u), mul(v, v))), scale);
}

/** 1 where the first is chosen, ½ at a tie (as torch.maximum does), 0 elsewhere. */
function chosen(compare: "gt" | "lt", x: Node, y: Node): Node {
  const tie = select(binary("eq", x, y), fullLike(0.5, x), fullLike(0, x));
  return select(binary(compare, x, y), fullLike(1, x), tie);
}

/** Whether no derivative gets past `node`, since a stopGradient is behind it. */
function isStopped(node: Node): boolean {
  for (let at = node.expression; at !== null; at = at.inputs.length === 1 ? at.inputs[0].expression : null) {
    if (at.op.name === "stopGradient") return true;
  }
  return false;
}

const slopes: Partial<Record<BinaryFn, Slopes>> = {
  add: [constant(1), constant(1)],
  sub: [constant(1), constant(-1)],
  mul: [(_, y) => y, (x) => x],
  div: [(_, y) => div(fullLike(1, y), y), (_, y, out) => neg(div(out, y))],
  pow: [
    // At y = 0 the function is constant in x, though x^(y − 1) may be infinite.
    (x, y) => {
      const [zero, one] = [fullLike(0, x), fullLike(1, x)];
      const constant = binary("eq", y, zero);
      // A harmless base where the power is not used: it would make the next derivative NaN.
      return select(constant, zero, mul(y, binary("pow", select(constant, one, x), sub(y, one))));
    },
    // 0^y is constant in y > 0, though log 0 is infinite.
    (x, y, out) => {
      const zero = fullLike(0, x);
      const flat = binary("and", binary("eq", x, zero), binary("ge", y, zero));
      return select(flat, zero, mul(out, unary("log", select(flat, fullLike(1, x), x))));
    },
  ],
  atan2: [(y, x) => overSquares(x, y), (y, x) => neg(overSquares(y, x))],
  remainder: [constant(1), (x, y) => neg(unary("floor", div(x, y)))],
  zeta: [
    (s) => {
      if (isStopped(s)) return fullLike(0, s);
      throw new ArgumentError(
        "zeta: expected to be differentiated with respect to x only, got a derivative with respect to s, for which there " +
          "is no formula here. Make s a number, or pass stopGradient(s).",
      );
    },
    // DLMF 25.11.17
    (s, x) => mul(neg(s), binary("zeta", add(s, fullLike(1, s)), x)),
  ],
  max: [(x, y) => chosen("gt", x, y), (x, y) => chosen("gt", y, x)],
  min: [(x, y) => chosen("lt", x, y), (x, y) => chosen("lt", y, x)],
};

const comparisons = new Set<BinaryFn>(["eq", "ne", "lt", "le", "gt", "ge"]);
const logical = new Set<BinaryFn>(["and", "or"]);
const costs: Partial<Record<BinaryFn, number>> = { pow: 32, atan2: 32, zeta: 256, div: 2, remainder: 4 };

function simplifyProduct(x: Node, y: Node): Node | null {
  for (const [a, b] of [
    [x, y],
    [y, x],
  ]) {
    const value = literalValue(a);
    if (value === 1) return b;
    if (value === -1) return neg(b);
    // b · (1 / c) is one division, and rounds once.
    const quotient = a.expression;
    if (quotient?.op.name === "div" && literalValue(quotient.inputs[0]) === 1) return div(b, quotient.inputs[1]);
    const scaled = throughDiagonal(a, (v, onDiagonal) => mul(v, onDiagonal(b)));
    if (scaled !== null) return scaled;
  }
  return null;
}

/** Small powers that are as exact as `pow`, or more: one operation that rounds once, or none. */
function simplifyPower(x: Node, y: Node): Node | null {
  if (!isFloating(x.dtype)) return null;
  switch (literalValue(y)) {
    case 0:
      return fullLike(1, x);
    case 1:
      return x;
    case 2:
      return mul(x, x);
    case -1:
      return div(fullLike(1, x), x);
    default:
      return null;
  }
}

function simplify(fn: BinaryFn, [x, y]: readonly Node[]): Node | null {
  switch (fn) {
    case "mul":
      return simplifyProduct(x, y);
    case "div":
      return literalValue(y) === 1 ? x : throughDiagonal(x, (v, onDiagonal) => div(v, onDiagonal(y)));
    case "add":
      return throughDiagonals(x, y, add);
    case "sub":
      return literalValue(y) === 0 ? x : throughDiagonals(x, y, sub);
    case "pow":
      return simplifyPower(x, y);
    default:
      return null;
  }
}

/** Products of int32 need 62 bits, which a double does not have. */
const intFunctions: Partial<Record<BinaryFn, (x: number, y: number) => number>> = {
  mul: Math.imul,
  div: (x, y) => (y === 0 ? 0 : Math.trunc(x / y)),
  remainder: (x, y) => (y === 0 ? 0 : binaryFunctions.remainder(x, y)),
};

for (const [name, scalar] of Object.entries(binaryFunctions) as [BinaryFn, (x: number, y: number) => number][]) {
  const slope = slopes[name];
  const derivative: Derivative<Params> = slope
    ? { kind: "partials", partial: (i, [x, y], out) => slope[i](x, y, out) }
    : { kind: "none" };
  const numbers = name === "zeta" ? floatingOnly(name) : numericOnly(name);
  defineElementwise(name, {
    dtype: (inputs) => {
      if (logical.has(name)) {
        if (inputs.some((dtype) => dtype !== "bool")) {
          throw new DTypeError(`${name}: expected bool, got ${inputs.join(" and ")}. Compare first: x.ne(0).`);
        }
        return "bool";
      }
      if (comparisons.has(name)) {
        if (inputs[0] !== inputs[1]) throw new DTypeError(`${name}: expected one type, got ${inputs.join(" and ")}.`);
        return "bool";
      }
      return numbers(inputs);
    },
    scalar: (dtype) => (dtype === "int32" ? (intFunctions[name] ?? scalar) : scalar),
    cost: costs[name] ?? 1,
    expr: ([x, y], dtype) => ({ kind: "binary", dtype, fn: name, x, y }),
    derivative,
    onnx: binaryForm(name),
    simplify: (inputs) => simplify(name, inputs),
  });
}
