/**
 * @file Why a case is slower here than elsewhere: by its identity, or by what identities begin with, and by the peer's key. What
 * stands nowhere here is printed as "unexplained".
 */

const WIDE_VECTORS =
  "its BLAS multiplies eight to sixteen numbers per instruction (AVX2, AVX-512) where WebAssembly has four float32 or two float64";

/** @type {readonly { cases: string, peers: readonly string[], reason: string }[]} */
export const reasons = [
  { cases: "matmul", peers: ["numpy", "pytorch", "pytorch, 1 thread"], reason: WIDE_VECTORS },
  { cases: "MLP", peers: ["numpy", "pytorch", "pytorch, 1 thread"], reason: WIDE_VECTORS },
  { cases: "LSTM", peers: ["numpy", "pytorch", "pytorch, 1 thread"], reason: WIDE_VECTORS },
  { cases: "Cholesky", peers: ["numpy", "pytorch", "pytorch, 1 thread"], reason: WIDE_VECTORS },
];

/** @param {string} id @param {string} peer */
export const reasonFor = (id, peer) =>
  reasons.find(({ cases, peers }) => id.startsWith(cases) && peers.includes(peer))?.reason ?? "unexplained";
