/**
 * @file The programs of the benchmark in jax-js. A function owns its arguments: `ref` is one more use of them. Its own
 * jacrev and jacfwd are right for square Jacobians only (0.1.25), so they are composed here from vmap, vjp and jvp.
 */
import { grad, jvp, nn, numpy as np, vjp, vmap } from "@jax-js/jax";

const predict = (weight, bias, x) => np.tanh(np.dot(weight, x).add(bias));

const reverse = (f) => (x) => {
  const [out, pullback] = vjp(f, [x]);
  const { shape } = out;
  out.dispose();
  const rows = vmap((unit) => pullback(unit)[0])(np.eye(shape[0]));
  pullback.dispose?.();
  return rows;
};

const forward = (f) => (x) => {
  const columns = vmap((unit) => jvp(f, [x.ref], [unit])[1])(np.eye(x.shape[0]));
  x.dispose();
  return np.moveaxis(columns, 0, -1);
};

function predictDerivative({ transform, batched, weights }) {
  if (weights) {
    return (weight, bias, x) => {
      const [out, pullback] = vjp((w, b) => predict(w, b, x.ref), [weight, bias]);
      const [rows] = out.shape;
      out.dispose();
      const pulled = vmap((unit) => pullback(unit))(np.eye(rows));
      pullback.dispose?.();
      x.dispose();
      return pulled;
    };
  }
  const derive = {
    jacrev: reverse,
    "vmap(vjp)": reverse,
    jacfwd: forward,
    hessian: (f) => forward(reverse(f)),
  }[transform];
  return (weight, bias, x) => {
    const single = derive((u) => predict(weight.ref, bias.ref, u));
    const result = (batched ? vmap(single) : single)(x);
    weight.dispose();
    bias.dispose();
    return result;
  };
}

export const programs = {
  "predict derivative": predictDerivative,
  "hvp of sin": () => (x, v) =>
    jvp(
      grad((u) => np.sin(u).sum()),
      [x],
      [v],
    )[1],
  matmul: () => (a, b) => np.matmul(a, b),
  add: () => (x, y) => x.add(y),
  tanh: () => (x) => np.tanh(x),
  exp: () => (x) => np.exp(x),
  gated: () => (x) => np.tanh(np.square(x.ref).add(x.ref)).mul(x),
  sum: () => (x) => x.sum(),
  max: () => (x) => np.max(x),
  "sum of rows": () => (x) => x.sum(1),
  "sum of columns": () => (x) => x.sum(0),
  logsumexp: () => (x) => nn.logsumexp(x),
};
