/**
 * @file Derivatives of objectives that automatic differentiation is measured by, most of them those of ADBench (F. Srajer,
 * Z. Kukelova, A. Fitzgibbon, "A benchmark of selected algorithmic differentiation tools on some problems in computer vision
 * and machine learning", 2018).
 */
import { bytesOf } from "./case.js";

const OBSERVATIONS = 4096;
/** Rotation (3), centre (3), focal length (1), principal point (2), radial distortion (2), point (3), weight (1). */
const CAMERA_SCALES = [0.3, 0.3, 0.3, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.5, 0.5, 0.5, 0.1];
const CAMERA_SHIFTS = [0.5, 0.5, 0.5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 1];
const cameras = [OBSERVATIONS, CAMERA_SCALES.length];

/** @typedef {{ points: number, dimensions: number, components: number }} Mixture */

/** Weights, means, logarithms of the diagonals and what is below them, one after the other. @param {Mixture} mixture */
const parametersOf = ({ dimensions: d, components: k }) => k * (1 + d + d + (d * (d - 1)) / 2);

/**
 * Operations of the objective: for each point and component a triangular product, its squares, and logsumexp.
 * @param {Mixture} mixture
 */
const objectiveFlops = ({ points, dimensions: d, components: k }) => points * k * (d + d * (d + 1) + 2 * d + 5);

/** @param {Mixture} mixture */
const mixtureInputs = (mixture) => [
  { shape: [parametersOf(mixture)], scale: 0.5, seed: 1 },
  { shape: [mixture.points, mixture.dimensions], seed: 2 },
];

/** @param {Mixture} mixture */
const mixtureName = ({ points, dimensions, components }) =>
  `${components} Gaussians in ${dimensions} dimensions, ${points} points`;

/** @type {Mixture} */
const FOR_GRADIENT = { points: 1000, dimensions: 10, components: 5 };
/** @type {Mixture} */
const FOR_HESSIAN = { points: 200, dimensions: 2, components: 3 };
const [ROWS, FEATURES] = [1600, 20];
const hessianSize = parametersOf(FOR_HESSIAN);

/** @type {readonly import("./case.js").Case[]} */
export const objectives = [
  {
    id: `bundle adjustment Jacobian, ${OBSERVATIONS}`,
    group: "objectives",
    computes: `Jacobians of ${OBSERVATIONS} reprojection errors by camera, point and weight, 2×15 each`,
    program: "bundle adjustment",
    inputs: [
      { shape: cameras, scale: CAMERA_SCALES, shift: CAMERA_SHIFTS, seed: 1 },
      { shape: [OBSERVATIONS, 2], seed: 2 },
    ],
    // About 90 for the error and 250 for two rows of derivatives.
    work: { flops: OBSERVATIONS * 340, bytes: bytesOf([cameras, [OBSERVATIONS, 2], [OBSERVATIONS, 2, 15]]) },
    quick: true,
    tolerance: 1e-4,
  },
  {
    id: "GMM gradient",
    group: "objectives",
    computes: `gradient of the log likelihood, ${mixtureName(FOR_GRADIENT)}, ${parametersOf(FOR_GRADIENT)} parameters`,
    program: "gmm",
    params: { ...FOR_GRADIENT, derivative: "grad" },
    inputs: mixtureInputs(FOR_GRADIENT),
    work: {
      flops: 3 * objectiveFlops(FOR_GRADIENT),
      bytes: bytesOf([[FOR_GRADIENT.points, FOR_GRADIENT.dimensions], [2 * parametersOf(FOR_GRADIENT)]]),
    },
    quick: true,
    tolerance: 1e-4,
  },
  {
    id: "GMM Hessian",
    group: "objectives",
    computes: `Hessian of the log likelihood, ${mixtureName(FOR_HESSIAN)}, ${hessianSize}×${hessianSize}`,
    program: "gmm",
    params: { ...FOR_HESSIAN, derivative: "hessian" },
    inputs: mixtureInputs(FOR_HESSIAN),
    // The outer products of each point's gradient, and of its curvature.
    work: {
      flops: 2 * FOR_HESSIAN.points * hessianSize ** 2,
      bytes: bytesOf([[FOR_HESSIAN.points, FOR_HESSIAN.dimensions], [hessianSize], [hessianSize, hessianSize]]),
    },
    tolerance: 1e-4,
  },
  {
    id: `logistic regression Hessian, ${ROWS}×${FEATURES}`,
    group: "objectives",
    computes: `Hessian of the loss by ${FEATURES} weights, ${ROWS} examples`,
    program: "logistic Hessian",
    inputs: [
      { shape: [FEATURES], seed: 1 },
      { shape: [ROWS, FEATURES], seed: 2 },
      { shape: [ROWS], kind: "labels", classes: 2, seed: 3 },
    ],
    // XᵀDX, of which half by symmetry, and the logits.
    work: {
      flops: ROWS * (FEATURES * (FEATURES + 1) + FEATURES + 2 * FEATURES + 4),
      bytes: bytesOf([[FEATURES], [ROWS, FEATURES], [ROWS], [FEATURES, FEATURES]]),
    },
    quick: true,
    tolerance: 1e-4,
  },
];

/** @type {readonly import("./case.js").Case[]} */
export const factorizations = [64, 300, 1000].map((n) => ({
  id: `Cholesky ${n}`,
  group: "factorizations",
  computes: `Cholesky factor of a ${n}×${n} float32`,
  program: "cholesky",
  inputs: [{ shape: [n, n], kind: "positive definite", seed: 1 }],
  work: {
    flops: n ** 3 / 3,
    bytes: bytesOf([
      [n, n],
      [n, n],
    ]),
  },
  quick: n === 300,
}));
