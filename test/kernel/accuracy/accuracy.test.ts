/**
 * @file Every function with a floating value against exact values (golden.json): float64 at most 4 units in the last place
 * off, float32 as limits.ts says. The points reach over the whole range of each type. Vector code is swept over all of
 * float32 in ../wasm/accuracy.test.ts.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { digamma, lgamma, tensor } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import golden from "./golden.json";
import { LIMITS } from "./limits.ts";
import { functionNames, goldenNames, pointsOf, worstError } from "./measure.ts";

suite("accuracy", () => {
  test("every function of the table has a limit, points enough, and a row in docs/accuracy.md", () => {
    const public_ = goldenNames.filter((name) => !name.startsWith("negative "));
    assert.deepEqual([...functionNames].sort(), public_.sort());
    const page = readFileSync("docs/accuracy.md", "utf8");
    for (const name of functionNames) {
      const { float64, float32 } = LIMITS[name];
      assert.ok(pointsOf(name, "float64").wanted.length >= 10 && pointsOf(name, "float32").wanted.length >= 8, name);
      const row = page.split("\n").find((line) => line.startsWith(`| ${name} |`));
      assert.ok(row !== undefined, `docs/accuracy.md has no row for ${name}: npm run accuracy:docs`);
      const stated = row.split("|").slice(2, 6).map(Number);
      assert.deepEqual([stated[1], stated[3]], [float64, float32], `the limits of ${name}: npm run accuracy:docs`);
    }
  });

  for (const name of functionNames) {
    for (const dtype of ["float64", "float32"] as const) {
      const limit = LIMITS[name][dtype];
      testEach(`${name} of ${dtype} is at most ${limit} ulp off`, (backend) => {
        const { ulps, args, got, wanted } = worstError(name, dtype, backend);
        assert.ok(ulps >= 0, "no point was tried");
        assert.ok(ulps <= limit, `${name}(${args.join(", ")}): got ${got}, wanted ${wanted} (${ulps} ulp)`);
      });
    }
  }

  testEach("lgamma and digamma between negative poles are right to an absolute error", () => {
    for (const [f, flat] of [
      [lgamma, golden["negative lgamma"]],
      [digamma, golden["negative digamma"]],
    ] as const) {
      const x = flat.filter((_, i) => i % 2 === 0);
      f(tensor(x, { dtype: "float64" }))
        .dataSync()
        .forEach((got, i) => {
          const wanted = flat[2 * i + 1];
          assert.ok(Math.abs(got - wanted) <= 2e-15 * Math.max(1, Math.abs(wanted)), `${x[i]}: ${got}, not ${wanted}`);
        });
    }
  });
});
