/**
 * @file Every primitive that has a form in ONNX, on the inputs of its rows: exported, run by onnxruntime-web, compared with
 * the reference backend.
 */
import assert from "node:assert/strict";
import { exportOnnx, type Tensor } from "../../../kernel/index.ts";
import { primitiveNames, primitiveOf } from "../../../kernel/primitive.ts";
import { applied, inputsOf, rowsOf, shapes } from "../primitives/table.ts";
import { on } from "../support/backends.ts";
import { assertNear } from "../support/near.ts";
import { runModel } from "./runtime.ts";

const withForm = primitiveNames().filter((name) => primitiveOf({ name }).onnx !== undefined && rowsOf(name).length > 0);

suite("exportOnnx: primitives", () => {
  for (const name of withForm) {
    test(`${name} in onnxruntime`, async () => {
      for (const row of rowsOf(name)) {
        for (const float of ["float32", "float64"] as const) {
          const inputs = inputsOf(row, float);
          const f = applied(name, row.params);
          const expected = on("reference", () => {
            const out = f(...inputs);
            out.dataSync();
            return out;
          });
          const bytes = await exportOnnx(f as (...args: readonly Tensor[]) => Tensor, ...inputs);
          const [actual] = await runModel(bytes, inputs);
          const rtol = expected.dtype === "float32" ? 1e-5 : 1e-11;
          assertNear(actual, expected, { rtol, dtype: expected.dtype, what: `${name} of ${float} ${shapes(row)}` });
        }
      }
    });
  }

  test("a primitive without a form is refused by its name", async () => {
    // A tuple is what transforms put several results together with: nothing is computed, so nothing is written.
    const without = primitiveNames().filter(
      (name) => name !== "tuple" && primitiveOf({ name }).onnx === undefined && rowsOf(name).length > 0,
    );
    assert.ok(without.length > 0);
    for (const name of without) {
      const [row] = rowsOf(name);
      const inputs = inputsOf(row, "float32");
      await assert.rejects(
        exportOnnx(applied(name, row.params) as (...args: readonly Tensor[]) => Tensor, ...inputs),
        {
          name: "ArgumentError",
          message: new RegExp(`^exportOnnx: ${name} \\(`),
        },
        name,
      );
    }
  });
});
