/**
 * @file The inputs of a case, drawn alike in JavaScript and in Python (peers/draws.py), so that no side needs another's
 * numbers: each entry is a hash of its position, so that sixteen million of them can be drawn in any order.
 */

/**
 * @typedef {"float32" | "float64" | "int32"} DType
 * @typedef {"uniform" | "labels" | "positive definite"} Kind
 * @typedef {{
 *   shape: readonly number[], dtype?: DType, kind?: Kind, scale?: number | readonly number[],
 *   shift?: number | readonly number[], classes?: number, seed?: number }} Draw
 * `uniform` is in [−1, 1) times `scale` plus `shift`, which may differ along the last axis; `labels` are integers below `classes`; `positive definite` is a
 * symmetric matrix with a heavy diagonal.
 */

/** @param {readonly number[]} shape */
export const sizeOf = (shape) => shape.reduce((product, extent) => product * extent, 1);

/** A mixing of 32 bits without visible pattern: "lowbias32" of Chris Wellons' hash prospector. @param {number} x */
function mixed(x) {
  let bits = x;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** 24 bits, so that a float32 holds it. @param {number} hash */
const unit = (hash) => (hash >>> 8) / 2 ** 23 - 1;

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array };

/** @param {Draw} draw */
function entries({ shape, dtype = "float32", kind = "uniform", scale = 1, shift = 0, classes = 0, seed = 0 }) {
  const data = new ARRAYS[dtype](sizeOf(shape));
  const start = Math.imul(seed + 1, 0x9e3779b9);
  if (kind === "labels") for (let i = 0; i < data.length; i++) data[i] = mixed(start + i) % classes;
  else if (kind === "uniform") {
    const [scales, shifts] = [[scale].flat(), [shift].flat()];
    for (let i = 0; i < data.length; i++) {
      data[i] = unit(mixed(start + i)) * scales[i % scales.length] + shifts[i % shifts.length];
    }
  } else {
    const [n] = shape;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const position = Math.min(i, j) * n + Math.max(i, j);
        data[i * n + j] = unit(mixed(start + position)) + (i === j ? n : 0);
      }
    }
  }
  return data;
}

/** The last case's, as the next often has the same. @type {Map<string, ReturnType<typeof entries>>} */
let last = new Map();

/** The entries of all inputs of a case; nobody writes to them. @param {readonly Draw[]} draws */
export function drawn(draws) {
  const now = new Map();
  const all = draws.map((draw) => {
    const key = JSON.stringify({ ...draw, shape: draw.kind === "positive definite" ? draw.shape : sizeOf(draw.shape) });
    if (!now.has(key)) now.set(key, last.get(key) ?? entries(draw));
    return now.get(key);
  });
  last = now;
  return all;
}
