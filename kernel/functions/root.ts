/** @file The root that norms end with. Kept out of the public functions: it is no function of its own. */
import type { Tensor } from "../tensor.ts";
import { where } from "./choice.ts";

/**
 * A power from 0 to 1 of what is not negative, with derivative 0 at 0: of the slopes that a norm has there, the one that
 * does not make a gradient NaN, as in PyTorch.
 */
export function rootOrZero(x: Tensor, power = 0.5): Tensor {
  const zero = x.eq(0);
  return where(zero, 0, where(zero, 1, x).pow(power));
}
