/**
 * @file The tutorial's derivatives in closed form. With y = tanh(Wx + b) and d = 1 − y² the Jacobian is diag(d)·W, the
 * Hessian of output i is −2 yᵢ dᵢ · wᵢ wᵢᵀ, and the Jacobians of W and b are dᵢ xₖ and dᵢ on their diagonals.
 */
import { advance, f32, f32x4, i32, loop, Module, v128 } from "./assembler.js";
import { multiplyAdd, tanh } from "./functions.js";

/** Extents that the kernels can take; the rest is filled up with zeros. */
export const padded = (/** @type {number} */ n) => 4 * Math.ceil(n / 4);

/** A 4×4 transposition, in two rounds of pairs: bytes of two vectors that alternate, or follow each other. */
const LOW = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
const HIGH = [8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31];
const FIRST = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const SECOND = [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31];

/**
 * Exports, on addresses: `forward(W, b, x, y, d)`, `jacobian(W, d, out)`, `hessian(W, y, d, out)`,
 * `weightJacobian(x, d, out)` and `biasJacobian(d, out)`. Extents are multiples of four.
 * @param {number} din @param {number} dout @param {boolean} fused
 */
export function closedForms(din, dout, fused) {
  const row = 4 * din;
  const madd = multiplyAdd(fused);
  const module = new Module();

  module.define("forward", ["i32", "i32", "i32", "i32", "i32"], ([weight, bias, x, y, d], local) => {
    const sums = Array.from({ length: 4 }, () => local("v128"));
    const [value, x4, square, a, b] = Array.from({ length: 5 }, () => local("v128"));
    const [k, i] = [local("i32"), local("i32")];
    const paired = (/** @type {import("./assembler.js").Local} */ p, /** @type {import("./assembler.js").Local} */ q) =>
      f32x4.add(v128.shuffle(p, q, LOW), v128.shuffle(p, q, HIGH));
    return [
      i.set(i32.const(0)),
      loop(
        i,
        4,
        i32.const(dout),
        ...sums.map((each) => each.set(f32x4.const(0))),
        k.set(i32.const(0)),
        loop(
          k,
          16,
          i32.const(row),
          value.set(v128.load(i32.add(x, k))),
          ...sums.map((each, r) => each.set(madd(value, v128.load(i32.add(weight, k), r * row), each))),
        ),
        a.set(paired(sums[0], sums[1])),
        b.set(paired(sums[2], sums[3])),
        value.set(
          tanh(f32x4.add(f32x4.add(v128.shuffle(a, b, FIRST), v128.shuffle(a, b, SECOND)), v128.load(bias)), {
            x: x4,
            square,
            fused,
          }),
        ),
        v128.store(y, value),
        v128.store(d, f32x4.sub(f32x4.const(1), f32x4.mul(value, value))),
        advance(weight, 4 * row),
        ...[bias, y, d].map((each) => advance(each, 16)),
      ),
    ];
  });

  /** Writes a row of `from` times `factor`. */
  const scaledRow = (
    /** @type {import("./assembler.js").Local} */ out,
    /** @type {import("./assembler.js").Local} */ from,
    /** @type {import("./assembler.js").Local} */ factor,
    /** @type {import("./assembler.js").Local} */ k,
  ) => [
    ...k.set(i32.const(0)),
    ...loop(k, 16, i32.const(row), v128.store(out, f32x4.mul(factor, v128.load(i32.add(from, k)))), advance(out, 16)),
  ];

  module.define("jacobian", ["i32", "i32", "i32"], ([weight, d, out], local) => {
    const [factor, k, i] = [local("v128"), local("i32"), local("i32")];
    return [
      i.set(i32.const(0)),
      loop(
        i,
        1,
        i32.const(dout),
        factor.set(v128.load32Splat(d)),
        scaledRow(out, weight, factor, k),
        advance(weight, row),
        advance(d, 4),
      ),
    ];
  });

  module.define("hessian", ["i32", "i32", "i32", "i32"], ([weight, y, d, out], local) => {
    const [curvature, factor] = [local("f32"), local("v128")];
    const [i, j, k] = [local("i32"), local("i32"), local("i32")];
    return [
      i.set(i32.const(0)),
      loop(
        i,
        1,
        i32.const(dout),
        curvature.set(f32.mul(f32.const(-2), f32.mul(f32.load(y), f32.load(d)))),
        j.set(i32.const(0)),
        loop(
          j,
          4,
          i32.const(row),
          factor.set(f32x4.splat(f32.mul(curvature, f32.load(i32.add(weight, j))))),
          scaledRow(out, weight, factor, k),
        ),
        advance(weight, row),
        advance(y, 4),
        advance(d, 4),
      ),
    ];
  });

  /** Zeros from `out` on. */
  const zeros = (
    /** @type {import("./assembler.js").Local} */ out,
    /** @type {import("./assembler.js").Local} */ k,
    /** @type {number} */ bytes,
  ) => [...k.set(i32.const(0)), ...loop(k, 16, i32.const(bytes), v128.store(i32.add(out, k), f32x4.const(0)))];

  module.define("weightJacobian", ["i32", "i32", "i32"], ([x, d, out], local) => {
    const [factor, k, i] = [local("v128"), local("i32"), local("i32")];
    return [
      zeros(out, k, dout * dout * row),
      i.set(i32.const(0)),
      loop(
        i,
        1,
        i32.const(dout),
        factor.set(v128.load32Splat(d)),
        scaledRow(out, x, factor, k),
        advance(d, 4),
        advance(out, dout * row),
      ),
    ];
  });

  module.define("biasJacobian", ["i32", "i32"], ([d, out], local) => {
    const [k, i] = [local("i32"), local("i32")];
    return [
      zeros(out, k, dout * dout * 4),
      i.set(i32.const(0)),
      loop(i, 1, i32.const(dout), f32.store(out, f32.load(d)), advance(d, 4), advance(out, 4 * (dout + 1))),
    ];
  });
  return module;
}
