/** @file Small tensors for the examples: uneven, rectangular, away from kinks and from the edges of domains. */
import { eye, type Tensor, tensor } from "../../../kernel/index.ts";
import { data } from "../support/data.ts";

/** Of either sign. */
export const x = data([2, 3]);
export const y = data([2, 3], { seed: 2, low: 0.3, high: 1.6 });
export const positive = data([2, 3], { seed: 3, low: 0.2, high: 1.4 });
/** Between −1 and 1. */
export const small = data([2, 3], { seed: 4, low: -0.9, high: 0.9 });
/** Between 0 and 1. */
export const share = data([2, 3], { seed: 5, low: 0.1, high: 0.9 });
/** Above 1, also when scaled a little. */
export const large = data([2, 3], { seed: 6, low: 1.3, high: 2.5 });
export const vector = data([5], { seed: 7 });
export const scalar = data([], { seed: 8, low: 0.4, high: 1.2 });
/** [3, 4] */
export const right = data([3, 4], { seed: 9 });
export const stackOf = data([2, 3, 4], { seed: 10 });
export const truth = data([2, 3], { seed: 11, low: 0, high: 2, dtype: "bool" });
export const positions = data([2, 3], { seed: 12, low: 0, high: 3, dtype: "int32" });
export const classes = tensor([2, 0], { dtype: "int32" });

/** [3, 3], far from singular, not symmetric. */
export const square = data([3, 3], { seed: 13 }).add(eye(3, { dtype: "float64" }).mul(4));
/** [3, 3], symmetric, definite, its eigenvalues apart. */
export const definite: Tensor = ((a) => a.matmul(a.transpose()).add(eye(3, { dtype: "float64" })))(
  data([3, 3], { seed: 14 }),
);
export const tall = data([4, 3], { seed: 15 });
export const rhs = data([3, 2], { seed: 16 });

/** [channels, length] and [channels, height, width], with weights for them. */
export const signal = data([2, 7], { seed: 17 });
export const image = data([2, 5, 6], { seed: 18 });
export const filter1 = data([4, 2, 3], { seed: 19 });
export const filter2 = data([4, 2, 3, 2], { seed: 20 });
