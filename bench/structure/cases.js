/**
 * @file Functions whose Jacobians and Hessians have structure, each at sizes that double. A peer (ours.js, jax-js.js,
 * pytorch.py) knows the functions by name; it gets `inputs` as numbers, all drawn here, and differentiates with respect to
 * the first of them.
 */

/**
 * What a peer is asked to derive.
 * @typedef {{ shape: readonly number[], data: readonly number[] }} Input
 * @typedef {{ name: string, derivative: "jacobian" | "hessian", fewerInputs: boolean, inputs: readonly Input[] }} Task
 */

/**
 * @typedef {{
 *   id: string,
 *   name: string,
 *   derivative: "jacobian" | "hessian",
 *   sizes: readonly number[],
 *   label: (n: number) => string,
 *   shapes: (n: number) => readonly (readonly number[])[],
 *   outputs: (n: number) => number,
 *   dense?: (n: number) => number }} Case
 * `n` is what doubles; `outputs` how many entries the function has; `dense` the multiplications of pushing an identity
 * matrix through the derivative in the cheaper mode, where that is a plain formula: products with weights alone, without
 * what is of lower order and without the forward pass.
 */

/** @param {number} n @param {number} count */
const doubling = (n, count) => Array.from({ length: count }, (_, i) => n * 2 ** i);

/**
 * tanh(Wx + b) with `din(n)` inputs and `dout(n)` outputs.
 * @param {string} id @param {readonly number[]} sizes
 * @param {(n: number) => number} din @param {(n: number) => number} dout
 * @returns {Case}
 */
function affine(id, sizes, din, dout) {
  return {
    id,
    name: "affine",
    derivative: "jacobian",
    sizes,
    label: (n) => `${din(n)}→${dout(n)}`,
    shapes: (n) => [[din(n)], [dout(n), din(n)], [dout(n)]],
    outputs: dout,
    dense: (n) => Math.min(din(n), dout(n)) * din(n) * dout(n),
  };
}

/**
 * Three layers of tanh without biases; the widths are multiples of n.
 * @param {string} id @param {readonly number[]} widths
 * @returns {Case}
 */
function layers(id, widths) {
  const at = (/** @type {number} */ n) => widths.map((width) => width * n);
  const weights = (/** @type {number} */ n) =>
    at(n)
      .slice(1)
      .map((width, i) => [width, at(n)[i]]);
  return {
    id,
    name: "layers",
    derivative: "jacobian",
    sizes: doubling(1, 4),
    label: (n) => at(n).join("-"),
    shapes: (n) => [[at(n)[0]], ...weights(n)],
    outputs: (n) => at(n)[3],
    dense: (n) => Math.min(at(n)[0], at(n)[3]) * weights(n).reduce((sum, [rows, columns]) => sum + rows * columns, 0),
  };
}

/** @type {readonly Case[]} */
export const cases = [
  affine(
    "tanh(Wx+b), 7→48 and larger",
    doubling(1, 5),
    (n) => 7 * n,
    (n) => 48 * n,
  ),
  affine(
    "tanh(Wx+b), 32→n",
    doubling(256, 4),
    () => 32,
    (n) => n,
  ),
  affine(
    "tanh(Wx+b), n→32",
    doubling(256, 4),
    (n) => n,
    () => 32,
  ),
  {
    id: "batch of n, tanh(XW), no vmap",
    name: "batch",
    derivative: "jacobian",
    sizes: doubling(8, 5),
    label: (n) => `${n}×5→${n}×6`,
    shapes: (n) => [
      [n, 5],
      [5, 6],
    ],
    outputs: (n) => 6 * n,
    dense: (n) => 5 * n * n * 5 * 6,
  },
  {
    id: "stencil (x[1:]−x[:−1])²",
    name: "stencil",
    derivative: "jacobian",
    sizes: doubling(40, 5),
    label: String,
    shapes: (n) => [[n]],
    outputs: (n) => n - 1,
  },
  {
    id: "softmax",
    name: "softmax",
    derivative: "jacobian",
    sizes: doubling(25, 5),
    label: String,
    shapes: (n) => [[n]],
    outputs: (n) => n,
  },
  {
    id: "x·tanh x",
    name: "gated",
    derivative: "jacobian",
    sizes: doubling(50, 5),
    label: String,
    shapes: (n) => [[n]],
    outputs: (n) => n,
  },
  layers("MLP 6-30-30-20 and larger", [6, 30, 30, 20]),
  layers("bottleneck 30-4-4-20 and larger", [30, 4, 4, 20]),
  {
    id: "Hessian of tanh(Wx+b), n→32",
    name: "affine",
    derivative: "hessian",
    sizes: doubling(64, 4),
    label: (n) => `${n}→32`,
    shapes: (n) => [[n], [32, n], [32]],
    outputs: () => 32,
    // Forward over reverse: a product with the weight per output for the Jacobian, and again per output and input.
    dense: (n) => 32 * 32 * n + n * (32 * n + 32 * 32 * n),
  },
  {
    id: "Hessian of logistic regression, n rows",
    name: "logistic",
    derivative: "hessian",
    sizes: doubling(200, 4),
    label: (n) => `${n}×20`,
    shapes: (n) => [[20], [n, 20], [n]],
    outputs: () => 1,
    // Forward over reverse: the data once forward and once backward, and both again per feature.
    dense: (n) => 2 * 20 * n + 20 * 2 * 20 * n,
  },
  {
    id: "Hessian of a sum over n independent rows",
    name: "rows",
    derivative: "hessian",
    sizes: doubling(16, 4),
    label: (n) => `${n}×4`,
    shapes: (n) => [[n, 4]],
    outputs: () => 1,
  },
  {
    id: "Hessian of the chain Σ(x[i+1]−x[i]²)²",
    name: "chain",
    derivative: "hessian",
    sizes: doubling(64, 4),
    label: String,
    shapes: (n) => [[n]],
    outputs: () => 1,
  },
];

/** Entries of a shape. @param {readonly number[]} shape */
const sizeOf = (shape) => shape.reduce((product, extent) => product * extent, 1);

/**
 * Numbers in (−1, 1) that are the same in every run and fit a float32.
 * @param {number} seed
 */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround(state / 2 ** 31 - 1);
  };
}

/**
 * A case at one size, ready for a peer.
 * @param {Case} spec @param {number} n
 * @returns {Task}
 */
export function taskOf({ name, derivative, shapes, outputs }, n) {
  const draw = numbers(n);
  const inputs = shapes(n).map((shape, i) => {
    // Weights divided as is usual: tanh would saturate, and results that are nearly all rounding cannot be compared.
    const scale =
      i > 0 && shape.length === 2 && name !== "logistic" ? Math.sqrt(3 / shape[name === "batch" ? 0 : 1]) : 1;
    return { shape, data: Array.from({ length: sizeOf(shape) }, () => Math.fround(draw() * scale)) };
  });
  return { name, derivative, fewerInputs: sizeOf(shapes(n)[0]) < outputs(n), inputs };
}

/** Entries of the derivative. @param {Case} spec @param {number} n */
export function resultSize({ derivative, shapes, outputs }, n) {
  const inputs = sizeOf(shapes(n)[0]);
  return outputs(n) * inputs * (derivative === "hessian" ? inputs : 1);
}
