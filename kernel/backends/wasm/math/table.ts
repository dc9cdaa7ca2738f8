/** @file Which float32 functions have vector code of ours: replaced by a polynomial, at most 2 ulp off. */
import type { UnaryFn } from "../../../loops/ir.ts";
import type { Callable, FunctionBuilder } from "../function.ts";
import type { ModuleBuilder } from "../module.ts";
import { cos, sin } from "./circular.ts";
import { exp, expm1, sigmoid, tanh } from "./exponential.ts";
import { log, log1p } from "./logarithm.ts";

/** Replaces the f32x4 on the stack by its image. */
type VectorCode = (f: FunctionBuilder, module: ModuleBuilder) => void;

const VECTOR_CODE: Partial<Record<UnaryFn, VectorCode>> = { exp, expm1, log, log1p, sigmoid, tanh, sin, cos };

export const hasVectorFunction = (fn: UnaryFn): boolean => fn in VECTOR_CODE;

/** Our function from f32x4 to f32x4, if there is one. */
export function vectorFunction(module: ModuleBuilder, fn: UnaryFn): Callable | undefined {
  const code = VECTOR_CODE[fn];
  if (!code) return undefined;
  return module.shared(`${fn}:f32x4`, ["v128"], ["v128"], (f) => {
    f.get(0);
    code(f, module);
  });
}

/** Where a function's body is longer than this, more of it would be a burden to the engine's optimising compiler. */
const LONG_BODY = 6000;

/** Puts the code of `fn` right here: inside a loop its constants stay in registers, which makes it 1.6 times as fast. */
export function inlineVectorFunction(f: FunctionBuilder, module: ModuleBuilder, fn: UnaryFn): void {
  if (f.bytes < LONG_BODY) VECTOR_CODE[fn]!(f, module);
  else f.call(vectorFunction(module, fn)!);
}
