/**
 * @file The programs of the benchmark in jax-js. A function owns its arguments: `ref` is one more use of them. Its own
 * jacrev and jacfwd are right for square Jacobians only (0.1.25), so they are composed here from vmap, vjp and jvp.
 */
import { grad, jvp, lax, nn, numpy as np, vjp, vmap } from "@jax-js/jax";
import { logistic, mixtureObjective, reprojectionError } from "./jax-js-objectives.js";

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

const linear = (x, weight, bias) => np.matmul(x, np.transpose(weight)).add(bias);

const mlp = (w1, b1, w2, b2, w3, b3, x) => linear(nn.relu(linear(nn.relu(linear(x, w1, b1)), w2, b2)), w3, b3);

function mlpStep({ rate }) {
  const loss = (parameters, x, labels) => {
    const logProbabilities = nn.logSoftmax(mlp(...parameters, x), -1);
    return logProbabilities.mul(nn.oneHot(labels, 10)).sum(1).mean().mul(-1);
  };
  return (...args) => {
    const parameters = args.slice(0, 6);
    const gradients = grad(loss)(
      parameters.map((each) => each.ref),
      args[6],
      args[7],
    );
    return gradients.map((gradient, i) => parameters[i].sub(gradient.mul(rate)));
  };
}

function lstm(x, hidden, memory, inputWeight, hiddenWeight, bias) {
  const gates = linear(x, inputWeight, bias).add(np.matmul(hidden, np.transpose(hiddenWeight)));
  const [input, forget, cell, output] = np.split(gates, 4, 1);
  const next = nn
    .sigmoid(forget)
    .mul(memory)
    .add(nn.sigmoid(input).mul(np.tanh(cell)));
  return [nn.sigmoid(output).mul(np.tanh(next.ref)), next];
}

function lstmGradient(x, hidden, memory, ...weights) {
  const total = (given) => {
    const [outer, inner] = lstm(x.ref, hidden.ref, memory.ref, ...given);
    return outer.sum().add(inner.sum());
  };
  const gradients = grad(total)(weights);
  for (const each of [x, hidden, memory]) each.dispose();
  return gradients;
}

function layerNorm(x, weight, bias) {
  const centred = x.ref.sub(x.mean(1, { keepdims: true }));
  const variance = np.square(centred.ref).mean(1, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(1e-5)))
    .mul(weight)
    .add(bias);
}

/** A scalar function's, by its first argument. */
const hessianOf =
  (f) =>
  (x, ...rest) => {
    const result = forward((u) => grad(f)(u, ...rest.map((each) => each.ref)))(x);
    for (const each of rest) each.dispose();
    return result;
  };

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
  softmax: () => (x) => nn.softmax(x, -1),
  "layer norm": () => layerNorm,
  conv2d:
    ({ padding }) =>
    (x, weight) =>
      lax.convGeneralDilated(
        x,
        weight,
        [1, 1],
        [
          [padding, padding],
          [padding, padding],
        ],
      ),
  mlp: () => mlp,
  "mlp step": mlpStep,
  lstm: () => lstm,
  "lstm gradient": () => lstmGradient,
  "bundle adjustment": () =>
    vmap((parameters, observed) => {
      const jacobian = reverse((u) => reprojectionError(u, observed.ref))(parameters);
      observed.dispose();
      return jacobian;
    }),
  gmm: ({ derivative, ...mixture }) => (derivative === "grad" ? grad : hessianOf)(mixtureObjective(mixture)),
  "logistic Hessian": () => hessianOf(logistic),
  cholesky: () => (x) => np.linalg.cholesky(x),
};
