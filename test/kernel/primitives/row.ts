/** @file What the table of primitives says about each of them: inputs to try, and the expectation in plain loops. */
import type { Params } from "../../../kernel/graph/node.ts";
import type { DType } from "../../../kernel/index.ts";
import type { PrimitiveName, PrimitiveParams } from "../../../kernel/primitive.ts";
import { type Grid, grid } from "../support/grid.ts";

export interface Input {
  readonly shape: readonly number[];
  readonly low?: number;
  readonly high?: number;
  /** "float" stands for float32 and float64 in turn. */
  readonly type?: "float" | "int32" | "bool";
  /** Has no derivative: asking for one is an error. */
  readonly constant?: true;
  /** Added along the diagonal of the last two axes, for matrices that must be definite or far from singular. */
  readonly diagonal?: number;
  /** Instead of random entries. */
  readonly entries?: readonly number[];
}

export interface Row<P = Params> {
  readonly inputs: readonly Input[];
  readonly params: P;
  readonly expected: (inputs: readonly Grid[]) => Grid;
  /** Its derivative is not that of its value, as with random draws: it is tested beside the functions that use it. */
  readonly derivative?: "elsewhere";
}

/** One or more rows for every primitive, by its name. */
export type Table<K extends PrimitiveName = PrimitiveName> = {
  readonly [Name in K]: readonly Row<PrimitiveParams[Name]>[];
};

/** Inputs that are exact, and what must come out exactly (NaN included). */
export interface Special {
  readonly dtypes: readonly DType[];
  /** One list per input. */
  readonly inputs: readonly (readonly number[])[];
  readonly out: readonly number[];
}

/** Entry by entry. */
export const mapped =
  (rule: (...values: number[]) => number) =>
  (inputs: readonly Grid[]): Grid => {
    let i = 0;
    return grid(inputs[0].shape, () => {
      const value = rule(...inputs.map(({ data }) => data[i]));
      i++;
      return value;
    });
  };
