/** @file How much a program does: what its kernels multiply, evaluate and move. An account of the code, not a measurement. */
import { bytesPerElement } from "../dtype.ts";
import type { Expr, Kernel, LoopProgram } from "../loops/ir.ts";
import { buffersRead, buffersWritten, inOrder, nestRoots, operands, pointsOf } from "../loops/walk.ts";
import { sizeOf } from "../shape.ts";

export interface Work {
  /** Multiplications and divisions of floating numbers. */
  readonly multiplications: number;
  /** Evaluations of exp, sin, pow and the like. */
  readonly functions: number;
  /** Bytes of the buffers that are read and written, each counted once per kernel. */
  readonly bytes: number;
}

export interface KernelWork extends Work {
  /** What it is: "map 2×3", "dot 4×5·5×6". */
  readonly name: string;
  /** Of a loop or branch, what it contains. */
  readonly inside: readonly KernelWork[];
}

const NOTHING: Work = { multiplications: 0, functions: 0, bytes: 0 };
const CHEAP = new Set(["neg", "abs", "sign", "floor", "ceil", "round", "trunc", "not", "isNaN", "isFinite"]);
const times = (extents: readonly number[]): string => (extents.length === 0 ? "1" : extents.join("×"));

const total = (parts: readonly Work[]): Work =>
  parts.reduce(
    (sum, part) => ({
      multiplications: sum.multiplications + part.multiplications,
      functions: sum.functions + part.functions,
      bytes: sum.bytes + part.bytes,
    }),
    NOTHING,
  );

/**
 * An expression is evaluated once per point of the loops that it varies along; around the others it is hoisted.
 * @param kept the number of loops around a reduction: what uses a finished sum is computed at each of their points
 */
function expressionWork(roots: readonly Expr[], extents: readonly number[], kept = 0): Work {
  const varying = new Map<Expr, Set<number>>();
  let [multiplications, functions] = [0, 0];
  for (const e of inOrder(roots)) {
    const along = new Set<number>();
    if (e.kind === "load" || e.kind === "iota") {
      e.index.strides.forEach((stride, v) => {
        if (stride !== 0) along.add(v);
      });
    }
    if (e.kind === "accumulator") for (let v = 0; v < kept; v++) along.add(v);
    for (const operand of operands(e)) for (const v of varying.get(operand)!) along.add(v);
    varying.set(e, along);
    const points = [...along].reduce((product, v) => product * extents[v], 1);
    const floating = e.dtype === "float32" || e.dtype === "float64";
    if (e.kind === "binary" && floating && (e.fn === "mul" || e.fn === "div")) multiplications += points;
    else if (e.kind === "binary" && (e.fn === "pow" || e.fn === "atan2" || e.fn === "zeta")) functions += points;
    else if (e.kind === "unary" && !CHEAP.has(e.fn)) functions += points;
  }
  return { multiplications, functions, bytes: 0 };
}

function kernelWork(kernel: Kernel, program: LoopProgram): KernelWork {
  const bytes = [...buffersRead(kernel), ...buffersWritten(kernel)].reduce((sum, buffer) => {
    const { dtype, size } = program.buffers[buffer];
    return sum + size * bytesPerElement(dtype);
  }, 0);
  const inside = (kernels: readonly Kernel[]): KernelWork[] => kernels.map((each) => kernelWork(each, program));
  switch (kernel.kind) {
    case "map":
      return {
        ...expressionWork(nestRoots(kernel), kernel.extents),
        bytes,
        name: `map ${times(kernel.extents)}`,
        inside: [],
      };
    case "reduce": {
      const extents = [...kernel.extents, ...kernel.reduceExtents];
      const name = `${kernel.op} over ${times(kernel.reduceExtents)} of ${times(extents)}`;
      const work = expressionWork(nestRoots(kernel), extents, kernel.extents.length);
      const products = kernel.op === "prod" && kernel.value.dtype.startsWith("float") ? sizeOf(extents) : 0;
      return { ...work, multiplications: work.multiplications + products, bytes, name, inside: [] };
    }
    case "rows": {
      const parts = inside(kernel.kernels);
      const rows = sizeOf(kernel.kernels[0].extents.slice(0, kernel.lead));
      return { ...total(parts), bytes, name: `${parts.length} kernels, row by row of ${rows}`, inside: parts };
    }
    case "dot": {
      const lead = kernel.batch.length === 0 ? "" : `${times(kernel.batch.map(({ extent }) => extent))} of `;
      const [batch, m, n, k] = [kernel.batch, kernel.m, kernel.n, kernel.k].map(pointsOf);
      const name = `matmul ${lead}${m}×${k} · ${k}×${n}`;
      return { multiplications: batch * m * n * k, functions: 0, bytes, name, inside: [] };
    }
    case "host":
      return { ...NOTHING, bytes, name: kernel.name, inside: [] };
    case "loop": {
      const parts = inside(kernel.body);
      if (typeof kernel.times !== "number") {
        const all = [...inside(kernel.times.kernels), ...parts];
        return { ...total(all), name: "loop while a test holds, per iteration", inside: all };
      }
      const once = total(parts);
      return {
        multiplications: kernel.times * once.multiplications,
        functions: kernel.times * once.functions,
        bytes: kernel.times * once.bytes,
        name: `loop ${kernel.times} times`,
        inside: parts,
      };
    }
    case "branch": {
      const sides = [inside(kernel.yes), inside(kernel.no)];
      const [a, b] = sides.map(total);
      const larger = a.multiplications + a.functions >= b.multiplications + b.functions ? a : b;
      return { ...larger, name: "branch, the larger side", inside: sides.flat() };
    }
  }
}

/** What each kernel does, in order. */
export const workOf = (program: LoopProgram): KernelWork[] =>
  program.kernels.map((kernel) => kernelWork(kernel, program));

export const totalWork = (kernels: readonly KernelWork[]): Work => total(kernels);
