/** @file Softmax and layer norm of each row of a matrix: passes over a row that stays in the nearest cache. */
import { advance, f32, f32x4, i32, loop, Module, v128 } from "./assembler.js";
import { exp, multiplyAdd } from "./functions.js";

/** Sums in registers at once. */
const CHAINS = 4;
const WIDTH = CHAINS * 16;

/** @typedef {import("./assembler.js").Code} Code @typedef {import("./assembler.js").Local} Local */

/** The lanes of so many vectors joined into one number. @param {(a: Code, b: Code) => Code} lanes @param {readonly Local[]} vectors */
const across = (lanes, vectors) =>
  vectors
    .flatMap((vector) => [0, 1, 2, 3].map((lane) => f32x4.lane(vector, lane)))
    .reduce((joined, each) => lanes(joined, each));

/** Whether rows are made of whole steps of the kernels. @param {number} columns */
export const fits = (columns) => columns % (WIDTH / 4) === 0;

/** `run(x, out, end of x)`. @param {number} columns @param {boolean} fused */
export function softmax(columns, fused) {
  const module = new Module();
  module.define("run", ["i32", "i32", "i32"], ([x, out, end], local) => {
    const chains = Array.from({ length: CHAINS }, () => local("v128"));
    const [at, to, stop] = [local("i32"), local("i32"), local("i32")];
    const [by, value, factor] = [{ x: local("v128"), n: local("v128"), fused }, local("v128"), local("v128")];
    return [
      loop(
        x,
        0,
        end,
        at.set(x),
        stop.set(i32.add(x, i32.const(4 * columns))),
        chains.flatMap((each, i) => each.set(v128.load(x, i * 16))),
        loop(at, WIDTH, stop, ...chains.map((each, i) => each.set(f32x4.pmax(each, v128.load(at, i * 16))))),
        factor.set(f32x4.splat(across(f32.max, chains))),
        to.set(out),
        chains.flatMap((each) => each.set(f32x4.const(0))),
        loop(
          x,
          WIDTH,
          stop,
          ...chains.map((each, i) => [
            ...value.set(exp(f32x4.sub(v128.load(x, i * 16), factor), by)),
            ...v128.store(to, value, i * 16),
            ...each.set(f32x4.add(each, value)),
          ]),
          advance(to, WIDTH),
        ),
        factor.set(f32x4.splat(f32.div(f32.const(1), across(f32.add, chains)))),
        loop(
          out,
          WIDTH,
          to,
          ...chains.map((_, i) => v128.store(out, f32x4.mul(v128.load(out, i * 16), factor), i * 16)),
        ),
      ),
    ];
  });
  return module;
}

/** `run(x, weight, bias, out, end of x)`: mean and variance in two passes, as the libraries do. @param {number} columns @param {boolean} fused */
export function layerNorm(columns, fused) {
  const madd = multiplyAdd(fused);
  const module = new Module();
  module.define("run", ["i32", "i32", "i32", "i32", "i32"], ([x, weight, bias, out, end], local) => {
    const chains = Array.from({ length: CHAINS }, () => local("v128"));
    const [at, stop, w, b] = [local("i32"), local("i32"), local("i32"), local("i32")];
    const [mean, value, factor] = [local("v128"), local("v128"), local("v128")];
    const zeros = chains.flatMap((each) => each.set(f32x4.const(0)));
    const average = (/** @type {readonly Local[]} */ sums) => f32.mul(across(f32.add, sums), f32.const(1 / columns));
    return [
      loop(
        x,
        0,
        end,
        stop.set(i32.add(x, i32.const(4 * columns))),
        zeros,
        at.set(x),
        loop(at, WIDTH, stop, ...chains.map((each, i) => each.set(f32x4.add(each, v128.load(at, i * 16))))),
        mean.set(f32x4.splat(average(chains))),
        zeros,
        at.set(x),
        loop(
          at,
          WIDTH,
          stop,
          ...chains.map((each, i) => [
            ...value.set(f32x4.sub(v128.load(at, i * 16), mean)),
            ...each.set(madd(value, value, each)),
          ]),
        ),
        factor.set(f32x4.splat(f32.div(f32.const(1), f32.sqrt(f32.add(average(chains), f32.const(1e-5)))))),
        w.set(weight),
        b.set(bias),
        loop(
          x,
          16,
          stop,
          value.set(f32x4.mul(f32x4.sub(v128.load(x), mean), factor)),
          v128.store(out, madd(value, v128.load(w), v128.load(b))),
          advance(w, 16),
          advance(b, 16),
          advance(out, 16),
        ),
      ),
    ];
  });
  return module;
}
