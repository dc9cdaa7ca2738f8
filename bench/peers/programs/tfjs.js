/**
 * @file The programs of the benchmark in TensorFlow.js. It has reverse mode only, no vmap, and no second derivative of tanh:
 * a Jacobian is one gradient per output, and there are no Hessians.
 */

import { Unsupported } from "../side.js";
import { tf } from "../tensorflow.js";

/** A Jacobian of more outputs takes seconds. */
const MOST_GRADIENTS = 64;

const linear = (x, weight, bias) => tf.add(tf.matMul(x, weight, false, true), bias);
const predict = (weight, bias, x) => tf.reshape(tf.tanh(linear(tf.reshape(x, [1, -1]), weight, bias)), [-1]);

function predictDerivative({ transform, batched, weights }, [{ shape }]) {
  if (transform === "hessian") throw new Unsupported("cannot differentiate tanh twice");
  const [outputs] = shape;
  if (batched) throw new Unsupported("has no vmap");
  if (outputs > MOST_GRADIENTS) throw new Unsupported(`takes ${outputs} gradients`);
  const units = tf.unstack(tf.eye(outputs));
  if (!weights) {
    return (weight, bias, x) => {
      const gradient = tf.grad((u) => predict(weight, bias, u));
      return tf.stack(units.map((unit) => gradient(x, unit)));
    };
  }
  return (weight, bias, x) => {
    const gradients = tf.grads((w, b) => predict(w, b, x));
    const rows = units.map((unit) => gradients([weight, bias], unit));
    return [0, 1].map((i) => tf.stack(rows.map((row) => row[i])));
  };
}

const mlp = (w1, b1, w2, b2, w3, b3, x) => linear(tf.relu(linear(tf.relu(linear(x, w1, b1)), w2, b2)), w3, b3);

const mlpStep =
  ({ rate }) =>
  (...args) => {
    const loss = (...parameters) => {
      const logProbabilities = tf.logSoftmax(mlp(...parameters, args[6]));
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.cast(tf.oneHot(args[7], 10), "float32"), logProbabilities), 1)));
    };
    const parameters = args.slice(0, 6);
    return tf
      .grads(loss)(parameters)
      .map((gradient, i) => tf.sub(parameters[i], tf.mul(gradient, rate)));
  };

function lstm(x, hidden, memory, inputWeight, hiddenWeight, bias) {
  const gates = tf.add(linear(x, inputWeight, bias), tf.matMul(hidden, hiddenWeight, false, true));
  const [input, forget, cell, output] = tf.split(gates, 4, 1);
  const next = tf.add(tf.mul(tf.sigmoid(forget), memory), tf.mul(tf.sigmoid(input), tf.tanh(cell)));
  return [tf.mul(tf.sigmoid(output), tf.tanh(next)), next];
}

const lstmGradient = (x, hidden, memory, ...weights) =>
  tf.grads((...given) => {
    const [outer, inner] = lstm(x, hidden, memory, ...given);
    return tf.add(tf.sum(outer), tf.sum(inner));
  })(weights);

function layerNorm(x, weight, bias) {
  const { mean, variance } = tf.moments(x, 1, true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5))), weight), bias);
}

/** In its own layout, examples × height × width × channels, to which inputs are brought beforehand. */
function conv2d({ padding }, [x, weight]) {
  const [images, kernel] = [tf.transpose(x, [0, 2, 3, 1]), tf.transpose(weight, [2, 3, 1, 0])];
  const same = weight.shape[2] === 2 * padding + 1;
  if (!same) throw new Unsupported("pads to the same extent only");
  const run = () => tf.conv2d(images, kernel, 1, "same");
  return Object.assign(run, { asOthersLayItOut: (result) => tf.transpose(result, [0, 3, 1, 2]) });
}

export const programs = {
  "predict derivative": predictDerivative,
  matmul: () => (a, b) => tf.matMul(a, b),
  add: () => (x, y) => tf.add(x, y),
  tanh: () => (x) => tf.tanh(x),
  exp: () => (x) => tf.exp(x),
  gated: () => (x) => tf.mul(tf.tanh(tf.add(tf.square(x), x)), x),
  sum: () => (x) => tf.sum(x),
  max: () => (x) => tf.max(x),
  "sum of rows": () => (x) => tf.sum(x, 1),
  "sum of columns": () => (x) => tf.sum(x, 0),
  logsumexp: () => (x) => tf.logSumExp(x),
  softmax: () => (x) => tf.softmax(x),
  "layer norm": () => layerNorm,
  conv2d,
  mlp: () => mlp,
  "mlp step": mlpStep,
  lstm: () => lstm,
  "lstm gradient": () => lstmGradient,
};
