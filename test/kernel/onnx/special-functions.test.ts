/** @file Functions without an operator of their own, as exported: over all their branches, edges included. */
import assert from "node:assert/strict";
import { exportOnnx, type Tensor, tensor } from "../../../kernel/index.ts";
import { on } from "../support/backends.ts";
import { assertNear } from "../support/near.ts";
import { runModel } from "./runtime.ts";

type Name = "lgamma" | "digamma" | "erfinv" | "erfc" | "ndtr";

/** As docs/onnx.md says; where values are below 1, of 1. */
const ACCURACY = { float32: 2e-6, float64: 4e-15 } as const;

const EDGES: Record<Name, readonly number[]> = {
  lgamma: [0, -0, -1, -2, -7, Infinity, -Infinity, NaN, 1, 2, 1e-30, 1e30, 0.5, 4, 10],
  digamma: [0, -0, -1, -7, Infinity, -Infinity, NaN, 1, 1.4616321449683622, 2, 4, 10, 1e30],
  erfinv: [0, 1, -1, 1.5, -2, NaN, 1e-30, 0.25, 0.75],
  erfc: [0, Infinity, -Infinity, NaN, 30, -30, 0.5, -0.5],
  ndtr: [0, Infinity, -Infinity, NaN, 60, -60, Math.SQRT1_2],
};

const RANGES: Record<Name, readonly (readonly [from: number, to: number])[]> = {
  lgamma: [
    [-30, 0],
    [0, 12],
    [12, 1e4],
  ],
  digamma: [
    [-30, 0],
    [0, 12],
    [12, 1e4],
  ],
  erfinv: [
    [-1, 1],
    [0.999, 1],
  ],
  erfc: [
    [-6, 1],
    [1, 9],
  ],
  ndtr: [
    [-12, -1],
    [-1, 9],
  ],
};

/** Values of which small ones must be right in all digits, for they are tails. */
const TAILS: ReadonlySet<Name> = new Set(["erfc", "ndtr"]);

suite("exportOnnx: functions that are formulas", () => {
  for (const name of Object.keys(RANGES) as Name[]) {
    for (const dtype of ["float32", "float64"] as const) {
      test(`${name} of ${dtype}`, async () => {
        const grid = RANGES[name].flatMap(([from, to]) =>
          Array.from({ length: 700 }, (_, i) => from + ((to - from) * (i + 0.37)) / 700),
        );
        const x = tensor([...EDGES[name], ...grid], { dtype });
        const f = (y: Tensor): Tensor => y[name]();
        const [actual] = await runModel(await exportOnnx(f, x), [x]);
        const expected = on("reference", () => f(x).evaluate());
        const rtol = ACCURACY[dtype];
        assert.equal(actual.dtype, dtype);
        assertNear(actual, expected, { rtol, ...(TAILS.has(name) && { atol: 0 }), what: `${name} of ${dtype}` });
      });
    }
  }
});
