/**
 * @file Cotangent's side of the benchmark, in a process of its own. Reads one JSON request per line and answers each
 * with one line: `{prepare: case}` says how long the first call took and what came out, `{run: n}` how long n calls
 * took together. Times are in milliseconds.
 */
import { eye, hessian, hvp, jacfwd, jacrev, linear, manualSeed, randn, vjp, vmap } from "../dist/kernel.js";
import { serve } from "./answer.js";
import { summary } from "./summary.js";

const predict = (weight, bias, x) => linear(x, weight, bias).tanh();

/**
 * The derivative as a function without arguments, on tensors that are already evaluated.
 * @param {import("./cases.js").Case} spec
 */
function derivative({ transform, argnums, din, dout, batch }) {
  manualSeed(0);
  if (transform === "hvp") {
    const [x, v] = [randn([din]), randn([din])];
    ready(x, v);
    return () => hvp((u) => u.sin().sum(), [x], [v]);
  }
  const weight = randn([dout, din]).mul(1 / Math.sqrt(din));
  const bias = randn([dout]);
  const x = randn(batch ? [batch, din] : [din]);
  ready(weight, bias, x);
  const perExample = { inDims: [null, null, 0] };
  switch (transform) {
    case "jacrev":
      return () => jacrev(predict, { argnums })(weight, bias, x);
    case "jacfwd":
      return () => jacfwd(predict, { argnums })(weight, bias, x);
    case "hessian":
      return () => hessian(predict, { argnums })(weight, bias, x);
    case "vmap(jacrev)":
      return () => vmap(jacrev(predict, { argnums }), perExample)(weight, bias, x);
    case "vmap(hessian)":
      return () => vmap(hessian(predict, { argnums }), perExample)(weight, bias, x);
    case "vmap(vjp)":
      return () => {
        const [out, pullback] = vjp((u) => predict(weight, bias, u), x);
        return vmap(pullback)(eye(out.shape[0]));
      };
  }
}

/** Evaluates lazy inputs, so that no call pays for making them. */
function ready(...tensors) {
  for (const tensor of tensors) tensor.dataSync();
}

const leaves = (result) => (Array.isArray(result) ? result : [result]);

/** Computes what the result owes; nothing was timed otherwise. */
const finish = (result) => leaves(result).map((tensor) => tensor.dataSync());

let call = () => [];
await serve(`Cotangent on Node ${process.versions.node}`, {
  prepare(spec) {
    call = derivative(spec);
    const start = performance.now();
    const result = call();
    finish(result);
    const first = performance.now() - start;
    return { first, leaves: leaves(result).map((tensor) => summary(tensor.shape, tensor.dataSync())) };
  },
  run(calls) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) finish(call());
    return { time: performance.now() - start };
  },
});
