/**
 * @file What is measured: the derivatives of the tutorial on Jacobians, at its sizes. A peer (ours.js, pytorch.py) gets
 * a case as JSON, draws weight [dout, din], bias [dout] and x [din] or [batch, din] after seed 0, in this order, divides
 * the weight by √din and differentiates `predict(weight, bias, x) = tanh(weight · x + bias)`; the case `hvp` is of
 * sum(sin(x)) instead. Undivided weights saturate tanh at the larger sizes, and results that are nearly all rounding
 * error cannot be compared.
 *
 * `needed` counts the multiplications that the closed form takes, the forward pass included, `dense` those of pushing
 * an identity matrix through the derivative; both leave out what is of lower order.
 */

/**
 * @typedef {{
 *   id: string, transform: "jacrev" | "jacfwd" | "hessian" | "vmap(vjp)" | "vmap(jacrev)" | "vmap(hessian)" | "hvp",
 *   argnums: number | number[], din: number, dout: number, batch?: number, needed: number, dense: number }} Case
 */

/**
 * @param {string} id
 * @param {"jacrev" | "jacfwd" | "vmap(vjp)"} transform
 * @param {number} din
 * @param {number} dout
 * @returns {Case}
 */
function jacobian(id, transform, din, dout) {
  const forward = din * dout;
  const seeds = transform === "jacfwd" ? din : dout;
  return { id, transform, argnums: 2, din, dout, needed: 2 * forward, dense: forward + seeds * forward };
}

/**
 * Of all second derivatives only those with i ≤ j are computed, then mirrored.
 * @param {string} id
 * @param {number} din
 * @param {number} dout
 * @returns {Case}
 */
function hessian(id, din, dout) {
  const forward = din * dout;
  const needed = 2 * forward + (forward * (din + 1)) / 2;
  // Forward over reverse: a product with the weight per output for the Jacobian, and again per output and input.
  const dense = forward + dout * forward + din * (forward + dout * forward);
  return { id, transform: "hessian", argnums: 2, din, dout, needed, dense };
}

/**
 * @param {Case} single
 * @param {"vmap(jacrev)" | "vmap(hessian)"} transform
 * @param {number} batch
 * @returns {Case}
 */
const batched = (single, transform, batch) => ({
  ...single,
  transform,
  batch,
  needed: batch * single.needed,
  dense: batch * single.dense,
});

/** @type {readonly Case[]} */
export const cases = [
  jacobian("jacrev 16→16", "jacrev", 16, 16),
  jacobian("vmap(vjp)(eye) 16→16", "vmap(vjp)", 16, 16),
  jacobian("jacfwd 32→2048", "jacfwd", 32, 2048),
  jacobian("jacrev 32→2048", "jacrev", 32, 2048),
  jacobian("jacfwd 2048→32", "jacfwd", 2048, 32),
  jacobian("jacrev 2048→32", "jacrev", 2048, 32),
  hessian("hessian 16→16", 16, 16),
  batched(jacobian("vmap(jacrev) 64 × 31→33", "jacrev", 31, 33), "vmap(jacrev)", 64),
  batched(hessian("vmap(hessian) 64 × 31→33", 31, 33), "vmap(hessian)", 64),
  {
    id: "jacrev weight, bias 16→16",
    transform: "jacrev",
    argnums: [0, 1],
    din: 16,
    dout: 16,
    needed: 2 * 16 * 16,
    dense: 16 * 16 + 16 * 16 * 16,
  },
  { id: "hvp 2048", transform: "hvp", argnums: 0, din: 2048, dout: 1, needed: 2048, dense: 2048 },
  hessian("hessian 512→32", 512, 32),
];
