/**
 * @file The physical limit: WebAssembly kernels written by hand for one program each (../limits), on arrays that are where
 * they need them. What a compiler can reach, not a library: nothing is checked, allocated or copied.
 */
import { elementwise, isElementwise } from "../limits/arrays.js";
import { f32x4, Module, v128 } from "../limits/assembler.js";
import { gemm } from "../limits/gemm.js";
import { max, sum, sumOfColumns, sumOfExp, sumOfRows } from "../limits/reductions.js";
import { fits, layerNorm, softmax } from "../limits/rows.js";
import { closedForms, padded } from "../limits/tutorial.js";
import { serveSide } from "./serve.js";
import { Unsupported } from "./side.js";

const PAGE = 2 ** 16;
const LINE = 64;

/** Memory of its own for one case. */
class Arena {
  #end = 0;

  /** @param {number} bytes */
  constructor(bytes) {
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) + 1 });
  }

  /** The address of new room, at the start of a cache line. @param {number} bytes */
  room(bytes) {
    const at = this.#end;
    this.#end += LINE * Math.ceil(bytes / LINE);
    return at;
  }

  /** @param {Float32Array | Float64Array} data */
  put(data) {
    const at = this.room(data.byteLength);
    new Uint8Array(this.memory.buffer).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    return at;
  }

  /** @param {number} at @param {number} length */
  float32(at, length) {
    return new Float32Array(this.memory.buffer, at, length);
  }

  /** @param {number} at @param {number} length */
  float64(at, length) {
    return new Float64Array(this.memory.buffer, at, length);
  }
}

/** Whether multiplication and addition are one instruction here. */
function hasFusedMultiplyAdd() {
  const module = new Module();
  const one = f32x4.const(1);
  module.define("probe", ["i32"], ([at]) => [v128.store(at, f32x4.madd(one, one, one))]);
  try {
    module.instantiate(new WebAssembly.Memory({ initial: 1 }));
    return true;
  } catch {
    return false;
  }
}

/** One result in memory. @param {Arena} arena @param {number} at @param {readonly number[]} shape */
const result = (arena, at, shape, dtype = "float32") => ({
  shape,
  data: arena[dtype](
    at,
    shape.reduce((product, extent) => product * extent, 1),
  ),
});

/** @typedef {readonly { shape: readonly number[], data: any }[]} Inputs */

/** @param {Inputs} inputs */
function matmul([a, b], fused) {
  const [n] = a.shape;
  const dtype = a.data instanceof Float64Array ? "float64" : "float32";
  const arena = new Arena(8 * a.data.byteLength + 2 ** 20);
  const at = [arena.put(a.data), arena.put(b.data), arena.room(a.data.byteLength), arena.room(0)];
  const { run } = gemm({ n, dtype, fused }).instantiate(arena.memory);
  return {
    call: () => run(at[0], at[1], at[2], at[3]),
    read: () => [result(arena, at[2], [n, n], dtype)],
  };
}

/** @param {string} program @param {Inputs} inputs */
function mapped(program, inputs, fused) {
  const { shape, data } = inputs[0];
  const arena = new Arena((inputs.length + 1) * (data.byteLength + LINE));
  const at = inputs.map((input) => arena.put(input.data));
  const out = arena.room(data.byteLength);
  const { run } = elementwise(program, fused).instantiate(arena.memory);
  return {
    call: () => run(...at, out, out + data.byteLength),
    read: () => [result(arena, out, shape)],
  };
}

/** @param {string} program @param {Inputs} inputs */
function reduced(program, [{ shape, data }], fused) {
  const arena = new Arena(data.byteLength + 4 * Math.max(...shape) + 4 * LINE);
  const x = arena.put(data);
  const end = x + data.byteLength;
  const out = arena.room(4 * Math.max(...shape));
  const columns = shape[1];
  switch (program) {
    case "sum": {
      const { run } = sum().instantiate(arena.memory);
      return { call: () => run(x, out, end), read: () => [result(arena, out, [1], "float64")].map(scalar) };
    }
    case "max": {
      const { run } = max().instantiate(arena.memory);
      return { call: () => run(x, out, end), read: () => [result(arena, out, [])] };
    }
    case "sum of rows": {
      const { run } = sumOfRows(columns).instantiate(arena.memory);
      return { call: () => run(x, out, out + 4 * shape[0]), read: () => [result(arena, out, [shape[0]])] };
    }
    case "sum of columns": {
      const { run } = sumOfColumns(columns).instantiate(arena.memory);
      return { call: () => run(x, out, end), read: () => [result(arena, out, [columns])] };
    }
    default: {
      const [largest, total] = [max(), sumOfExp(fused)].map((module) => module.instantiate(arena.memory).run);
      const best = arena.float32(out, 1);
      const logOfSum = { shape: [], data: [0] };
      const sumAt = out;
      const sumView = arena.float64(sumAt, 1);
      return {
        call: () => {
          largest(x, out, end);
          const m = best[0];
          total(x, out, end);
          logOfSum.data[0] = m + Math.log(sumView[0]);
        },
        read: () => [logOfSum],
      };
    }
  }
}

/** Softmax, and layer norm with its weight and bias. @param {string} program @param {Inputs} inputs */
function perRow(program, inputs, fused) {
  const [{ shape, data }] = inputs;
  const [, columns] = shape;
  if (!fits(columns)) throw new Unsupported("no kernel was written by hand for such short rows");
  const arena = new Arena(2 * data.byteLength + 8 * columns + 2 ** 12);
  const at = inputs.map((input) => arena.put(input.data));
  const out = arena.room(data.byteLength);
  const module = program === "softmax" ? softmax(columns, fused) : layerNorm(columns, fused);
  const { run } = module.instantiate(arena.memory);
  return { call: () => run(...at, out, at[0] + data.byteLength), read: () => [result(arena, out, shape)] };
}

const scalar = (/** @type {{ data: ArrayLike<number> }} */ { data }) => ({ shape: [], data });

/** A matrix with each row filled up with zeros, and rows of zeros below. */
function filledUp(data, [rows, columns], [allRows, allColumns]) {
  const filled = new Float32Array(allRows * allColumns);
  for (let i = 0; i < rows; i++) filled.set(data.subarray(i * columns, (i + 1) * columns), i * allColumns);
  return filled;
}

/** The first entries along each axis of an array that was filled up. */
function cut(data, [extent, ...whole], [wanted, ...shape], at = 0) {
  if (extent === undefined) return [data[at]];
  const stride = whole.reduce((product, each) => product * each, 1);
  return Array.from({ length: wanted }, (_, i) => cut(data, whole, shape, at + i * stride)).flat();
}

/** @param {Inputs} inputs */
function predictDerivative({ transform, batched, weights }, [weight, bias, x], fused) {
  const [dout, din] = weight.shape;
  const [rows, columns] = [padded(dout), padded(din)];
  const batch = batched ? x.shape[0] : 1;
  const entries = rows * columns * (transform === "hessian" ? columns : 1);
  const resultBytes = 4 * (weights ? rows * rows * (columns + 1) : batch * entries);
  const arena = new Arena(4 * (rows * columns + 4 * rows + batch * columns) + resultBytes + 2 ** 12);
  const at = {
    weight: arena.put(filledUp(weight.data, [dout, din], [rows, columns])),
    bias: arena.put(filledUp(bias.data, [1, dout], [1, rows])),
    x: arena.put(filledUp(x.data, [batch, din], [batch, columns])),
    y: arena.room(4 * rows),
    d: arena.room(4 * rows),
    out: arena.room(4 * (weights ? rows * rows * columns : batch * entries)),
  };
  const { forward, jacobian, hessian, weightJacobian, biasJacobian } = closedForms(columns, rows, fused).instantiate(
    arena.memory,
  );
  const read = (from, whole, shape) => ({
    shape,
    data: cut(
      arena.float32(
        from,
        whole.reduce((product, extent) => product * extent, 1),
      ),
      whole,
      shape,
    ),
  });
  if (weights) {
    const biasOut = arena.room(4 * rows * rows);
    return {
      call: () => {
        forward(at.weight, at.bias, at.x, at.y, at.d);
        weightJacobian(at.x, at.d, at.out);
        biasJacobian(at.d, biasOut);
      },
      read: () => [read(at.out, [rows, rows, columns], [dout, dout, din]), read(biasOut, [rows, rows], [dout, dout])],
    };
  }
  const second = transform === "hessian";
  const inner = second ? [rows, columns, columns] : [rows, columns];
  const shape = second ? [dout, din, din] : [dout, din];
  return {
    call: () => {
      for (let i = 0; i < batch; i++) {
        forward(at.weight, at.bias, at.x + 4 * columns * i, at.y, at.d);
        if (second) hessian(at.weight, at.y, at.d, at.out + 4 * entries * i);
        else jacobian(at.weight, at.d, at.out + 4 * entries * i);
      }
    },
    read: () => [batched ? read(at.out, [batch, ...inner], [batch, ...shape]) : read(at.out, inner, shape)],
  };
}

const REDUCTIONS = ["sum", "max", "sum of rows", "sum of columns", "logsumexp"];
const fusedOffered = hasFusedMultiplyAdd();

/** @param {import("../cases/case.js").Case} spec @param {Inputs} inputs @param {boolean} fused */
function kernelOf({ program, params = {} }, inputs, fused) {
  if (program === "matmul") return matmul(inputs, fused);
  if (isElementwise(program)) return mapped(program, inputs, fused);
  if (REDUCTIONS.includes(program)) return reduced(program, inputs, fused);
  if (program === "softmax" || program === "layer norm") return perRow(program, inputs, fused);
  if (program === "predict derivative") return predictDerivative(params, inputs, fused);
  throw new Unsupported("no kernel was written by hand");
}

await serveSide(`kernels by hand${fusedOffered ? "" : ", no fused multiply-add"}`, (spec, inputs) => {
  const strict = () => kernelOf(spec, inputs, false);
  const kernels = { limit: fusedOffered ? kernelOf(spec, inputs, true) : strict() };
  if (fusedOffered && spec.program === "matmul") kernels.strict = strict();
  // The same bytes without arithmetic: what memory alone takes.
  if (spec.program === "tanh") kernels.copy = mapped("copy", inputs, false);
  return kernels;
});
