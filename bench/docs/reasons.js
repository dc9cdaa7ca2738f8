/**
 * @file Why a case is slower here than elsewhere: by its identity, or by what identities begin with, and by the peer's key. What
 * stands nowhere here is printed as "unexplained".
 */

const WIDE_VECTORS = "its BLAS has vectors of 8 to 16 float32 (AVX2, AVX-512), WebAssembly of 4";

/** @type {readonly { cases: string, peers: readonly string[], reason: string }[]} */
export const reasons = [
  { cases: "matmul", peers: ["numpy", "pytorch", "pytorch, 1 thread"], reason: WIDE_VECTORS },
  {
    cases: "exp x",
    peers: ["numpy", "pytorch", "pytorch, 1 thread"],
    reason: "vectors of 8 to 16 float32 (AVX2, AVX-512), WebAssembly of 4",
  },
  ...["MLP", "LSTM"].map((cases) => ({
    cases,
    peers: ["numpy", "pytorch", "pytorch, 1 thread"],
    reason: "nearly all of it is products of matrices, and its BLAS has vectors of 8 to 16 float32",
  })),
  {
    cases: "Cholesky",
    peers: ["numpy", "pytorch", "pytorch, 1 thread"],
    reason: "its LAPACK stands on a BLAS with vectors of 8 to 16 float32, WebAssembly has 4",
  },
];

/** @param {string} id @param {string} peer */
export const reasonFor = (id, peer) =>
  reasons.find(({ cases, peers }) => id.startsWith(cases) && peers.includes(peer))?.reason ?? "unexplained";
