/**
 * @file A graph of ONNX operators while it is being written: nodes in order, constants, and names that nobody else has.
 * Plain data; `export/` makes a file of it.
 */
import type { DType, TypedArray } from "../../dtype.ts";
import { type Shape, sizeOf } from "../../shape.ts";

/** Types of values in a written graph: ours, and the 64-bit integers that shapes and positions have in ONNX. */
export type OnnxType = DType | "int64";

/** Graphs are attributes of loops and branches. */
export type OnnxAttribute = number | string | readonly number[] | OnnxSubgraph;

export interface OnnxNode {
  readonly op: string;
  /** Empty for an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxConstant {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly shape: Shape;
  readonly data: TypedArray | BigInt64Array;
}

export interface OnnxValueType {
  readonly name: string;
  readonly dtype: OnnxType;
  /** A text for an axis of any extent. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxSubgraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValueType[];
  readonly outputs: readonly OnnxValueType[];
}

/** Constants of at most this many entries are written once, however often they are asked for. */
const SMALL = 16;

/** Names of one model, graphs inside of it included: no two are equal. */
export class Names {
  readonly #taken = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** `wanted`, or where that is taken, with a number behind it. */
  fresh(wanted: string): string {
    let name = wanted;
    while (this.#taken.has(name)) {
      const count = (this.#counts.get(wanted) ?? 1) + 1;
      this.#counts.set(wanted, count);
      name = `${wanted}_${count}`;
    }
    this.#taken.add(name);
    return name;
  }
}

/** What a graph is written for, in the words of a message about what cannot be written. */
export interface Purpose {
  readonly asked: string;
  /** What a person can do instead. */
  readonly remedy: string;
  /** A type that the model must not have, because what is to run it does not. */
  readonly without?: DType;
  /** The extent for which it is written now, of those that stand for any. */
  readonly openExtent?: number;
}

export class GraphWriter {
  readonly purpose: Purpose;
  readonly opset: number;
  readonly names: Names;
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];
  readonly #known = new Map<string, string>();

  constructor(opset: number, names: Names, purpose: Purpose) {
    this.purpose = purpose;
    this.opset = opset;
    this.names = names;
  }

  /** Appends an operator; null leaves out an input. Returns the name of its one result. */
  node(op: string, inputs: readonly (string | null)[], attributes: Record<string, OnnxAttribute> = {}): string {
    return this.several(op, inputs, 1, attributes)[0];
  }

  /** The same with several results. */
  several(
    op: string,
    inputs: readonly (string | null)[],
    results: number,
    attributes: Record<string, OnnxAttribute> = {},
  ): string[] {
    const outputs = Array.from({ length: results }, () => this.names.fresh(op));
    this.nodes.push({ op, inputs: inputs.map((input) => input ?? ""), outputs, attributes });
    return outputs;
  }

  constant(dtype: OnnxType, shape: Shape, data: TypedArray | BigInt64Array, name = "constant"): string {
    const key = sizeOf(shape) <= SMALL ? `${dtype}[${shape}]${keyOf(data)}` : null;
    const known = key === null ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const fresh = this.names.fresh(name);
    this.constants.push({ name: fresh, dtype, shape, data });
    if (key !== null) this.#known.set(key, fresh);
    return fresh;
  }

  /** A list of 64-bit integers, as shapes and axes are. */
  ints(values: readonly number[]): string {
    return this.constant("int64", [values.length], BigInt64Array.from(values, BigInt), "shape");
  }

  /** One 64-bit integer. */
  int(value: number): string {
    return this.constant("int64", [], BigInt64Array.of(BigInt(value)), "number");
  }

  /** One number. */
  scalar(value: number, dtype: DType): string {
    return this.constant(dtype, [], scalarData(value, dtype), "number");
  }

  reshape(x: string, shape: Shape): string {
    return this.node("Reshape", [x, this.ints(shape)]);
  }

  /** Axis d of the result is axis `axes[d]` of `x`. */
  transpose(x: string, axes: readonly number[]): string {
    return axes.every((axis, d) => axis === d) ? x : this.node("Transpose", [x], { perm: axes });
  }

  cast(x: string, dtype: OnnxType): string {
    return this.node("Cast", [x], { to: ELEMENT_TYPES[dtype] });
  }

  /** A tensor filled with one number. */
  filled(value: number, shape: Shape, dtype: DType): string {
    const scalar = this.scalar(value, dtype);
    return shape.length === 0 ? scalar : this.node("Expand", [scalar, this.ints(shape)]);
  }

  /** `0, step, 2 · step, …`, 64-bit integers. */
  steps(count: number, step = 1): string {
    const range = this.node("Range", [this.int(0), this.int(count), this.int(1)]);
    return step === 1 ? range : this.node("Mul", [range, this.int(step)]);
  }
}

/** The numbers that the format has for types. */
export const ELEMENT_TYPES: Readonly<Record<OnnxType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

function scalarData(value: number, dtype: DType): TypedArray {
  switch (dtype) {
    case "float32":
      return Float32Array.of(value);
    case "float64":
      return Float64Array.of(value);
    case "int32":
      return Int32Array.of(value);
    case "bool":
      return Uint8Array.of(value === 0 ? 0 : 1);
  }
}

/** −0 is not 0, and NaN is NaN. */
const keyOf = (data: TypedArray | BigInt64Array): string =>
  Array.from(data as ArrayLike<number | bigint>, (each) => (Object.is(each, -0) ? "-0" : String(each))).join();
