/** @file Runs a loop program by plain evaluation, point by point: the oracle for generated code. */
import { allocate, type DType, type TypedArray, viewOf } from "../../../kernel/dtype.ts";
import type {
  Copy,
  DotDimension,
  DotKernel,
  Expr,
  Index,
  Kernel,
  LoopKernel,
  LoopProgram,
  ReduceKernel,
  Store,
} from "../../../kernel/loops/ir.ts";
import { binaryFunctions, unaryFunctions } from "../../../kernel/loops/scalar.ts";

/** Calls `at` for each point, row-major. */
function forEachPoint(extents: readonly number[], at: (point: number[]) => void): void {
  const point = extents.map(() => 0);
  const visit = (depth: number): void => {
    if (depth === extents.length) at(point);
    else for (point[depth] = 0; point[depth] < extents[depth]; point[depth]++) visit(depth + 1);
  };
  visit(0);
}

function round(dtype: DType, value: number): number {
  if (dtype === "float32") return Math.fround(value);
  if (dtype === "int32") return value | 0;
  return value;
}

function cast(from: DType, to: DType, value: number): number {
  if (to === "bool") return value !== 0 ? 1 : 0;
  if (to !== "int32") return round(to, value);
  if (from === "int32" || from === "bool" || Number.isNaN(value)) return Number.isNaN(value) ? 0 : value;
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value)) | 0;
}

class Evaluation {
  readonly #buffers: readonly TypedArray[];
  readonly #known = new Map<Expr, number>();
  point: readonly number[] = [];
  accumulator = 0;

  constructor(buffers: readonly TypedArray[]) {
    this.#buffers = buffers;
  }

  /** To be called when the point or what the buffers hold has changed. */
  forget(): void {
    this.#known.clear();
  }

  position(index: Index): number {
    let at = index.offset;
    for (const [i, stride] of index.strides.entries()) if (stride !== 0) at += stride * this.point[i];
    for (const part of index.dynamic ?? []) at += part.stride * this.value(part.value);
    return at;
  }

  value(e: Expr): number {
    const known = this.#known.get(e);
    if (known !== undefined) return known;
    const value = this.#evaluate(e);
    this.#known.set(e, value);
    return value;
  }

  #evaluate(e: Expr): number {
    switch (e.kind) {
      case "load": {
        const at = this.position(e.index);
        const buffer = this.#buffers[e.buffer];
        if (!(at >= 0 && at < buffer.length)) throw new RangeError(`load ${at} of buffer ${e.buffer}`);
        return buffer[at];
      }
      case "const":
        return round(e.dtype, e.value);
      case "iota":
        return this.position(e.index);
      case "unary":
        return round(e.dtype, unaryFunctions[e.fn](this.value(e.x)));
      case "binary": {
        const [x, y] = [this.value(e.x), this.value(e.y)];
        // A product of two int32 may exceed the integers that a double holds.
        if (e.dtype === "int32" && e.fn === "mul") return Math.imul(x, y);
        return round(e.dtype, binaryFunctions[e.fn](x, y));
      }
      case "select":
        return this.value(e.test) ? this.value(e.yes) : this.value(e.no);
      case "cast":
        return cast(e.x.dtype, e.dtype, this.value(e.x));
      case "accumulator":
        return this.accumulator;
    }
  }

  store(stores: readonly Store[]): void {
    const writes = stores.map((s) => ({ s, at: this.position(s.index), value: this.value(s.value) }));
    for (const { s, at, value } of writes) {
      const buffer = this.#buffers[s.buffer];
      if (!(at >= 0 && at < buffer.length)) throw new RangeError(`store ${at} of buffer ${s.buffer}`);
      buffer[at] = s.accumulate ? buffer[at] + value : value;
    }
  }
}

const NEUTRAL = { sum: 0, prod: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY } as const;

function combine(op: ReduceKernel["op"], dtype: DType, x: number, y: number): number {
  if (dtype === "bool") return op === "sum" || op === "max" ? x | y : x & y;
  if (op === "sum") return dtype === "int32" ? (x + y) | 0 : x + y;
  if (op === "prod") return dtype === "int32" ? Math.imul(x, y) : x * y;
  return op === "max" ? Math.max(x, y) : Math.min(x, y);
}

function reduce(kernel: ReduceKernel, buffers: readonly TypedArray[]): void {
  const { dtype } = kernel.value;
  const at = new Evaluation(buffers);
  forEachPoint(kernel.extents, (outer) => {
    let folded: number = NEUTRAL[kernel.op];
    if (dtype === "int32" || dtype === "bool")
      folded = cast("float64", dtype, Math.max(folded, dtype === "bool" ? 0 : folded));
    forEachPoint(kernel.reduceExtents, (inner) => {
      at.point = [...outer, ...inner];
      at.forget();
      folded = combine(kernel.op, dtype, folded, at.value(kernel.value));
    });
    at.point = outer;
    at.accumulator = round(dtype, folded);
    at.forget();
    at.store(kernel.stores);
  });
}

function dot({ a, b, out, batch, m, n, k }: DotKernel, buffers: readonly TypedArray[]): void {
  const kept = [...batch, ...m, ...n];
  const [x, y, z] = [a, b, out].map(({ buffer }) => buffers[buffer]);
  const place = (dimensions: readonly DotDimension[], point: readonly number[], operand: "a" | "b" | "out") =>
    dimensions.reduce((sum, dimension, i) => sum + dimension[operand] * point[i], { a, b, out }[operand].offset);
  const extents = (dimensions: readonly DotDimension[]) => dimensions.map(({ extent }) => extent);
  forEachPoint(extents(kept), (point) => {
    let sum = 0;
    forEachPoint(extents(k), (inner) => {
      const at = [...point, ...inner];
      sum += x[place([...kept, ...k], at, "a")] * y[place([...kept, ...k], at, "b")];
    });
    z[place(kept, point, "out")] = sum;
  });
}

function run(kernel: Kernel, buffers: readonly TypedArray[]): void {
  switch (kernel.kind) {
    case "map": {
      const at = new Evaluation(buffers);
      forEachPoint(kernel.extents, (point) => {
        at.point = point;
        at.forget();
        at.store(kernel.stores);
      });
      return;
    }
    case "reduce":
      reduce(kernel, buffers);
      return;
    case "rows":
      for (const each of kernel.kernels) run(each, buffers);
      return;
    case "dot":
      dot(kernel, buffers);
      return;
    case "host":
      kernel.run(
        kernel.inputs.map((id) => buffers[id]),
        kernel.outputs.map((id) => buffers[id]),
      );
      return;
    case "loop":
      loop(kernel, buffers);
      return;
    case "branch":
      for (const each of buffers[kernel.test][0] ? kernel.yes : kernel.no) run(each, buffers);
  }
}

function loop({ times, before, body, after }: LoopKernel, buffers: readonly TypedArray[]): void {
  const goesOn = (iteration: number): boolean => {
    if (typeof times === "number") return iteration < times;
    for (const each of times.kernels) run(each, buffers);
    return buffers[times.test][0] !== 0;
  };
  for (let i = 0; goesOn(i); i++) {
    const copy = ({ from, to, size }: Copy): void => {
      const start = from.offset + i * from.advance;
      buffers[to.buffer].set(buffers[from.buffer].slice(start, start + size), to.offset + i * to.advance);
    };
    before.forEach(copy);
    for (const each of body) run(each, buffers);
    after.forEach(copy);
  }
}

/** What `program` gives for `inputs`; buffers share bytes as the program says. */
export function interpret(program: LoopProgram, inputs: readonly TypedArray[]): TypedArray[] {
  const arena = new ArrayBuffer(program.arenaBytes);
  const buffers = program.buffers.map(({ dtype, size, offset }) => viewOf(dtype, arena, offset, size));
  for (const [i, id] of program.inputs.entries()) buffers[id].set(inputs[i]);
  for (const kernel of program.kernels) run(kernel, buffers);
  return program.outputs.map((id) => {
    const copy = allocate(program.buffers[id].dtype, buffers[id].length);
    copy.set(buffers[id]);
    return copy;
  });
}
