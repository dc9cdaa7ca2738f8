/** @file A model as it was read from a file: checked, plain, and free of how files are written. */
import type { DType } from "../../dtype.ts";
import type { Tensor } from "../../tensor.ts";

/** What a file says of one of its inputs or outputs. */
export interface OnnxValue {
  readonly name: string;
  /** As it is computed with here: whole numbers are int32, half precision is float32. Null where the file does not say. */
  readonly dtype: DType | null;
  /** A number where the extent is fixed, else its name in the file ("?" where it has none). Null where even the rank is open. */
  readonly shape: readonly (number | string)[] | null;
}

/** What an attribute can hold, by its kind. */
export interface AttributeValues {
  readonly int: number;
  readonly float: number;
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  readonly string: string;
  readonly strings: readonly string[];
  readonly tensor: Tensor;
  readonly graph: ModelGraph;
  /** The name of an attribute of the function around it, which it takes over. */
  readonly reference: string;
  /** Something that no operator here takes, in words. */
  readonly other: string;
}

export type Attribute = {
  [Kind in keyof AttributeValues]: { readonly kind: Kind; readonly value: AttributeValues[Kind] };
}[keyof AttributeValues];

export interface ModelNode {
  /** What the file calls it, or where it is: "node 7". */
  readonly name: string;
  readonly operator: string;
  /** "" for ONNX's own operators. */
  readonly domain: string;
  /** Names of values; "" for an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface ModelGraph {
  /** Each after those that make its inputs. */
  readonly nodes: readonly ModelNode[];
  /** The weights and other constants of the file. */
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** An operator that the file itself defines by others. */
export interface ModelFunction {
  readonly name: string;
  readonly domain: string;
  readonly opset: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly ModelNode[];
}

export interface Model {
  /** Version of ONNX's own operators. */
  readonly opset: number;
  readonly producer: string;
  readonly graph: ModelGraph;
  /** By `functionKey`. */
  readonly functions: ReadonlyMap<string, ModelFunction>;
}

export const functionKey = (domain: string, operator: string): string => `${domain}:${operator}`;
