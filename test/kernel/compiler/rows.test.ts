/** @file Kernels that go over a large matrix row by row become one, with the same results. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  explain,
  grad,
  jit,
  layerNorm,
  logSoftmax,
  logsumexp,
  setThreads,
  softmax,
  type Tensor,
  variance,
} from "../../../kernel/index.ts";
import { BACKENDS, on } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear } from "../support/near.ts";

const ROWS = 130;
const COLUMNS = 260;
const dtype = "float32";
const x = data([ROWS, COLUMNS], { seed: 3, dtype });
const TOGETHER = (kernels: number, rows = ROWS): string => `${kernels} kernels, row by row of ${rows}`;

/** The kernels of `f`, after checking that both backends compute the same. */
function kernels(f: (...args: Tensor[]) => Tensor | Tensor[], ...args: Tensor[]): string[] {
  const [wasm, reference] = BACKENDS.map((backend) =>
    on(backend, () => {
      const out = [jit(f)(...args)].flat() as Tensor[];
      for (const each of out) each.dataSync();
      return out;
    }),
  );
  for (const [i, each] of wasm.entries()) assertNear(each, reference[i], { rtol: 1e-4, atol: 1e-4 });
  return explain(f as (...args: Tensor[]) => Tensor)(...args).kernels.map(({ name }) => name);
}

suite("kernels over the same rows", () => {
  test("softmax, layer norm and what is like them go row by row", () => {
    assert.deepEqual(
      kernels((a) => softmax(a, 1), x),
      [TOGETHER(4)],
    );
    assert.deepEqual(
      kernels((a) => logSoftmax(a, 1), x),
      [TOGETHER(3)],
    );
    assert.deepEqual(
      kernels((a) => layerNorm(a, [COLUMNS]), x),
      [TOGETHER(3)],
    );
    assert.deepEqual(
      kernels((a) => logsumexp(a, 1), x),
      [TOGETHER(2)],
    );
    assert.deepEqual(
      kernels((a) => softmax(a, -1), x.reshape([13, 10, COLUMNS])),
      [TOGETHER(4)],
    );
    // Nothing is computed twice.
    const work = explain((a: Tensor) => softmax(a, 1))(x);
    assert.equal(work.functions, ROWS * COLUMNS);
  });

  test("what goes across the rows, is small, or has short or very long rows stays as it is", () => {
    const isApart = (f: (a: Tensor) => Tensor, a: Tensor): void =>
      assert.ok(kernels(f, a).every((name) => !name.includes("row by row")));
    isApart((a) => softmax(a, 0), x);
    isApart((a) => variance(a, 0), x);
    isApart((a) => softmax(a, 1), x.slice(0, 0, 20));
    isApart((a) => softmax(a, 1), x.reshape([(ROWS * COLUMNS) / 10, 10]));
    isApart((a) => softmax(a, 1), x.reshape([2, (ROWS * COLUMNS) / 2]));
    const square = data([200, 200], { seed: 4, dtype });
    isApart((a) => a.transpose().sub(a.exp().add(a).sum(1)), square);
  });

  test("results that are wanted besides the last are kept", () => {
    const both = (a: Tensor): Tensor[] => {
      const shifted = a.sub(a.max(1, { keepDims: true })).exp();
      return [shifted, shifted.div(shifted.sum(1, { keepDims: true }))];
    };
    kernels(both, x);
    kernels((a) => grad((b: Tensor) => softmax(b, 1).mul(b).sum())(a), x);
  });

  test("random programs over rows", () => {
    const weight = data([COLUMNS], { seed: 8, dtype });
    const scale = data([ROWS], { seed: 9, dtype });
    const steps: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
      (a, b) => a.sub(b.max(1, { keepDims: true })),
      (a, b) => a.add(b.mean(1, { keepDims: true })),
      (a) => a.div(a.abs().sum(1, { keepDims: true }).add(1)),
      (a) => a.mul(weight),
      (a) => a.mul(scale.reshape([ROWS, 1])),
      (a) => a.tanh(),
      (a) => softmax(a, 1),
      (a, b) => a.sub(b.mean(0)),
      (a, b) => a.mul(b).add(a),
      (a) =>
        a
          .slice(1, 1, COLUMNS - 1)
          .mean(1, { keepDims: true })
          .add(a),
      (a, b) => a.transpose().reshape([ROWS, COLUMNS]).mul(0.5).add(b),
      (a) => a.to("float64").sin().to("float32"),
    ];
    let grouped = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(steps.length - 1), fc.boolean()), { minLength: 2, maxLength: 6 }),
        fc.boolean(),
        (choices, wantsAll) => {
          const f = (a: Tensor): Tensor | Tensor[] => {
            let [at, before] = [a, a];
            const all: Tensor[] = [];
            for (const [step, usesFirst] of choices) {
              [at, before] = [steps[step](at, usesFirst ? a : before), at];
              all.push(at);
            }
            return wantsAll ? all : at;
          };
          if (kernels(f, x).some((name) => name.includes("row by row"))) grouped++;
        },
      ),
      { numRuns: 60 },
    );
    assert.ok(grouped > 20, `${grouped} programs went row by row`);
  });

  test("any number of threads gives the same bits", async () => {
    const large = data([1100, 600], { seed: 5, dtype });
    const programs = [() => softmax(large, 1), () => layerNorm(large, [600]), () => logSoftmax(large, 1)];
    try {
      setThreads(1);
      const wanted = programs.map((program) => program().dataSync());
      for (const count of [2, 3]) {
        setThreads(count);
        // Threads take some time to start.
        for (let again = 0; again < 20; again++) {
          for (const [i, program] of programs.entries()) assert.deepEqual(program().dataSync(), wanted[i]);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
    } finally {
      setThreads("auto");
    }
  });
});
