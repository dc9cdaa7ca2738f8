/** @file Making tensors: from data, filled, by rule. */
import { requireMemoryFor } from "../budget.ts";
import { allocate, checkedDType, type DType, defaultDtype, type TypedArray } from "../dtype.ts";
import { add, cast, diagonalEmbed, full as fullNode, iota, mul } from "../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../errors.ts";
import { constantNode } from "../graph/node.ts";
import { toStored } from "../primitives/elementwise.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { broadcastNode, numberNode, requireOptionsObject, requireTensor } from "./operands.ts";
import { reshape } from "./shape.ts";

/** Nested arrays of numbers or booleans, of even extents. */
export type NestedInput = number | boolean | readonly NestedInput[];

export interface TensorOptions {
  /** Default: that of a typed array, bool for booleans, else the default type (`setDefaultDtype`). */
  readonly dtype?: DType;
  /** For flat data; must hold as many entries as the data. */
  readonly shape?: Shape;
}

const typeOfArray = (data: TypedArray): DType => {
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  return data instanceof Uint8Array ? "bool" : "float32";
};

const isTypedArray = (value: unknown): value is TypedArray =>
  value instanceof Float32Array ||
  value instanceof Float64Array ||
  value instanceof Int32Array ||
  value instanceof Uint8Array;

/** Shape and flat entries of nested arrays; every branch must be as long as its neighbours. */
function flattenNested(nested: NestedInput): { shape: number[]; entries: (number | boolean)[] } {
  const shape: number[] = [];
  for (let level: NestedInput = nested; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  const entries: (number | boolean)[] = [];
  const visit = (value: NestedInput, axis: number, path: string): void => {
    if (Array.isArray(value)) {
      if (value.length !== shape[axis]) {
        throw new ShapeError(
          `tensor: expected ${axis < shape.length ? `${shape[axis]} entries` : "a number"} at ${path || "the top"}, got an ` +
            `array of ${value.length}. All rows must have one length.`,
        );
      }
      value.forEach((each, i) => {
        visit(each, axis + 1, `${path}[${i}]`);
      });
    } else if (axis !== shape.length) {
      throw new ShapeError(
        `tensor: expected an array of ${shape[axis]} at ${path || "the top"}, got ${String(value)}. All rows must nest alike.`,
      );
    } else if (typeof value === "number" || typeof value === "boolean") {
      entries.push(value);
    } else {
      throw new ArgumentError(
        `tensor: expected numbers, got ${value === null ? "null" : typeof value} at ${path || "the top"}. Stack tensors with stack([…]).`,
      );
    }
  };
  visit(nested, 0, "");
  return { shape, entries };
}

/**
 * A tensor of the given numbers.
 * @param data a number, nested arrays, or a typed array (which is copied)
 * @example tensor([[1, 2, 3], [4, 5, 6]])            // float32, shape [2, 3]
 * @example tensor(new Float64Array(6), { shape: [2, 3] })
 */
export function tensor(data: NestedInput | TypedArray | Tensor, options: TensorOptions = {}): Tensor {
  requireOptionsObject("tensor", options, '{ dtype: "float64" }');
  if (options.dtype !== undefined) checkedDType("tensor", options.dtype);
  if (data instanceof Tensor) {
    const same = options.dtype ? new Tensor(cast(data.node, options.dtype)) : data;
    return options.shape ? reshape(same, options.shape) : same;
  }
  const { shape, entries } = isTypedArray(data) ? { shape: [data.length], entries: data } : flattenNested(data);
  const given = options.shape ?? shape;
  requireShape("tensor", given);
  if (sizeOf(given) !== entries.length) {
    throw new ShapeError(
      `tensor: shape ${showShape(given)} has ${sizeOf(given)} entries, but the data has ${entries.length}. Change one of them.`,
    );
  }
  const natural = isTypedArray(data)
    ? typeOfArray(data)
    : entries.length > 0 && Array.prototype.every.call(entries, (entry) => typeof entry === "boolean")
      ? "bool"
      : defaultDtype();
  const dtype = options.dtype ?? natural;
  const values = allocate(dtype, entries.length);
  // Bytes that are not 0 or 1 are no truth values yet.
  if (isTypedArray(data) && dtype === natural && dtype !== "bool") values.set(data);
  else for (let i = 0; i < entries.length; i++) values[i] = toStored(Number(entries[i]), dtype);
  return new Tensor(constantNode({ shape: given, dtype }, values));
}

function requireShape(name: string, shape: unknown): asserts shape is Shape {
  const valid = Array.isArray(shape) && shape.every((extent) => Number.isInteger(extent) && extent >= 0);
  if (!valid) {
    throw new ShapeError(
      `${name}: expected a shape, an array of non-negative integers such as [2, 3], got ${JSON.stringify(shape) ?? String(shape)}.`,
    );
  }
}

export interface DTypeOption {
  readonly dtype?: DType;
}

/**
 * Every entry `value`.
 * @example full([2, 2], 0.5)   // [[0.5, 0.5], [0.5, 0.5]]
 */
export function full(shape: Shape, value: number, { dtype = defaultDtype() }: DTypeOption = {}): Tensor {
  requireShape("full", shape);
  return new Tensor(broadcastNode(numberNode(value, checkedDType("full", dtype)), shape));
}

/**
 * Every entry 0; of the default type unless another is asked for.
 * @example zeros([2, 3])   // [[0, 0, 0], [0, 0, 0]]
 */
export function zeros(shape: Shape, { dtype = defaultDtype() }: DTypeOption = {}): Tensor {
  requireShape("zeros", shape);
  return new Tensor(fullNode(0, shape, checkedDType("zeros", dtype)));
}

/**
 * Every entry 1; of the default type unless another is asked for.
 * @example ones([3], { dtype: "int32" })   // [1, 1, 1]
 */
export function ones(shape: Shape, { dtype = defaultDtype() }: DTypeOption = {}): Tensor {
  requireShape("ones", shape);
  return new Tensor(fullNode(1, shape, checkedDType("ones", dtype)));
}

/**
 * Zeros of the shape and type of `x`.
 * @example zerosLike(tensor([1, 2]))   // [0, 0]
 */
export function zerosLike(x: Tensor): Tensor {
  requireTensor("zerosLike", x);
  return new Tensor(fullNode(0, x.shape, x.dtype));
}

/**
 * Ones of the shape and type of `x`.
 * @example onesLike(tensor([1, 2]))   // [1, 1]
 */
export function onesLike(x: Tensor): Tensor {
  requireTensor("onesLike", x);
  return new Tensor(fullNode(1, x.shape, x.dtype));
}

/**
 * The identity matrix. The kernel knows its structure: a product with it costs nothing, and its zeros are exact even
 * against infinities.
 * @example eye(2)   // [[1, 0], [0, 1]]
 */
export function eye(n: number, { dtype = defaultDtype() }: DTypeOption = {}): Tensor {
  requireShape("eye", [n]);
  return new Tensor(diagonalEmbed(fullNode(1, [n], checkedDType("eye", dtype)), 0, 1));
}

/**
 * `start, start + step, …` up to but not including `stop`. With one argument, `0 … stop − 1`.
 * int32 when all three are integers, else the default type.
 * @example arange(1, 10, 3)   // [1, 4, 7]
 */
export function arange(start: number, stop?: number, step = 1, options: DTypeOption = {}): Tensor {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (step === 0 || ![from, to, step].every(Number.isFinite)) {
    throw new ArgumentError(
      `arange: expected finite numbers and a step that is not 0, got start ${from}, stop ${to}, step ${step}.`,
    );
  }
  const count = Math.max(0, Math.ceil((to - from) / step));
  const natural = [from, to, step].every(Number.isInteger) ? "int32" : defaultDtype();
  const dtype = checkedDType("arange", options.dtype ?? natural);
  const index = cast(iota([count], 0), dtype);
  const scaled = step === 1 ? index : mul(index, broadcastNode(numberNode(step, dtype), [count]));
  return new Tensor(from === 0 ? scaled : add(scaled, broadcastNode(numberNode(from, dtype), [count])));
}

/**
 * `count` values from `start` to `stop`, both included, evenly spaced.
 * @example linspace(0, 1, 5)   // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace(
  start: number,
  stop: number,
  count: number,
  { dtype = defaultDtype() }: DTypeOption = {},
): Tensor {
  requireShape("linspace", [count]);
  requireMemoryFor("linspace", [count], checkedDType("linspace", dtype));
  const values = allocate(dtype, count);
  for (let i = 0; i < count; i++) {
    // From the nearer end, so that both ends are exact.
    const step = count === 1 ? 0 : (stop - start) / (count - 1);
    values[i] = i < count / 2 ? start + i * step : stop - (count - 1 - i) * step;
  }
  return new Tensor(constantNode({ shape: [count], dtype }, values));
}
