/** @file The objectives of the benchmark as one writes them with Cotangent; ../../cases/objectives.js says whose they are. */
import { concat, cross, eye, grad, hessian, jacrev, split, take, tensor, vmap, zeros } from "../../../dist/kernel.js";

/** The vector turned about the axis of `rotation`, by its length (O. Rodrigues). */
function rotated(rotation, vector) {
  const angle = rotation.square().sum().sqrt();
  const axis = rotation.div(angle);
  const cosine = angle.cos();
  return vector
    .mul(cosine)
    .add(cross(axis, vector).mul(angle.sin()))
    .add(axis.mul(axis.dot(vector).mul(cosine.neg().add(1))));
}

function reprojectionError(parameters, observed) {
  const [rotation, centre, focal, principal, radial, point, weight] = split(parameters, [3, 3, 1, 2, 2, 3, 1]);
  const seen = rotated(rotation, point.sub(centre));
  const projected = seen.slice(0, 0, 2).div(seen.slice(0, 2, 3));
  const square = projected.square().sum();
  const [k1, k2] = radial;
  const distortion = square.mul(k1).add(square.square().mul(k2)).add(1);
  return projected.mul(distortion).mul(focal).add(principal).sub(observed).mul(weight);
}

/** Where in a row of its entries below the diagonal, after a zero, each entry of a triangular matrix is. */
function lowerPositions(d) {
  const positions = [];
  let next = 1;
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) positions.push(j < i ? next++ : 0);
  return positions;
}

/** Without its constants, and with a Wishart prior of γ = 1 and m = 0. */
function mixtureObjective({ points, dimensions: d, components: k }) {
  const below = (d * (d - 1)) / 2;
  const positions = tensor(lowerPositions(d), { dtype: "int32" });
  return (parameters, x) => {
    const [alphas, means, logDiagonals, lower] = split(parameters, [k, k * d, k * d, k * below]);
    const log = logDiagonals.reshape([k, d]);
    const diagonal = log.exp();
    const triangle = concat([zeros([k, 1]), lower.reshape([k, below])], 1);
    const factors = take(triangle, positions, 1)
      .reshape([k, d, d])
      .add(diagonal.reshape([k, d, 1]).mul(eye(d)));
    const centred = x.reshape([points, 1, d]).sub(means.reshape([k, d]));
    const distances = factors
      .matmul(centred.reshape([points, k, d, 1]))
      .square()
      .sum([2, 3]);
    const terms = alphas.add(log.sum(1)).sub(distances.mul(0.5));
    const prior = diagonal.square().sum().add(lower.square().sum()).mul(0.5);
    return terms.logsumexp(1).sum().sub(alphas.logsumexp().mul(points)).add(prior);
  };
}

const logistic = (weight, x, y) => {
  const logits = x.matmul(weight);
  return logits.exp().log1p().sub(logits.mul(y)).sum();
};

export const objectives = {
  "bundle adjustment": () => vmap(jacrev(reprojectionError)),
  gmm: ({ derivative, ...mixture }) => {
    const objective = mixtureObjective(mixture);
    return derivative === "grad" ? grad(objective) : hessian(objective);
  },
  "logistic Hessian": () => hessian(logistic),
};
