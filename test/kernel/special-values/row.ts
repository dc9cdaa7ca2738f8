/** @file A table of special cases: what is computed, and what must come out, on both backends. */
import { type DType, Tensor, tensor } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertNear } from "../support/near.ts";

export const INF = Number.POSITIVE_INFINITY;
export const NAN = Number.NaN;
export type Nested = number | readonly Nested[];

/** `expected` is a number, nested numbers, or an object with a shape, for what has no entries. */
export interface Case {
  readonly title: string;
  readonly run: (dtype: DType) => Tensor;
  readonly expected: Nested | { readonly shape: readonly number[] };
  readonly dtypes?: readonly DType[];
}

export const FLOATS: readonly DType[] = ["float64", "float32"];

const isShape = (expected: Case["expected"]): expected is { readonly shape: readonly number[] } =>
  typeof expected === "object" && !Array.isArray(expected);

/** A test per case and backend; a case runs in float64 and float32 unless it says otherwise. */
export function testCases(cases: readonly Case[]): void {
  for (const { title, run, expected, dtypes = FLOATS } of cases) {
    testEach(title, () => {
      for (const dtype of dtypes) {
        const got = run(dtype);
        const what = `${title} in ${dtype}`;
        const wanted = isShape(expected)
          ? { shape: expected.shape, data: [] }
          : tensor(expected as Parameters<typeof tensor>[0], { dtype: "float64" });
        const grid = wanted instanceof Tensor ? { shape: wanted.shape, data: Array.from(wanted.dataSync()) } : wanted;
        assertNear(got, grid, { what, rtol: got.dtype === "float32" ? 4e-6 : 1e-12 });
      }
    });
  }
}
