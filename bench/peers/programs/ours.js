/** @file The programs of the benchmark as one writes them with Cotangent; each is made for its parameters. */
import {
  cholesky,
  conv2d,
  crossEntropy,
  eye,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  layerNorm,
  linear,
  split,
  vjp,
  vmap,
} from "../../../dist/kernel.js";
import { objectives } from "./ours-objectives.js";

const predict = (weight, bias, x) => linear(x, weight, bias).tanh();

/** The Jacobian by pulling back unit vectors, as tutorials write it. */
const pulledBack = (weight, bias, x) => {
  const [out, pullback] = vjp((u) => predict(weight, bias, u), x);
  return vmap(pullback)(eye(out.shape[0]));
};

function predictDerivative({ transform, batched, weights }) {
  if (transform === "vmap(vjp)") return pulledBack;
  const transforms = { jacrev, jacfwd, hessian };
  const derive = transforms[transform](predict, { argnums: weights ? [0, 1] : 2 });
  return batched ? vmap(derive, { inDims: [null, null, 0] }) : derive;
}

const mlp = (w1, b1, w2, b2, w3, b3, x) => linear(linear(linear(x, w1, b1).relu(), w2, b2).relu(), w3, b3);

function mlpStep({ rate }) {
  const loss = (...args) => crossEntropy(mlp(...args.slice(0, 7)), args[7]);
  const gradients = grad(loss, { argnums: [0, 1, 2, 3, 4, 5] });
  return (...args) => gradients(...args).map((gradient, i) => args[i].sub(gradient.mul(rate)));
}

/** Gates in PyTorch's order: input, forget, cell, output. */
function lstm(x, hidden, memory, inputWeight, hiddenWeight, bias) {
  const gates = linear(x, inputWeight, bias).add(linear(hidden, hiddenWeight));
  const [input, forget, cell, output] = split(gates, 4, 1);
  const next = forget.sigmoid().mul(memory).add(input.sigmoid().mul(cell.tanh()));
  return [output.sigmoid().mul(next.tanh()), next];
}

const lstmSum = (...args) => {
  const [hidden, memory] = lstm(...args);
  return hidden.sum().add(memory.sum());
};

export const programs = {
  "predict derivative": predictDerivative,
  "hvp of sin": () => (x, v) => hvp((u) => u.sin().sum(), [x], [v]),
  matmul: () => (a, b) => a.matmul(b),
  add: () => (x, y) => x.add(y),
  tanh: () => (x) => x.tanh(),
  exp: () => (x) => x.exp(),
  gated: () => (x) => x.square().add(x).tanh().mul(x),
  sum: () => (x) => x.sum(),
  max: () => (x) => x.max(),
  "sum of rows": () => (x) => x.sum(1),
  "sum of columns": () => (x) => x.sum(0),
  logsumexp: () => (x) => x.logsumexp(),
  softmax: () => (x) => x.softmax(-1),
  "layer norm": () => (x, weight, bias) => layerNorm(x, x.shape[1], weight, bias),
  conv2d:
    ({ padding }) =>
    (x, weight) =>
      conv2d(x, weight, { padding }),
  mlp: () => mlp,
  "mlp step": mlpStep,
  lstm: () => lstm,
  "lstm gradient": () => grad(lstmSum, { argnums: [3, 4, 5] }),
  ...objectives,
  cholesky: () => (x) => cholesky(x),
};
