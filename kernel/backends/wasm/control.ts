/** @file Loops around kernels, and branches: each in a function of its own, which calls those of the kernels inside. */
import { bytesPerElement } from "../../dtype.ts";
import type { BranchKernel, Copy, Kernel, LoopKernel, Moving } from "../../loops/ir.ts";
import type { FunctionBuilder } from "./code/function.ts";
import type { MemoryOp } from "./code/opcodes.ts";
import { pushAddress } from "./memory/placed.ts";
import type { Target } from "./nests/point.ts";

type CompileKernel = (kernel: Kernel, entry: FunctionBuilder) => void;

/** Copies of so many bytes are one load and one store. */
const SINGLE: Readonly<Record<number, readonly [MemoryOp, MemoryOp]>> = {
  1: ["i32.load8_u", "i32.store8"],
  4: ["i32.load", "i32.store"],
  8: ["f64.load", "f64.store"],
  16: ["v128.load", "v128.store"],
};

/** @param iteration local with the number of iterations before this one; without one nothing moves */
function copyCode(f: FunctionBuilder, { buffers }: Target, { from, to, size }: Copy, iteration?: number): void {
  const bytes = size * bytesPerElement(buffers[to.buffer].dtype);
  if (bytes === 0) return;
  const address = ({ buffer, offset, advance }: Moving): void => {
    const element = bytesPerElement(buffers[buffer].dtype);
    pushAddress(f, buffers[buffer], offset * element);
    if (advance === 0 || iteration === undefined) return;
    f.get(iteration)
      .i32(advance * element)
      .op("i32.mul")
      .op("i32.add");
  };
  address(to);
  address(from);
  const single = SINGLE[bytes];
  if (single === undefined) f.i32(bytes).copyMemory();
  else f.memory(single[0]).memory(single[1]);
}

export function compileLoop(target: Target, kernel: LoopKernel, compile: CompileKernel, entry: FunctionBuilder): void {
  const { times, before, body, after } = kernel;
  if (times === 0) return;
  const f = target.module.define([], []);
  const iteration = f.local("i32");
  const iterate = (): void => {
    for (const copy of before) copyCode(f, target, copy, iteration);
    for (const each of body) compile(each, f);
    for (const copy of after) copyCode(f, target, copy, iteration);
    f.get(iteration).i32(1).op("i32.add").tee(iteration);
  };
  f.i32(0).set(iteration);
  if (typeof times === "number") {
    f.loop(() => {
      iterate();
      f.i32(times).op("i32.lt_s").branchIf(0);
    });
  } else {
    f.block(() => {
      f.loop(() => {
        for (const each of times.kernels) compile(each, f);
        pushAddress(f, target.buffers[times.test]);
        f.memory("i32.load8_u").op("i32.eqz").branchIf(1);
        iterate();
        f.op("drop").branch(0);
      });
    });
  }
  entry.call(f);
}

export function compileBranch(
  target: Target,
  { test, yes, no }: BranchKernel,
  compile: CompileKernel,
  entry: FunctionBuilder,
): void {
  const side = (kernels: readonly Kernel[]): FunctionBuilder => {
    const f = target.module.define([], []);
    for (const each of kernels) compile(each, f);
    return f;
  };
  const [whenTrue, whenFalse] = [side(yes), side(no)];
  pushAddress(entry, target.buffers[test]);
  entry.memory("i32.load8_u");
  entry.if(
    () => entry.call(whenTrue),
    () => entry.call(whenFalse),
  );
}
