/** @file One node of a model at the moment it runs: what its operator asks for, and the errors when that is not there. */
import { type FloatingDType, isFloating } from "../../dtype.ts";
import { ArgumentError, showShape } from "../../errors.ts";
import { normalizeAxis } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import type { Attribute, AttributeValues, ModelGraph, ModelNode } from "./model.ts";

/**
 * What a value follows from: the file alone, that and the shapes of the inputs, or the inputs' entries. Those of the first
 * two kinds may decide shapes, also where a transform has no values for the inputs.
 */
export type ValueOrigin = "file" | "shapes" | "inputs";

/** A value of a model while it runs. */
export interface Value {
  readonly tensor: Tensor;
  readonly origin: ValueOrigin;
}

const ORIGINS: readonly ValueOrigin[] = ["file", "shapes", "inputs"];

/** What something follows from that is made of several. */
export const originOf = (values: readonly (Value | undefined)[]): ValueOrigin =>
  ORIGINS[Math.max(0, ...values.map((value) => (value === undefined ? 0 : ORIGINS.indexOf(value.origin))))];

/** Lists of shapes and axes in files; a longer one is no list of axes. */
const LONGEST_LIST = 4096;
/** What is done here, one position after the other, before anything is computed. */
const MOST_POSITIONS = 2 ** 24;

/** Where a node runs. */
export interface Surroundings {
  /** Version of ONNX's operators. */
  readonly opset: number;
  /** The type of all floating numbers, where the person who imports asked for one. */
  readonly dtype: FloatingDType | undefined;
  /** Runs a graph inside the node, which sees the values around it. */
  runGraph(graph: ModelGraph, inputs: readonly Value[]): Value[];
}

export class Call {
  readonly node: ModelNode;
  readonly opset: number;
  readonly #values: readonly (Value | undefined)[];
  readonly #attributes: ReadonlyMap<string, Attribute>;
  readonly #surroundings: Surroundings;

  constructor(
    node: ModelNode,
    values: readonly (Value | undefined)[],
    attributes: ReadonlyMap<string, Attribute>,
    surroundings: Surroundings,
  ) {
    this.node = node;
    this.opset = surroundings.opset;
    this.#values = values;
    this.#attributes = attributes;
    this.#surroundings = surroundings;
  }

  /** Runs a graph inside the node. @param fixed whether what decided that it runs is fixed */
  runGraph(graph: ModelGraph, fixed: boolean, inputs: readonly Value[] = []): Value[] {
    const results = this.#surroundings.runGraph(graph, inputs);
    return fixed ? results : results.map(({ tensor }) => ({ tensor, origin: "inputs" }));
  }

  isFixed(i: number): boolean {
    return this.#values[i] !== undefined && this.#values[i].origin !== "inputs";
  }

  /** The type that floating numbers of a type of the file have here. */
  floating(dtype: FloatingDType): FloatingDType {
    return this.#surroundings.dtype ?? dtype;
  }

  /** Ends the call with what is wrong; which node it is comes in front by itself. */
  fail(message: string): never {
    throw new ArgumentError(message);
  }

  optional(i: number): Tensor | undefined {
    return this.#values[i]?.tensor;
  }

  input(i: number): Tensor {
    return this.optional(i) ?? this.fail(`expected an input ${i + 1}, but the node has ${this.#values.length}.`);
  }

  /** All inputs, none of which may be left out. */
  inputs(): Tensor[] {
    if (this.#values.length === 0) this.fail("expected at least one input, but the node has none.");
    return this.#values.map((_, i) => this.input(i));
  }

  /** All inputs from one on, none of which may be left out. */
  inputsFrom(first: number): Tensor[] {
    return this.#values.slice(first).map((_, i) => this.input(first + i));
  }

  /** How many results somebody may want: those behind the last name are not. */
  get outputCount(): number {
    return this.node.outputs.findLastIndex((name) => name !== "") + 1;
  }

  wants(output: number): boolean {
    return (this.node.outputs[output] ?? "") !== "";
  }

  has(attribute: string): boolean {
    return this.#attributes.has(attribute);
  }

  #attribute<K extends keyof AttributeValues>(name: string, ...kinds: K[]): AttributeValues[K] | undefined {
    const found = this.#attributes.get(name);
    if (found === undefined) return undefined;
    if ((kinds as readonly string[]).includes(found.kind)) return found.value as AttributeValues[K];
    const what = found.kind === "other" ? found.value : found.kind;
    return this.fail(`expected the attribute ${name} to be of kind ${kinds.join(" or ")}, got ${what}.`);
  }

  #given<T>(name: string, value: T | undefined): T {
    return value ?? this.fail(`expected an attribute ${name}, but the node has none.`);
  }

  int(name: string, otherwise?: number): number {
    return this.#given(name, this.#attribute(name, "int") ?? otherwise);
  }

  float(name: string, otherwise?: number): number {
    return this.#given(name, this.#attribute(name, "float", "int") ?? otherwise);
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.int(name, otherwise ? 1 : 0) !== 0;
  }

  string(name: string, otherwise?: string): string {
    return this.#given(name, this.#attribute(name, "string") ?? otherwise);
  }

  /** One of a few words. */
  word<const W extends string>(name: string, words: readonly W[], otherwise: W): W {
    const value = this.string(name, otherwise);
    const found = words.find((word) => word === value);
    return (
      found ??
      this.fail(
        `expected the attribute ${name} to be ${words.map((word) => `"${word}"`).join(" or ")}, got "${value}".`,
      )
    );
  }

  ints(name: string): readonly number[] | undefined {
    return this.#attribute(name, "ints");
  }

  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, "floats");
  }

  tensor(name: string): Tensor | undefined {
    return this.#attribute(name, "tensor");
  }

  graph(name: string): ModelGraph {
    return this.#given(name, this.#attribute(name, "graph"));
  }

  /** The one number of an input that follows from the file alone; undefined for what has a derivative or is not one number. */
  fixedNumber(i: number): number | undefined {
    const value = this.#values[i];
    return value !== undefined && this.isFixed(i) && value.tensor.size === 1 ? value.tensor.dataSync()[0] : undefined;
  }

  /** The numbers of an input that decides shapes. Under vmap and jit, they may not depend on the inputs' entries. */
  numbers(i: number, what: string): number[] {
    const value =
      this.#values[i] ?? this.fail(`expected an input ${i + 1}, ${what}, but the node has ${this.#values.length}.`);
    const { tensor } = value;
    if (tensor.size > LONGEST_LIST)
      this.fail(`expected ${what} as a short list, got shape ${showShape(tensor.shape)}.`);
    if (tensor.node.trace !== null) {
      this.fail(
        `${what} depends on the entries of an input of the model, and with it the shape of the result. Inside ` +
          `${tensor.node.trace.transform} these have no values: call the model outside, or export it with fixed shapes.`,
      );
    }
    return Array.from(tensor.dataSync());
  }

  /** The same as whole numbers. */
  integers(i: number, what: string): number[] {
    if (isFloating(this.input(i).dtype)) this.fail(`expected ${what} as whole numbers, got ${this.input(i).dtype}.`);
    return this.numbers(i, what);
  }

  integer(i: number, what: string): number {
    const list = this.integers(i, what);
    return list.length === 1 ? list[0] : this.fail(`expected ${what} as one number, got ${list.length}.`);
  }

  /** A list that older versions have as an attribute, and newer ones as an input. */
  list(attribute: string, i: number, what: string): readonly number[] | undefined {
    return this.ints(attribute) ?? (this.optional(i) === undefined ? undefined : this.integers(i, what));
  }

  /** Before positions are gone through one by one: a damaged file can ask for any number of them. */
  requireFew(count: number, what: string): void {
    if (count > MOST_POSITIONS) this.fail(`${what} come to ${count} positions; at most ${MOST_POSITIONS} make sense.`);
  }

  axis(value: number, rank: number): number {
    return normalizeAxis(this.node.operator, value, rank);
  }

  /** Axes from 0 on, each once. */
  axes(values: readonly number[], rank: number): number[] {
    const axes = values.map((each) => this.axis(each, rank));
    if (new Set(axes).size !== axes.length) this.fail(`expected each axis once, got ${showShape(values)}.`);
    return axes;
  }
}

/** What an operator does: a tensor, or several for several outputs; undefined for one that nobody wants. */
export type Operator = (call: Call) => Tensor | readonly (Tensor | Value | undefined)[];

/** Operators of one family, by name. */
export interface OperatorTable {
  readonly [operator: string]: {
    readonly run: Operator;
    /** What of it cannot be read, for the table in docs/onnx.md. */
    readonly limits?: string;
  };
}
