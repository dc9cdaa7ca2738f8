/** @file The programs of the benchmark as one writes them with Cotangent; each is made for its parameters. */
import { eye, hessian, hvp, jacfwd, jacrev, linear, vjp, vmap } from "../../../dist/kernel.js";

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
};
