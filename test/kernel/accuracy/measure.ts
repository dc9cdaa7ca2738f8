/** @file The largest error of a function over its points in golden.json, in units in the last place. */
import type { TypedArray } from "../../../kernel/dtype.ts";
import * as kernel from "../../../kernel/index.ts";
import { type BackendName, on } from "../support/backends.ts";
import { ulpsApart } from "../wasm/tolerance.ts";
import golden from "./golden.json";
import { LIMITS } from "./limits.ts";

export type FloatType = "float64" | "float32";
export type FunctionName = keyof typeof LIMITS;

const library: Readonly<Record<string, unknown>> = { ...kernel };

export const functionNames = Object.keys(LIMITS) as FunctionName[];
/** Those that golden.json has. */
export const goldenNames = Object.keys(golden);

interface Points {
  /** A column of numbers per argument. */
  readonly args: readonly Float64Array[];
  readonly wanted: Float64Array;
}

/** The points of a function; for float32 those whose arguments are float32 numbers, where the value is in its range. */
export function pointsOf(name: FunctionName, dtype: FloatType): Points {
  const flat: readonly number[] = golden[name];
  const { arity } = LIMITS[name];
  const rows = Array.from({ length: flat.length / (arity + 1) }, (_, row) =>
    flat.slice(row * (arity + 1), (row + 1) * (arity + 1)),
  ).filter(
    (row) =>
      dtype === "float64" || (row.slice(0, arity).every(isSingle) && Math.abs(Math.fround(row[arity])) < Infinity),
  );
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at]);
  return { args: Array.from({ length: arity }, (_, at) => column(at)), wanted: column(arity) };
}

const isSingle = (x: number): boolean => Object.is(Math.fround(x), x);

export interface Worst {
  readonly ulps: number;
  readonly args: readonly number[];
  readonly got: number;
  readonly wanted: number;
}

export function worstError(name: FunctionName, dtype: FloatType, backend: BackendName): Worst {
  const { args, wanted } = pointsOf(name, dtype);
  const f = library[name] as (...inputs: kernel.Tensor[]) => kernel.Tensor;
  const got: TypedArray = on(backend, () => f(...args.map((column) => kernel.tensor(column, { dtype }))).dataSync());
  let worst: Worst = { ulps: -1, args: [], got: 0, wanted: 0 };
  wanted.forEach((exact, i) => {
    const rounded = dtype === "float32" ? Math.fround(exact) : exact;
    const ulps = ulpsApart(got, got[i], rounded);
    if (ulps > worst.ulps) worst = { ulps, args: args.map((column) => column[i]), got: got[i], wanted: rounded };
  });
  return worst;
}
