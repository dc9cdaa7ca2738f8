/** @file Host kernels: JavaScript that works on views of whole buffers. */
import type { TypedArray } from "../../dtype.ts";
import type { HostKernel } from "../../loops/ir.ts";
import type { FunctionBuilder } from "./code/function.ts";
import { workspaceOpener } from "./linalg/workspace.ts";
import type { Target } from "./nests/point.ts";

/** `viewOf` gives the current view of a buffer. */
export function compileHost(
  target: Target,
  kernel: HostKernel,
  viewOf: (buffer: number) => TypedArray,
  entry: FunctionBuilder,
): void {
  const open = workspaceOpener(target.module.fused);
  const routine = target.module.import([], [], () => {
    kernel.run(kernel.inputs.map(viewOf), kernel.outputs.map(viewOf), open);
    return undefined;
  });
  entry.call(routine);
}
