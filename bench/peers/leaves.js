/** @file The tensors in what a program of Cotangent's gives back. */

export const leaves = (result) => (Array.isArray(result) ? result.flatMap(leaves) : [result]);
