/** @file The objectives of the benchmark in jax-js; ../../cases/objectives.js says whose they are. */
import { nn, numpy as np } from "@jax-js/jax";

function rotated(rotation, vector) {
  const angle = np.sqrt(np.square(rotation.ref).sum());
  const axis = rotation.div(angle.ref);
  const cosine = np.cos(angle.ref);
  const along = axis.ref.mul(vector.ref).sum().mul(np.subtract(1, cosine.ref));
  return vector.ref
    .mul(cosine)
    .add(np.cross(axis.ref, vector).mul(np.sin(angle)))
    .add(axis.mul(along));
}

export function reprojectionError(parameters, observed) {
  const [rotation, centre, focal, principal, radial, point, weight] = parts(parameters, [3, 3, 1, 2, 2, 3, 1]);
  const seen = rotated(rotation, point.sub(centre));
  const projected = seen.ref.slice([0, 2]).div(seen.slice([2, 3]));
  const square = np.square(projected.ref).sum();
  const [k1, k2] = [radial.ref.slice(0), radial.slice(1)];
  const distortion = square.ref.mul(k1).add(np.square(square).mul(k2)).add(1);
  return projected.mul(distortion).mul(focal).add(principal).sub(observed).mul(weight);
}

/** Parts of a vector of these extents. */
function parts(vector, extents) {
  let start = 0;
  const cut = extents.map((extent) => {
    start += extent;
    return vector.ref.slice([start - extent, start]);
  });
  vector.dispose();
  return cut;
}

/** For each entry below the diagonal the place in the matrix where it goes, as a matrix of zeros and ones. */
function placing(d) {
  const below = (d * (d - 1)) / 2;
  const data = new Float32Array(below * d * d);
  let next = 0;
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) data[next++ * d * d + i * d + j] = 1;
  return np.array(data).reshape([below, d * d]);
}

export function mixtureObjective({ points, dimensions: d, components: k }) {
  const below = (d * (d - 1)) / 2;
  const places = placing(d);
  const eye = np.eye(d);
  return (parameters, x) => {
    const [alphas, means, logDiagonals, lower] = parts(parameters, [k, k * d, k * d, k * below]);
    const log = logDiagonals.reshape([k, d]);
    const diagonal = np.exp(log.ref);
    const factors = np
      .matmul(lower.ref.reshape([k, below]), places.ref)
      .reshape([k, d, d])
      .add(diagonal.ref.reshape([k, d, 1]).mul(eye.ref));
    // A product per component; np.einsum would need iterator helpers, which Node 20 does not have.
    const centred = x.reshape([1, points, d]).sub(means.reshape([k, 1, d]));
    const distances = np.square(np.matmul(centred, np.matrixTranspose(factors))).sum(2);
    const terms = alphas.ref.add(log.sum(1)).reshape([k, 1]).sub(distances.mul(0.5));
    const prior = np.square(diagonal).sum().add(np.square(lower).sum()).mul(0.5);
    return nn.logsumexp(terms, 0).sum().sub(nn.logsumexp(alphas).mul(points)).add(prior);
  };
}

export function logistic(weight, x, y) {
  const logits = np.dot(x, weight);
  return np.log1p(np.exp(logits.ref)).sub(logits.mul(y)).sum();
}
