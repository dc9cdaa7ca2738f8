/** @file The float64 functions that have vector code: each writes its formula's instructions. */
import type { BinaryFn, UnaryFn } from "../../../../loops/ir.ts";
import type { FunctionBuilder } from "../../code/function.ts";
import type { ModuleBuilder } from "../../code/module.ts";
import { withLocals } from "../polynomial.ts";
import { cos, sin, tan } from "./circular.ts";
import { erf, erfc } from "./error.ts";
import { exp, exp2, expm1 } from "./exponential.ts";
import { emit, input, type Value } from "./formula.ts";
import { cosh, sigmoid, sinh, tanh } from "./hyperbolic.ts";
import { acos, asin, atan, atan2 } from "./inverse.ts";
import { acosh, asinh, atanh } from "./inverse-hyperbolic.ts";
import { log, log1p, log2 } from "./logarithm.ts";
import { cbrt, pow } from "./power.ts";

/** Replaces the vector on the stack, or the two of a binary function, by the image. */
type Code = (f: FunctionBuilder, module: ModuleBuilder) => void;

const unary =
  (formula: (x: Value, module: ModuleBuilder) => Value): Code =>
  (f, module) =>
    withLocals(f, 1, (x) => {
      f.set(x);
      emit(f, formula(input(0), module), [x]);
    });

const binary =
  (formula: (x: Value, y: Value) => Value): Code =>
  (f) =>
    withLocals(f, 2, (x, y) => {
      f.set(y).set(x);
      emit(f, formula(input(0), input(1)), [x, y]);
    });

export const UNARY_FLOAT64: Readonly<Partial<Record<UnaryFn, Code>>> = {
  ...{ exp: unary(exp), exp2: unary(exp2), expm1: unary(expm1), sigmoid: unary(sigmoid), tanh: unary(tanh) },
  ...{ log: unary(log), log1p: unary(log1p), log2: unary(log2), cbrt: unary(cbrt), erf: unary(erf), erfc: unary(erfc) },
  ...{ sin: unary(sin), cos: unary(cos), tan: unary(tan), asin: unary(asin), acos: unary(acos), atan: unary(atan) },
  ...{ sinh: unary(sinh), cosh: unary(cosh), asinh: unary(asinh), acosh: unary(acosh), atanh: unary(atanh) },
};

export const BINARY_FLOAT64: Readonly<Partial<Record<BinaryFn, Code>>> = { pow: binary(pow), atan2: binary(atan2) };
