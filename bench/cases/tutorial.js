/**
 * @file The derivatives of the tutorial on Jacobians, at its sizes and a few more, of
 * `predict(weight, bias, x) = tanh(weight · x + bias)`. The letters are those of the tutorial's rows.
 */
import { bytesOf } from "./case.js";

/**
 * @typedef {"jacrev" | "jacfwd" | "vmap(vjp)" | "hessian"} Transform
 * @typedef {{ id: string, computes: string, transform: Transform, din: number, dout: number, batch?: number,
 *   weights?: boolean, quick?: boolean }} Row
 */

/** Undivided weights saturate tanh at the larger sizes, and results that are nearly all rounding cannot be compared. */
const inputsOf = (/** @type {Row} */ { din, dout, batch }) => [
  { shape: [dout, din], scale: Math.sqrt(3 / din), seed: 1 },
  { shape: [dout], seed: 2 },
  { shape: batch ? [batch, din] : [din], seed: 3 },
];

/**
 * What the closed form takes: the forward pass, and each entry of the result. Of a Hessian only the entries with i ≤ j are
 * computed, then mirrored.
 * @param {Row} row
 */
function workOf({ transform, din, dout, batch = 1, weights = false }) {
  const forward = 2 * dout * din + 2 * dout;
  const entries = transform === "hessian" ? dout * din * din : dout * din;
  const derivative = transform === "hessian" ? dout * din + (dout * din * (din + 1)) / 2 : dout * din;
  const results = weights
    ? [
        [dout, dout, din],
        [dout, dout],
      ]
    : [[batch * entries]];
  return {
    flops: batch * (forward + derivative + 2 * dout),
    bytes: bytesOf([[dout, din], [dout], [batch * din], ...results]),
  };
}

/** @param {Row} row @returns {import("./case.js").Case} */
const derivative = (row) => ({
  id: row.id,
  group: "tutorial",
  computes: row.computes,
  program: "predict derivative",
  params: { transform: row.transform, batched: row.batch !== undefined, weights: row.weights ?? false },
  inputs: inputsOf(row),
  work: workOf(row),
  quick: row.quick,
});

/** @type {readonly import("./case.js").Case[]} */
export const tutorial = [
  derivative({
    id: "a jacrev 16→16",
    computes: "Jacobian of tanh(Wx+b), 16×16",
    transform: "jacrev",
    din: 16,
    dout: 16,
    quick: true,
  }),
  derivative({
    id: "a vmap(vjp)(eye) 16→16",
    computes: "the same, by pulling back unit vectors",
    transform: "vmap(vjp)",
    din: 16,
    dout: 16,
  }),
  derivative({
    id: "b jacfwd 32→2048",
    computes: "Jacobian, 2048×32, forward mode",
    transform: "jacfwd",
    din: 32,
    dout: 2048,
    quick: true,
  }),
  derivative({
    id: "b jacrev 32→2048",
    computes: "Jacobian, 2048×32, reverse mode",
    transform: "jacrev",
    din: 32,
    dout: 2048,
  }),
  derivative({
    id: "c jacfwd 2048→32",
    computes: "Jacobian, 32×2048, forward mode",
    transform: "jacfwd",
    din: 2048,
    dout: 32,
  }),
  derivative({
    id: "c jacrev 2048→32",
    computes: "Jacobian, 32×2048, reverse mode",
    transform: "jacrev",
    din: 2048,
    dout: 32,
    quick: true,
  }),
  derivative({
    id: "d hessian 16→16",
    computes: "Hessian of each of 16 outputs, 16×16×16",
    transform: "hessian",
    din: 16,
    dout: 16,
    quick: true,
  }),
  derivative({
    id: "d hessian 512→32",
    computes: "Hessian of each of 32 outputs, 32×512×512",
    transform: "hessian",
    din: 512,
    dout: 32,
  }),
  derivative({
    id: "e vmap(jacrev) 64 × 31→33",
    computes: "Jacobians of a batch of 64, 64×33×31",
    transform: "jacrev",
    din: 31,
    dout: 33,
    batch: 64,
    quick: true,
  }),
  derivative({
    id: "e vmap(hessian) 64 × 31→33",
    computes: "Hessians of a batch of 64, 64×33×31×31",
    transform: "hessian",
    din: 31,
    dout: 33,
    batch: 64,
    quick: true,
  }),
  derivative({
    id: "f jacrev weight, bias 16→16",
    computes: "Jacobians of the weight and of the bias, 16×16×16 and 16×16",
    transform: "jacrev",
    din: 16,
    dout: 16,
    weights: true,
    quick: true,
  }),
  {
    id: "hvp 2048",
    group: "tutorial",
    computes: "product of the Hessian of Σ sin x with a vector",
    program: "hvp of sin",
    inputs: [
      { shape: [2048], scale: 3, seed: 1 },
      { shape: [2048], seed: 2 },
    ],
    work: { flops: 2 * 2048, bytes: bytesOf([[2048], [2048], [2048]]) },
  },
];
