/**
 * @file Every primitive: its values on both backends against plain loops, its derivative in both modes against finite
 * differences, its second derivative against differences of the first, its batching against a loop.
 */
import assert from "node:assert/strict";
import { grad, hessian, jacfwd, jacrev, type Tensor, tensor, vmap } from "../../../kernel/index.ts";
import { type PrimitiveName, primitiveNames } from "../../../kernel/primitive.ts";
import { BACKENDS, on } from "../support/backends.ts";
import { differences, loop } from "../support/differences.ts";
import { gridOf } from "../support/grid.ts";
import { assertNear } from "../support/near.ts";
import { specials } from "./elementwise-rows.ts";
import { applied, differentiable, ELSEWHERE, inputsOf, isVaried, rowsOf, shapes, table } from "./table.ts";

suite("primitives", () => {
  test("the table has every primitive, and nothing else", () => {
    const tested = primitiveNames().filter((name) => !ELSEWHERE.includes(name as PrimitiveName));
    assert.deepEqual(Object.keys(table).sort(), [...tested].sort());
    for (const name of tested) assert.ok(rowsOf(name).length > 0, `${name} has no row`);
  });

  for (const name of primitiveNames()) {
    test(`${name}: values`, () => {
      for (const row of rowsOf(name)) {
        for (const backend of BACKENDS) {
          on(backend, () => {
            for (const float of ["float64", "float32"] as const) {
              const inputs = inputsOf(row, float);
              const out = applied(name, row.params)(...inputs);
              const rtol = out.dtype === "float32" ? 4e-6 : out.dtype === "float64" ? 2e-13 : 0;
              assertNear(out, row.expected(inputs.map(gridOf)), {
                rtol,
                atol: rtol,
                what: `${backend} ${name} of ${float} ${shapes(row)}`,
              });
            }
          });
        }
      }
    });
  }

  for (const [name, list] of Object.entries(specials)) {
    test(`${name}: special values`, () => {
      for (const { dtypes, inputs, out } of list) {
        for (const dtype of dtypes) {
          for (const backend of BACKENDS) {
            on(backend, () => {
              // Alone, and many times over: vector code must agree with the code for single entries.
              for (const times of [1, 5]) {
                const long = (values: readonly number[]) => Array.from({ length: times }, () => values).flat();
                const got = applied(
                  name,
                  {},
                )(...inputs.map((values) => tensor(Float64Array.from(long(values)), { dtype })));
                const wanted = long(out);
                got.dataSync().forEach((value, i) => {
                  const at = i % inputs[0].length;
                  const exact = dtype === "float32" ? Math.fround(wanted[i]) : wanted[i];
                  assert.ok(
                    Object.is(value, exact) || (value === 0 && exact === 0 && name !== "neg" && name !== "mul"),
                    `${backend} ${name}(${inputs.map((values) => values[at])}) in ${dtype} is ${value}, expected ${exact}`,
                  );
                });
              }
            });
          }
        }
      }
    });
  }

  for (const name of primitiveNames()) {
    const rows = rowsOf(name).filter((row) => differentiable(name, row));
    if (rows.length === 0) continue;
    test(`${name}: forward and reverse derivative are the finite differences`, () => {
      for (const row of rows) {
        const f = applied(name, row.params);
        const inputs = inputsOf(row, "float64");
        row.inputs.forEach((input, argnum) => {
          if (!isVaried(input)) return;
          const what = `${name} of ${shapes(row)}, argument ${argnum}`;
          const g = (...args: Tensor[]): Tensor => f(...args).to("float64");
          const [fwd, rev] = [jacfwd(g, { argnums: argnum })(...inputs), jacrev(g, { argnums: argnum })(...inputs)];
          if (name === "stopGradient" || (name === "cast" && f(...inputs).dtype === "float32")) {
            // The one is no derivative on purpose, the other rounds away what differences need.
            const diagonal = name === "cast" ? 1 : 0;
            const size = inputs[0].size;
            const wanted = {
              shape: [...input.shape, ...input.shape],
              data: Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? diagonal : 0)),
            };
            assertNear(fwd, wanted, { what: `jacfwd of ${what}`, dtype: "float64" });
            assertNear(rev, wanted, { what: `jacrev of ${what}`, dtype: "float64" });
            return;
          }
          const wanted = differences(g, inputs, argnum);
          assertNear(fwd, wanted, { rtol: 1e-7, what: `jacfwd of ${what}`, dtype: "float64" });
          assertNear(rev, fwd, { rtol: 1e-13, what: `jacrev of ${what}` });
        });
      }
    });

    test(`${name}: second derivative`, () => {
      for (const row of rows) {
        const inputs = inputsOf(row, "float64");
        if (inputs.some(({ size }) => size > 12)) continue;
        const f = applied(name, row.params);
        row.inputs.forEach((input, argnum) => {
          if (!isVaried(input) || name === "cast") return;
          const what = `${name} of ${shapes(row)}, argument ${argnum}`;
          const curved = (...args: Tensor[]): Tensor => f(...args).mul(f(...args).sin());
          const H = hessian(curved, { argnums: argnum })(...inputs);
          const wanted =
            name === "stopGradient"
              ? { shape: H.shape, data: Array.from({ length: H.size }, () => 0) }
              : differences(jacrev(curved, { argnums: argnum }), inputs, argnum);
          assertNear(H, wanted, { rtol: 2e-6, what: `hessian of ${what}` });
        });
      }
    });

    test(`${name}: float32 has the same derivative and keeps its type`, () => {
      for (const row of rows) {
        const f = applied(name, row.params);
        row.inputs.forEach((input, argnum) => {
          if (!isVaried(input)) return;
          const single = inputsOf(row, "float32");
          const double = single.map((each) => (each.dtype === "float32" ? each.to("float64") : each));
          const what = `${name} of ${shapes(row)}, argument ${argnum}`;
          const wanted = jacrev(f, { argnums: argnum })(...double);
          for (const jacobian of [jacrev, jacfwd]) {
            const got = jacobian(f, { argnums: argnum })(...single);
            assertNear(got, gridOf(wanted), { rtol: 3e-5, what: `${jacobian.name} of ${what}` });
            assert.ok(got.dtype === (name === "cast" ? got.dtype : "float32"), `${what}: ${got.dtype}`);
          }
        });
      }
    });
  }

  for (const name of primitiveNames()) {
    const rows = rowsOf(name).filter(({ inputs }) => inputs.length > 0);
    if (rows.length === 0) continue;
    test(`${name}: vmap is a loop, whichever inputs are mapped and wherever`, () => {
      const size = 3;
      for (const row of rows) {
        const f = applied(name, row.params);
        for (let subset = 1; subset < 2 ** row.inputs.length; subset++) {
          for (const turn of [0, 1, -1]) {
            const axes = row.inputs.map(({ shape }, i) => {
              if (((subset >> i) & 1) === 0) return null;
              return turn === -1 ? -1 - (i % (shape.length + 1)) : (i + turn) % (shape.length + 1);
            });
            const inputs = inputsOf(row, "float64", { size, axes });
            const what = `vmap of ${name} of ${shapes(row)}, inDims ${JSON.stringify(axes)}`;
            const got = vmap(f, { inDims: axes })(...inputs);
            assertNear(got, loop(f, inputs, axes, size), { rtol: 1e-13, what });
          }
        }
      }
    });

    test(`${name}: vmap over one example, and over none`, () => {
      for (const row of rows) {
        const f = applied(name, row.params);
        for (const axes of [row.inputs.map(() => 0), row.inputs.map((_, i) => (i === 0 ? 0 : null))]) {
          const what = `${name} of ${shapes(row)}, inDims ${JSON.stringify(axes)}`;
          const one = inputsOf(row, "float64", { size: 1, axes });
          const wanted = loop(f, one, axes, 1);
          assertNear(vmap(f, { inDims: axes })(...one), wanted, { rtol: 1e-13, what: `vmap over one of ${what}` });
          const none = inputsOf(row, "float64", { size: 0, axes });
          for (const backend of BACKENDS) {
            const got = on(backend, () => {
              const out = vmap(f, { inDims: axes })(...none);
              return { shape: out.shape, count: out.dataSync().length };
            });
            assert.deepEqual(got, { shape: [0, ...wanted.shape.slice(1)], count: 0 }, `vmap over none of ${what}`);
          }
          if (!differentiable(name, row) || !isVaried(row.inputs[0])) continue;
          const slope = grad((...args: Tensor[]) => f(...args).sum());
          const gradients = vmap(slope, { inDims: axes })(...none);
          assertNear(
            gradients,
            { shape: [0, ...row.inputs[0].shape], data: [] },
            { what: `vmap over none of the gradient of ${what}` },
          );
        }
      }
    });
  }
});
