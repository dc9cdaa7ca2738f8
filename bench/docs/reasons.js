/**
 * @file Why a case is slower here than elsewhere: by its identity, or by what identities begin with, and by the peer's key. What
 * stands nowhere here is printed as "unexplained".
 */

const WIDE_VECTORS = "its BLAS has vectors of 8 to 16 float32 (AVX2, AVX-512), WebAssembly of 4";

const OF_FUNCTIONS = "vectors of 8 to 16 float32 (AVX2, AVX-512), WebAssembly of 4";
const OF_MEMORY =
  "bound by memory: the row swings between runs by more than this; loads and stores of 32 or 64 bytes help";
const A_CALL = "a call from JavaScript, with its tensor, costs 2 µs whatever it does; the kernel is the limit's";
const EVERYBODY = ["numpy", "pytorch", "pytorch, 1 thread", "jax-js", "tfjs"];
const WITH_WIDE_VECTORS = ["numpy", "pytorch", "pytorch, 1 thread"];

/** @type {readonly { cases: string, peers: readonly string[], reason: string }[]} */
export const reasons = [
  ...["x + y, 1 k", "sum, 1 k", "max, 1 k", "sum along columns, 1 k"].map((cases) => ({
    cases,
    peers: EVERYBODY,
    reason: A_CALL,
  })),
  ...["x + y", "sum, 1", "sum along rows, 1", "max, 16 M"].map((cases) => ({
    cases,
    peers: EVERYBODY,
    reason: OF_MEMORY,
  })),
  ...["tanh", "sum", "max", "logsumexp"].map((cases) => ({ cases, peers: WITH_WIDE_VECTORS, reason: OF_FUNCTIONS })),
  {
    cases: "softmax 1024×1024",
    peers: EVERYBODY,
    reason: "PyTorch has vectors of 8 to 16 float32; why TensorFlow.js is was not found out: ours is at our limit",
  },
  {
    cases: "conv2d",
    peers: WITH_WIDE_VECTORS,
    reason: "oneDNN's kernels have vectors of 8 to 16 float32; ours runs at the rate of our matrix product",
  },
  { cases: "matmul", peers: WITH_WIDE_VECTORS, reason: WIDE_VECTORS },
  { cases: "exp x", peers: WITH_WIDE_VECTORS, reason: OF_FUNCTIONS },
  ...["MLP", "LSTM"].map((cases) => ({
    cases,
    peers: WITH_WIDE_VECTORS,
    reason: "nearly all of it is products of matrices, and its BLAS has vectors of 8 to 16 float32",
  })),
  {
    cases: "Cholesky",
    peers: WITH_WIDE_VECTORS,
    reason: "its LAPACK stands on a BLAS with vectors of 8 to 16 float32, WebAssembly has 4",
  },
];

/** @param {string} id @param {string} peer */
export const reasonFor = (id, peer) =>
  reasons.find(({ cases, peers }) => id.startsWith(cases) && peers.includes(peer))?.reason ?? "unexplained";
