/**
 * @file Values that follow from the file and from shapes are computed at once, one operation after the other: they decide
 * shapes, so they must be known while a transform or `jit` runs the model, and compiling a program for each would take long.
 */
import { capture, graphOf } from "../../graph/graph.ts";
import { constantNode } from "../../graph/node.ts";
import { interpret } from "../../interpret.ts";
import { requireHost } from "../../remote.ts";
import { Tensor } from "../../tensor.ts";

/** What decides shapes is small; larger values, such as a transposed weight, are left to the program that reads them. */
const LARGEST = 4096;

export const isSmall = (...tensors: readonly Tensor[]): boolean => tensors.every(({ size }) => size <= LARGEST);

/** The same tensor with its value. */
export function folded(x: Tensor): Tensor {
  if (x.node.value !== null) return x;
  const cut = capture([x.node]);
  const [{ data }] = interpret(
    graphOf(cut),
    cut.leaves.map(({ value }) => requireHost(value!, "an ONNX model")),
  );
  const { shape, dtype } = x;
  return new Tensor(constantNode({ shape, dtype }, data));
}
