/**
 * @file Cotangent's side of `npm run bench -- structure`, in a process of its own; its argument is the strategy. Answers as
 * ../answer.js says, and counts multiplications: those that the derivative takes beside the value of the function.
 */
import { explain, hessian, jacobian, jit, tensor } from "../../dist/kernel.js";
import { serve } from "../answer.js";
import { median } from "../statistics.js";
import { summary } from "../summary.js";

const [strategy] = process.argv.slice(2);

const functions = {
  affine: (x, weight, bias) => weight.matmul(x).add(bias).tanh(),
  batch: (x, weight) => x.matmul(weight).tanh(),
  stencil: (x) =>
    x
      .slice(0, 1)
      .sub(x.slice(0, 0, -1))
      .square(),
  softmax: (x) => x.softmax(),
  gated: (x) => x.mul(x.tanh()),
  layers: (x, ...weights) => weights.reduce((value, weight) => weight.matmul(value).tanh(), x),
  logistic: (weight, x, y) => {
    const logits = x.matmul(weight);
    return logits.exp().log1p().sub(logits.mul(y)).sum();
  },
  rows: (x) => x.exp().sum(1).log().sum(),
  chain: (x) =>
    x
      .slice(0, 1)
      .sub(x.slice(0, 0, -1).square())
      .square()
      .sum(),
};

let call = () => tensor(0);

/** Milliseconds of a call after the first: the median of a few. */
function timeOf(derive) {
  const times = [];
  const start = performance.now();
  while (times.length < 5 || (times.length < 50 && performance.now() - start < 50)) {
    const before = performance.now();
    derive().dataSync();
    times.push(performance.now() - before);
  }
  return median(times);
}

await serve(`Cotangent (${strategy})`, {
  prepare({ name, derivative, inputs }) {
    const args = inputs.map(({ shape, data }) => tensor([...data]).reshape([...shape]));
    for (const arg of args) arg.dataSync();
    const f = functions[name];
    const derive = derivative === "hessian" ? hessian : jacobian;
    const derived = derive(f, { strategy });
    const jitted = jit(derived);
    call = () => jitted(...args);
    const start = performance.now();
    const result = call();
    const data = result.dataSync();
    const first = performance.now() - start;
    // Both at once, or a derivative that does not need the function's value would be credited with leaving it out.
    const withValue = (...given) => {
      const value = f(...given);
      return [value, value];
    };
    const both = explain(derive(withValue, { strategy, hasAux: true }))(...args);
    const multiplications = both.multiplications - explain(f)(...args).multiplications;
    // Without jit the function is traced, and the order of elimination looked for, at each call.
    const traced = timeOf(() => derived(...args));
    return { first, traced, leaves: [summary(result.shape, data)], multiplications };
  },
  run(calls) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call().dataSync();
    return { time: performance.now() - start };
  },
});
