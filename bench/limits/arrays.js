/** @file Functions of each entry, at the speed of memory or of arithmetic, whichever is less. */
import { advance, f32x4, loop, Module, v128 } from "./assembler.js";
import { exp, multiplyAdd, sin, tanh } from "./functions.js";

/** Two vectors at once hide the latency of a division; more would spill. */
const VECTORS = 2;

/**
 * What a kernel writes for the vectors it read.
 * @typedef {(inputs: readonly import("./assembler.js").Local[], local: (type: "v128") => import("./assembler.js").Local,
 *   fused: boolean) => import("./assembler.js").Code} Formula
 * @type {Record<string, { operands: number, formula: Formula }>}
 */
const FORMULAS = {
  copy: { operands: 1, formula: ([a]) => a },
  add: { operands: 2, formula: ([a, b]) => f32x4.add(a, b) },
  tanh: {
    operands: 1,
    formula: ([a], local, fused) => tanh(a, { x: local("v128"), square: local("v128"), fused }),
  },
  exp: { operands: 1, formula: ([a], local, fused) => exp(a, { x: local("v128"), n: local("v128"), fused }) },
  gated: {
    operands: 1,
    formula: ([a], local, fused) =>
      f32x4.mul(tanh(multiplyAdd(fused)(a, a, a), { x: local("v128"), square: local("v128"), fused }), a),
  },
  // The product of Σ sin x's Hessian, the diagonal matrix of −sin x, with a vector.
  "hvp of sin": {
    operands: 2,
    formula: ([a, b], local, fused) =>
      f32x4.mul(
        sin(a, { x: local("v128"), n: local("v128"), square: local("v128"), fused }),
        f32x4.sub(f32x4.const(0), b),
      ),
  },
};

export const isElementwise = (/** @type {string} */ program) => program in FORMULAS;

/** Exports `run(...operands, out, end of out)`, addresses. @param {string} program @param {boolean} fused */
export function elementwise(program, fused) {
  const { operands, formula } = FORMULAS[program];
  const module = new Module();
  module.define("run", Array(operands + 2).fill("i32"), (addresses, local) => {
    const [inputs, out, end] = [addresses.slice(0, operands), addresses[operands], addresses[operands + 1]];
    const values = Array.from({ length: VECTORS }, () => inputs.map(() => local("v128")));
    const width = VECTORS * 16;
    return [
      loop(
        out,
        width,
        end,
        ...values.flatMap((each, v) => each.map((value, i) => value.set(v128.load(inputs[i], v * 16)))),
        ...values.map((each, v) => v128.store(out, formula(each, local, fused), v * 16)),
        ...inputs.map((input) => advance(input, width)),
      ),
    ];
  });
  return module;
}
