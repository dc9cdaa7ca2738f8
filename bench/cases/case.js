/**
 * @file What a case of the benchmark is. The sides (../peers) know programs by name: a program takes the inputs, which
 * each side draws for itself, and the parameters.
 */

/**
 * @typedef {{ flops: number, bytes: number }} Work
 * @typedef {{
 *   id: string,
 *   group: string,
 *   computes: string,
 *   program: string,
 *   params?: Record<string, unknown>,
 *   inputs: readonly import("../draws.js").Draw[],
 *   work: Work,
 *   quick?: boolean,
 *   tolerance?: number }} Case
 * `work` is per call: `flops` are additions and multiplications that the mathematics asks for when nothing is done twice,
 * with a function such as tanh counted as one; `bytes` are those of inputs and results, each once. `tolerance` is relative
 * to the norm of a result.
 */

/** Bytes of arrays of float32 (or another width) of these shapes. @param {readonly (readonly number[])[]} shapes */
export const bytesOf = (shapes, width = 4) =>
  shapes.reduce((sum, shape) => sum + width * shape.reduce((product, extent) => product * extent, 1), 0);

/** `1 k`, `16 M`: powers of two, as memory is counted. @param {number} n */
export function countName(n) {
  if (n >= 2 ** 20) return `${n / 2 ** 20} M`;
  return n >= 1024 ? `${n / 1024} k` : `${n}`;
}
