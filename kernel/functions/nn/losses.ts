/** @file What all losses share: how two tensors are compared, and how losses of entries become one number. */
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import { sameShape } from "../../shape.ts";
import { Tensor, type TensorLike } from "../../tensor.ts";
import { floatingOperand, operand } from "../operands.ts";

export interface LossOptions {
  /** How the losses of the entries become one number: their mean (default), their sum, or "none" to keep them all. */
  readonly reduction?: "mean" | "sum" | "none";
}

/** Losses of entries as what the options ask for. */
export function reduced(name: string, losses: Tensor, { reduction = "mean" }: LossOptions): Tensor {
  switch (reduction) {
    case "mean":
      return losses.mean();
    case "sum":
      return losses.sum();
    case "none":
      return losses;
    default:
      throw new ArgumentError(
        `${name}: there is no reduction ${JSON.stringify(reduction)} of losses of shape ${showShape(losses.shape)}; expected "mean", "sum" or "none".`,
      );
  }
}

/** Both as tensors of one shape: that `[n]` and `[n, 1]` would broadcast to `[n, n]` is never what is wanted. */
export function compared(name: string, input: Tensor, target: TensorLike): [Tensor, TensorLike] {
  const value = new Tensor(floatingOperand(name, input));
  operand(name, target);
  if (target instanceof Tensor && !sameShape(target.shape, value.shape)) {
    throw new ShapeError(
      `${name}: expected a target of the input's shape ${showShape(value.shape)}, got ${showShape(target.shape)}. ` +
        "Reshape one of them.",
    );
  }
  return [value, target];
}
