/**
 * @file Cotangent's side of the benchmark, in a process of its own. Reads one JSON request per line and answers each
 * with one line: `{prepare: case}` says how long the first call took and what came out, `{run: n}` how long n calls
 * took together. Times are in milliseconds.
 */
import { createInterface } from "node:readline";
import { eye, hessian, hvp, jacfwd, jacrev, linear, manualSeed, randn, vjp, vmap } from "../dist/kernel.js";

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

/** Sums that tell a wrong, transposed or shuffled tensor: of squares, and of entries weighed by their place. */
function summary(tensor) {
  const data = tensor.dataSync();
  let squares = 0;
  let weighed = 0;
  for (let i = 0; i < data.length; i++) {
    squares += data[i] * data[i];
    weighed += (data[i] * ((i * 31) % 97)) / 97;
  }
  return { shape: tensor.shape, squares, weighed };
}

let call = () => [];
const answers = {
  prepare(spec) {
    call = derivative(spec);
    const start = performance.now();
    const result = call();
    finish(result);
    return { first: performance.now() - start, leaves: leaves(result).map(summary) };
  },
  run(calls) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) finish(call());
    return { time: performance.now() - start };
  },
};

console.log(JSON.stringify({ name: `Cotangent on Node ${process.versions.node}` }));
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const [kind] = Object.keys(request);
  let answer;
  try {
    answer = answers[kind](request[kind]);
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify(answer));
}
