/** @file The table of all primitives: their rows, and what tests make of a row. */
import { emitLike, resultsOf } from "../../../kernel/emit.ts";
import type { Params } from "../../../kernel/graph/node.ts";
import { concat, type DType, eye, Tensor, tensor } from "../../../kernel/index.ts";
import type { PrimitiveName } from "../../../kernel/primitive.ts";
import { data } from "../support/data.ts";
import { binaryRows, unaryRows } from "./elementwise-rows.ts";
import { fftRows } from "./fft-rows.ts";
import { linalgRows } from "./linalg-rows.ts";
import { placeRows } from "./place-rows.ts";
import { randomRows } from "./random-rows.ts";
import type { Input, Row, Table } from "./row.ts";
import { searchRows } from "./search-rows.ts";
import { structuralRows } from "./structural-rows.ts";
import { windowRows } from "./window-rows.ts";

/** What is no operation on independent tensors has tests of its own, under transforms/ and functions/. */
export const ELSEWHERE: readonly PrimitiveName[] = [
  "branch",
  "custom",
  "recompute",
  "result",
  "scan",
  "solve",
  "while",
];
export const table = {
  ...unaryRows,
  ...binaryRows,
  ...structuralRows,
  ...placeRows,
  ...windowRows,
  ...fftRows,
  ...randomRows,
  ...searchRows,
  ...linalgRows,
} satisfies Partial<Table>;
export const rowsOf = (name: string): readonly Row<object>[] =>
  (table as Partial<Record<string, readonly Row<object>[]>>)[name] ?? [];

export type Apply = (...inputs: Tensor[]) => Tensor;
export const applied =
  (name: string, params: object): Apply =>
  (...inputs) => {
    const node = emitLike(
      { name },
      inputs.map((input) => input.node),
      params as Params,
    );
    // Several results: all entries one after the other.
    if (node.results !== undefined) return concat(resultsOf(node).map((each) => new Tensor(each).reshape([-1])));
    return new Tensor(node);
  };

export const isFloat = (input: Input): boolean => (input.type ?? "float") === "float";
export const isVaried = (input: Input): boolean => isFloat(input) && !input.constant;

export function inputsOf(
  row: Row<object>,
  float: DType,
  batch?: { readonly size: number; readonly axes: readonly (number | null)[] },
) {
  return row.inputs.map((input, i) => {
    const dtype = isFloat(input) ? float : (input.type as DType);
    const axis = batch?.axes[i] ?? null;
    const shape = [...input.shape];
    if (axis !== null) shape.splice(axis < 0 ? shape.length + 1 + axis : axis, 0, batch!.size);
    if (input.entries !== undefined && axis === null) {
      return tensor(Float64Array.from(input.entries), { shape, dtype });
    }
    const entries = data(shape, { seed: 3 + i, low: input.low, high: input.high, dtype });
    if (input.diagonal === undefined) return entries;
    const unit = eye(input.shape[input.shape.length - 1], { dtype }).mul(input.diagonal);
    return axis === null ? entries.add(unit) : entries.moveAxis(axis, 0).add(unit).moveAxis(0, axis);
  });
}

export const shapes = (row: Row<object>): string => row.inputs.map(({ shape }) => `[${shape}]`).join(" ");

/** Rows whose output is floating and that have floating inputs. */
export function differentiable(name: string, row: Row<object>): boolean {
  const inputs = inputsOf(row, "float64");
  return (
    row.derivative !== "elsewhere" &&
    row.inputs.some(isFloat) &&
    applied(name, row.params)(...inputs).dtype.startsWith("float")
  );
}
