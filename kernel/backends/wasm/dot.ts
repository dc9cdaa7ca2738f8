/** @file Dot kernels. */
import type { DotKernel, Expr, ReduceKernel } from "../../loops/ir.ts";
import type { FunctionBuilder } from "./function.ts";
import type { Target } from "./point.ts";
import { compileReduce } from "./reduce.ts";

export function compileDot(target: Target, kernel: DotKernel, entry: FunctionBuilder): void {
  compileReduce(target, asReduction(kernel), entry);
}

/** The same as a sum of products. */
function asReduction({ dtype, a, b, out, batch, m, n, k }: DotKernel): ReduceKernel {
  const dimensions = [...batch, m, n, k];
  const load = (operand: "a" | "b", { buffer, offset }: DotKernel["a"]): Expr => ({
    kind: "load",
    dtype,
    buffer,
    index: { offset, strides: dimensions.map((dimension) => dimension[operand]) },
  });
  return {
    kind: "reduce",
    op: "sum",
    extents: [...batch, m, n].map(({ extent }) => extent),
    reduceExtents: [k.extent],
    value: { kind: "binary", dtype, fn: "mul", x: load("a", a), y: load("b", b) },
    stores: [
      {
        buffer: out.buffer,
        index: { offset: out.offset, strides: [...batch, m, n].map((dimension) => dimension.out) },
        value: { kind: "accumulator", dtype },
      },
    ],
  };
}
