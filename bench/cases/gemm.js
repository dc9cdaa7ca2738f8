/** @file Products of two square matrices. */
import { bytesOf } from "./case.js";

/**
 * @param {"float32" | "float64"} dtype @param {number} n @param {boolean} [quick]
 * @returns {import("./case.js").Case}
 */
const product = (dtype, n, quick) => ({
  id: `matmul ${dtype} ${n}`,
  group: "matrix products",
  computes: `A·B, ${n}×${n}`,
  program: "matmul",
  inputs: [1, 2].map((seed) => ({ shape: [n, n], dtype, seed })),
  work: {
    flops: 2 * n ** 3,
    bytes: bytesOf(
      [
        [n, n],
        [n, n],
        [n, n],
      ],
      dtype === "float64" ? 8 : 4,
    ),
  },
  quick,
});

/** @type {readonly import("./case.js").Case[]} */
export const gemm = [
  ...[16, 32, 64, 128, 256, 512, 1024, 2048].map((n) => product("float32", n, n === 64 || n === 256 || n === 1024)),
  ...[64, 256, 1024].map((n) => product("float64", n, n === 256)),
];
