/** @file Layers of networks, and a step of training. */
import { bytesOf } from "./case.js";

/** Weights of a layer, so that its outputs are about as large as its inputs. @param {number} fanIn @param {number[]} shape */
const weights = (shape, fanIn, seed) => ({ shape, scale: Math.sqrt(3 / fanIn), seed });

/** @param {number} rows @param {number} columns @param {boolean} [quick] @returns {import("./case.js").Case} */
const softmax = (rows, columns, quick) => ({
  id: `softmax ${rows}×${columns}`,
  group: "layers",
  computes: `softmax of each of ${rows} rows of ${columns}`,
  program: "softmax",
  inputs: [{ shape: [rows, columns], scale: 4, seed: 1 }],
  // Largest, difference, exp, sum, quotient.
  work: {
    flops: 5 * rows * columns,
    bytes: bytesOf([
      [rows, columns],
      [rows, columns],
    ]),
  },
  quick,
});

/** @param {number} rows @param {number} columns @param {boolean} [quick] @returns {import("./case.js").Case} */
const layerNorm = (rows, columns, quick) => ({
  id: `layer norm ${rows}×${columns}`,
  group: "layers",
  computes: `layer norm of each of ${rows} rows of ${columns}, with weight and bias`,
  program: "layer norm",
  inputs: [
    { shape: [rows, columns], scale: 2, shift: 0.5, seed: 1 },
    { shape: [columns], seed: 2 },
    { shape: [columns], seed: 3 },
  ],
  // Mean (1), variance (3), normalized (2), scaled (2).
  work: { flops: 8 * rows * columns, bytes: bytesOf([[rows, columns], [rows, columns], [columns], [columns]]) },
  quick,
});

/**
 * @param {{ examples: number, channels: number, out: number, extent: number, window: number }} what
 * @param {boolean} [quick] @returns {import("./case.js").Case}
 */
function convolution({ examples, channels, out, extent, window }, quick) {
  const image = [examples, channels, extent, extent];
  const result = [examples, out, extent, extent];
  const kernel = [out, channels, window, window];
  return {
    id: `conv2d ${image.join("×")}, ${out} of ${window}×${window}`,
    group: "layers",
    computes: `2-d convolution with ${out} kernels of ${window}×${window}, padded to the same extent`,
    program: "conv2d",
    params: { padding: (window - 1) / 2 },
    inputs: [{ shape: image, seed: 1 }, weights(kernel, channels * window * window, 2)],
    work: {
      flops: 2 * examples * out * extent * extent * channels * window * window,
      bytes: bytesOf([image, kernel, result]),
    },
    quick,
  };
}

const BATCH = 128;
const WIDTHS = [784, 512, 512, 10];
const LAYERS = WIDTHS.slice(1).map((out, i) => ({ in: WIDTHS[i], out }));
const PARAMETERS = LAYERS.flatMap((layer, i) => [
  weights([layer.out, layer.in], layer.in, 2 * i + 1),
  { shape: [layer.out], scale: 0.1, seed: 2 * i + 2 },
]);
const IMAGES = { shape: [BATCH, WIDTHS[0]], seed: 10 };
const LABELS = { shape: [BATCH], dtype: "int32", kind: "labels", classes: 10, seed: 11 };
const forwardFlops = LAYERS.reduce((sum, layer) => sum + 2 * BATCH * layer.in * layer.out, 0);
/** Two more products per layer, of which the first needs one only: nobody asks for the images' gradient. */
const stepFlops = 3 * forwardFlops - 2 * BATCH * LAYERS[0].in * LAYERS[0].out;
const parameterShapes = PARAMETERS.map(({ shape }) => shape);

const LSTM = { examples: 64, inputs: 256, hidden: 256 };
const lstmInputs = [
  { shape: [LSTM.examples, LSTM.inputs], seed: 1 },
  { shape: [LSTM.examples, LSTM.hidden], seed: 2 },
  { shape: [LSTM.examples, LSTM.hidden], seed: 3 },
  weights([4 * LSTM.hidden, LSTM.inputs], LSTM.inputs, 4),
  weights([4 * LSTM.hidden, LSTM.hidden], LSTM.hidden, 5),
  { shape: [4 * LSTM.hidden], scale: 0.1, seed: 6 },
];
const lstmShapes = lstmInputs.map(({ shape }) => shape);
const lstmFlops = 2 * LSTM.examples * 4 * LSTM.hidden * (LSTM.inputs + LSTM.hidden);

/** @type {readonly import("./case.js").Case[]} */
export const layers = [
  softmax(128, 10),
  softmax(1024, 1024, true),
  layerNorm(128, 64),
  layerNorm(1024, 1024, true),
  convolution({ examples: 8, channels: 32, out: 64, extent: 32, window: 3 }, true),
  convolution({ examples: 1, channels: 3, out: 16, extent: 128, window: 5 }),
];

/** @type {readonly import("./case.js").Case[]} */
export const networks = [
  {
    id: "MLP forward, batch 128",
    group: "networks",
    computes: `logits of ${WIDTHS.join("-")} with ReLU, batch ${BATCH}`,
    program: "mlp",
    inputs: [...PARAMETERS, IMAGES],
    work: { flops: forwardFlops, bytes: bytesOf([...parameterShapes, IMAGES.shape, [BATCH, 10]]) },
  },
  {
    id: "MLP training step, batch 128",
    group: "networks",
    computes: `cross-entropy of ${WIDTHS.join("-")}, its gradients and the parameters after a step of gradient descent`,
    program: "mlp step",
    params: { rate: 0.01 },
    inputs: [...PARAMETERS, IMAGES, LABELS],
    work: { flops: stepFlops, bytes: bytesOf([...parameterShapes, ...parameterShapes, IMAGES.shape, LABELS.shape]) },
    quick: true,
  },
  {
    id: "LSTM step, batch 64, 256→256",
    group: "networks",
    computes: "hidden state and memory after one step",
    program: "lstm",
    inputs: lstmInputs,
    work: { flops: lstmFlops, bytes: bytesOf([...lstmShapes, lstmShapes[1], lstmShapes[2]]) },
    quick: true,
  },
  {
    id: "LSTM step, gradient",
    group: "networks",
    computes: "gradients of the sum of both with respect to the weights and the bias",
    program: "lstm gradient",
    inputs: lstmInputs,
    // A product forward and one backward for each weight; the inputs' gradients are not asked for.
    work: { flops: 2 * lstmFlops, bytes: bytesOf([...lstmShapes, ...lstmShapes.slice(3)]) },
  },
];
