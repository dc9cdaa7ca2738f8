/**
 * @file Functions of one argument as ONNX operators. Some have an operator; the others are formulas. onnxruntime has no
 * float64 code for many of the operators that the standard gives to float64, so those have a formula there too.
 */
import type { UnaryFn } from "../../loops/ir.ts";
import type { OnnxForm, OnnxSite } from "../writer/form.ts";
import { Formula, type Rule } from "./expression.ts";
import { digamma, erf, erfc, erfinv, lgamma, ndtr } from "./special.ts";

/** Operators that every type has that the function has. */
const operators: Partial<Record<UnaryFn, string>> = {
  neg: "Neg",
  abs: "Abs",
  sign: "Sign",
  floor: "Floor",
  ceil: "Ceil",
  round: "Round",
  sqrt: "Sqrt",
  exp: "Exp",
  log: "Log",
  sin: "Sin",
  cos: "Cos",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  not: "Not",
  isNaN: "IsNaN",
};

/** Operators for float32, and what stands for them in float64. */
const single: Partial<Record<UnaryFn, { readonly operator: string; readonly double: Rule }>> = {
  tan: { operator: "Tan", double: (f, x) => f.div(f.op("Sin", x), f.op("Cos", x)) },
  asin: { operator: "Asin", double: (f, x) => f.atan(f.div(x, f.sqrt(f.mul(f.sub(1, x), f.add(x, 1))))) },
  acos: { operator: "Acos", double: (f, x) => f.mul(f.atan(f.sqrt(f.div(f.sub(1, x), f.add(x, 1)))), 2) },
  atan: { operator: "Atan", double: (f, x) => f.atan(x) },
  sinh: {
    operator: "Sinh",
    double: (f, x) => {
      // Of |x|, which may overflow only where the result does; the half of it is taken before.
      const size = f.abs(x);
      const e = f.expm1(size);
      const small = f.mul(f.add(e, f.div(e, f.add(e, 1))), 0.5);
      const half = f.exp(f.mul(size, 0.5));
      return f.mul(f.sign(x), f.where(f.greater(size, 20), f.mul(f.mul(half, 0.5), half), small));
    },
  },
  cosh: {
    operator: "Cosh",
    double: (f, x) => {
      const half = f.exp(f.mul(f.abs(x), 0.5));
      const e = f.mul(f.mul(half, 0.5), half);
      return f.add(e, f.mul(f.exp(f.neg(f.abs(x))), 0.5));
    },
  },
  asinh: {
    operator: "Asinh",
    double: (f, x) => {
      const size = f.abs(x);
      const isLarge = f.greater(size, 1e9);
      const safe = f.where(isLarge, 1, size);
      const square = f.square(safe);
      const exact = f.log1p(f.add(safe, f.div(square, f.add(f.sqrt(f.add(square, 1)), 1))));
      return f.mul(f.sign(x), f.where(isLarge, f.add(f.log(size), Math.LN2), exact));
    },
  },
  acosh: {
    operator: "Acosh",
    double: (f, x) => {
      const isLarge = f.greater(x, 1e9);
      const t = f.sub(f.where(isLarge, 2, x), 1);
      const exact = f.log1p(f.add(t, f.sqrt(f.mul(t, f.add(t, 2)))));
      return f.where(isLarge, f.add(f.log(x), Math.LN2), exact);
    },
  },
  atanh: {
    operator: "Atanh",
    double: (f, x) => {
      const size = f.abs(x);
      return f.mul(f.mul(f.sign(x), 0.5), f.log1p(f.div(f.mul(size, 2), f.sub(1, size))));
    },
  },
  erf: { operator: "Erf", double: erf },
};

/** Formulas for both types. */
const formulas: Partial<Record<UnaryFn, { readonly operators: readonly string[]; readonly rule: Rule }>> = {
  trunc: { operators: ["Sign", "Floor", "Abs"], rule: (f, x) => f.mul(f.sign(x), f.op("Floor", f.abs(x))) },
  cbrt: { operators: ["Sign", "Pow", "Abs"], rule: (f, x) => f.mul(f.sign(x), f.op("Pow", f.abs(x), 1 / 3)) },
  exp2: { operators: ["Pow"], rule: (f, x) => f.op("Pow", 2, x) },
  expm1: { operators: ["Tanh", "Exp"], rule: (f, x) => f.expm1(x) },
  log1p: { operators: ["Log", "Where"], rule: (f, x) => f.log1p(x) },
  log2: { operators: ["Log"], rule: (f, x) => f.mul(f.log(x), 1 / Math.LN2) },
  erfc: { operators: ["Exp", "Div", "Where"], rule: erfc },
  ndtr: { operators: ["Exp", "Div", "Where"], rule: ndtr },
  erfinv: { operators: ["Log", "Sqrt", "Exp", "Where"], rule: erfinv },
  lgamma: { operators: ["Log", "Sin", "Where"], rule: lgamma },
  digamma: { operators: ["Log", "Sin", "Cos", "Where"], rule: digamma },
  // Infinity and NaN are what does not vanish against itself.
  isFinite: { operators: ["Sub", "Equal"], rule: (f, x) => f.equal(f.sub(x, x), 0) },
};

function writeUnary(fn: UnaryFn, { writer, inputs: [x] }: OnnxSite<unknown>): string {
  const f = new Formula(writer, x.dtype);
  const operator = operators[fn];
  if (operator !== undefined) return writer.node(operator, [x.name]);
  const either = single[fn];
  if (either !== undefined) {
    return x.dtype === "float32" ? writer.node(either.operator, [x.name]) : either.double(f, x.name);
  }
  return formulas[fn]!.rule(f, x.name);
}

/** The form of a function, or undefined where no operators make it. */
export function unaryForm(fn: UnaryFn): OnnxForm<unknown> | undefined {
  const simple = operators[fn] ?? single[fn]?.operator;
  const written = simple === undefined ? formulas[fn]?.operators : [simple];
  return written && { operators: written, broadcasts: true, write: (site) => writeUnary(fn, site) };
}
