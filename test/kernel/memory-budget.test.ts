/** @file The memory budget: what does not fit is refused before anything is made of it, or done in chunks. */
import assert from "node:assert/strict";
import { memoryError, showBytes } from "../../kernel/budget.ts";
import {
  ArgumentError,
  arange,
  compilationCount,
  eye,
  hessian,
  jacfwd,
  jacobian,
  jacrev,
  linspace,
  MemoryError,
  manualSeed,
  memoryBudget,
  rand,
  randint,
  randn,
  setMemoryBudget,
  stack,
  type Tensor,
  tensor,
  vjp,
  vmap,
  zeros,
} from "../../kernel/index.ts";
import { testEach } from "./support/backends.ts";
import { data } from "./support/data.ts";
import { assertThrows } from "./support/near.ts";

const DEFAULT = 2 * 2 ** 30;

function withBudget<T>(bytes: number, body: () => T): T {
  setMemoryBudget(bytes);
  try {
    return body();
  } finally {
    setMemoryBudget(DEFAULT);
  }
}

/** Refused at once: in little time, and without memory of any kind. */
function assertRefused(body: () => unknown, ...patterns: (string | RegExp)[]): void {
  const before = process.memoryUsage().rss;
  const start = performance.now();
  assertThrows(body, MemoryError, ...patterns, "but the memory budget is 2 GiB", "setMemoryBudget(bytes)");
  const taken = performance.now() - start;
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  assert.ok(taken < 1500, `took ${taken.toFixed(0)} ms`);
  assert.ok(grown < 60, `took ${grown.toFixed(0)} MB`);
}

suite("what does not fit is refused", () => {
  const n = 100_000;
  const many = tensor(new Float32Array(n).fill(0.5));

  testEach("an identity matrix", () => {
    assertRefused(() => eye(n).toArray(), "the result of eye or diag: float32[100000, 100000] needs 74.5 GiB");
  });

  testEach("a filled tensor and a range", () => {
    assertRefused(() => zeros([1e6, 1e6]).dataSync(), "full, zeros or ones: float32[1000000, 1000000] needs 7.28 TiB");
    assertRefused(() => arange(1e12).toArray(), "arange: int32[1000000000000]");
    assertRefused(() => linspace(0, 1, 1e10), "linspace: float32[10000000000] needs 37.3 GiB");
  });

  testEach("random numbers", () => {
    assertRefused(
      () => randn([1e6, 1e6]),
      "randn: float32[1000000, 1000000] needs 3.64 TiB",
      "Ask for a smaller shape",
    );
    assertRefused(() => rand([1e6, 1e6], { dtype: "float64" }), "rand: float64[1000000, 1000000] needs 7.28 TiB");
    assertRefused(() => randint(0, 9, [1e5, 1e5]), "randint: int32[100000, 100000] needs 37.3 GiB");
    const mapped = vmap((_: Tensor) => randn([1e6]), { randomness: "different" });
    assertRefused(() => mapped(many), "randn: float32[100000, 1000000]");
  });

  testEach("a Hessian, which names hvp", () => {
    const energy = (x: Tensor): Tensor => x.sin().mul(x).sum().square();
    const h = hessian(energy)(many);
    assert.deepEqual([...h.shape], [n, n]);
    assertRefused(
      () => h.toArray(),
      "the Hessian of energy with respect to x and x: float32[100000, 100000] needs 74.5 GiB",
      "For products with it use hvp, which never forms it",
    );
  });

  testEach("a Jacobian, which names vjp and jvp", () => {
    const waves = (x: Tensor): Tensor => x.cumsum(0).sin();
    for (const derive of [jacrev, jacfwd]) {
      assertRefused(() => derive(waves)(many).dataSync(), "the Jacobian of waves with respect to x", "use vjp or jvp");
    }
  });

  testEach("an outer product, and what is computed from one", () => {
    assertRefused(() => many.outer(many).dataSync(), "float32[100000, 100000] needs 74.5 GiB", "reduce it before");
    const through = many.outer(many).exp().matmul(many).sum();
    assertRefused(() => through.item(), "float32[] with what it is computed from needs", "in chunks (option chunkSize");
  });

  testEach("and what fits works as before", () => {
    assert.equal(eye(100_000).sum().item(), 100_000);
    assert.equal(many.sum().item(), 50_000);
  });

  test("the message of a refusal: who, what, how much, the budget, a remedy", () => {
    assert.throws(
      () =>
        withBudget(2 ** 20, () =>
          tensor(new Float32Array(160_000), { shape: [400, 400] })
            .exp()
            .dataSync(),
        ),
      {
        name: "MemoryError",
        message:
          "the result of exp: float32[400, 400] needs 1.22 MiB, but the memory budget is 1 MiB. Use smaller inputs, reduce " +
          "it before it is read, or raise the budget with setMemoryBudget(bytes).",
      },
    );
  });

  test("a program that WebAssembly cannot hold is refused under any budget", () => {
    withBudget(Number.POSITIVE_INFINITY, () => {
      assertThrows(() => many.outer(many).dataSync(), MemoryError, "a WebAssembly program can have 4 GiB");
    });
  });

  test("the budget can be set and asked for", () => {
    assert.equal(memoryBudget(), DEFAULT);
    assert.equal(withBudget(1000, memoryBudget), 1000);
    for (const wrong of [0, -1, Number.NaN, "1e9" as never]) {
      assertThrows(() => setMemoryBudget(wrong), ArgumentError, "setMemoryBudget: expected a positive number of bytes");
    }
    assert.equal(memoryBudget(), DEFAULT);
  });

  test("bytes are written with three digits", () => {
    const cases = [0, 999, 1000, 1024, 123_456_789, 2 ** 31, 4e13, 1e30];
    const shown = ["0 bytes", "999 bytes", "0.977 KiB", "1 KiB", "118 MiB", "2 GiB", "36.4 TiB", "867000000000 EiB"];
    assert.deepEqual(cases.map(showBytes), shown);
    const demand = { name: "f", what: "float32[2]", bytes: 8, remedy: "Do less." };
    assert.equal(
      memoryError(demand, "there is none").message,
      "f: float32[2] needs 8 bytes, but there is none. Do less.",
    );
  });
});

suite("what does not fit at once is done in chunks", () => {
  const weight = data([24, 90], { seed: 2, dtype: "float32" });
  const x = data([90], { seed: 3, dtype: "float32" });
  const xs = data([40, 90], { seed: 4, dtype: "float32" });
  const layer = (x: Tensor): Tensor => weight.matmul(x).tanh();
  const mixed = (x: Tensor): Tensor => x.sin().mul(x.sum()).cumsum(0);
  const steep = (x: Tensor): Tensor => x.mul(x).log().mul(x.cos());

  const cases: Record<string, () => Tensor> = {
    jacrev: () => jacrev(mixed)(x),
    jacfwd: () => jacfwd(mixed)(x),
    "jacrev of a matrix": () => jacrev((x: Tensor) => x.softmax(1))(xs.slice(0, 0, 8)),
    "jacfwd of a matrix": () => jacfwd((x: Tensor) => x.softmax(1))(xs.slice(0, 0, 8)),
    hessian: () => hessian((x: Tensor) => layer(x).square().sum())(x),
    "hessian of several outputs": () => hessian((x: Tensor) => layer(x).slice(0, 0, 5))(x),
    // At 0 the derivative is infinite; no zero beside the diagonal may meet it.
    "a diagonal with an infinity": () => jacrev(steep)(arange(300).to("float32")),
    "a diagonal with an infinity, forward": () => jacfwd(steep)(arange(300).to("float32")),
    vmap: () => vmap((x: Tensor) => x.outer(x).exp().matmul(weight.transpose()))(xs),
    "vmap to another axis": () => vmap((x: Tensor) => x.outer(layer(x)), { outDims: 2 })(xs),
    "vmap over a Jacobian": () => vmap(jacrev(layer))(xs),
    "vmap of a pullback over unit vectors": () => {
      const [, pullback] = vjp(mixed, x);
      return vmap(pullback as (v: Tensor) => Tensor)(eye(90));
    },
    "vmap with draws": () => {
      manualSeed(5);
      return vmap((x: Tensor) => randn([90]).outer(x).exp(), { randomness: "different" })(xs);
    },
  };
  for (const [name, make] of Object.entries(cases)) {
    testEach(`${name}: the same numbers within the budget`, () => {
      const whole = make();
      const expected = whole.dataSync();
      const bytes = 4 * expected.length;
      // The result fits, not the result in the program and again outside of it: each chunk must do with what is left.
      withBudget(1.75 * bytes + 60_000, () => {
        const chunked = make();
        assert.deepEqual(chunked.shape, whole.shape);
        const got = chunked.dataSync();
        assert.ok(chunked.node.expression === null, "put together of chunks");
        // In chunks the derivatives are taken mode by mode, at once by elimination: products in another order.
        let largest = 0;
        for (const value of expected) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
        const isSame = (value: number, other: number): boolean =>
          Object.is(value, other) || Math.abs(value - other) <= 1e-5 * largest;
        const wrong = got.findIndex((value, i) => !isSame(value, expected[i]) && !Number.isNaN(value + expected[i]));
        assert.equal(wrong, -1, `at ${wrong}: ${got[wrong]} instead of ${expected[wrong]}`);
      });
    });
  }

  test("a large Hessian is written piece by piece, with the numbers of its formula", () => {
    const [outputs, inputs] = [5, 1900];
    const wide = data([outputs, inputs], { low: -0.02, high: 0.02, dtype: "float32" });
    const point = data([inputs], { seed: 2, dtype: "float32" });
    const f = (x: Tensor): Tensor => wide.matmul(x).tanh();
    const H = hessian(f)(point);
    assert.deepEqual(H.shape, [outputs, inputs, inputs]);
    assert.ok(H.node.value !== null && H.node.expression === null, "put together of pieces");
    const y = f(point).toArray() as number[];
    const w = wide.dataSync();
    const h = H.dataSync();
    for (let at = 0; at < h.length; at += 7919) {
      const [o, i, j] = [Math.floor(at / inputs ** 2), Math.floor(at / inputs) % inputs, at % inputs];
      const expected = -2 * y[o] * (1 - y[o] ** 2) * w[o * inputs + i] * w[o * inputs + j];
      assert.ok(Math.abs(h[at] - expected) <= 1e-5 * Math.abs(expected) + 1e-12, `[${o}, ${i}, ${j}]`);
    }
    // The columns of a Jacobian with few rows are what is cut then.
    const J = jacobian((x: Tensor) =>
      stack([x.sum(), x.dot(x)])
        .outer(x)
        .reshape([2, -1]),
    )(data([3000], { dtype: "float32" }));
    assert.deepEqual(J.shape, [2, 3000, 3000]);
    assert.ok(J.node.value !== null && J.node.expression === null);
  });

  test("ordinary calls are not looked at", () => {
    const f = (x: Tensor): Tensor => x.mul(0.12345).sin();
    jacrev(f)(x).dataSync();
    const before = compilationCount();
    const j = jacrev(f)(x);
    assert.equal(j.node.value, null);
    j.dataSync();
    assert.equal(compilationCount(), before);
  });

  test("inside another transform nothing is computed", () => {
    withBudget(100_000, () => {
      const g = jacrev((x: Tensor) => jacrev(mixed)(x).sum());
      assert.deepEqual([...g(x.slice(0, 0, 20)).shape], [20]);
    });
  });

  test("a function is called once, however many chunks there are", () => {
    let calls = 0;
    const f = (x: Tensor): Tensor => {
      calls++;
      return x.outer(x).exp();
    };
    withBudget(2_000_000, () => vmap(f)(xs).dataSync());
    vmap(f, { chunkSize: 3 })(xs).dataSync();
    assert.equal(calls, 2);
  });

  test("what no chunk can hold is refused when it is read", () => {
    withBudget(500_000, () => {
      const j = vmap((x: Tensor) => x.outer(x).exp())(xs);
      assert.equal(j.node.value, null);
      assertThrows(() => j.dataSync(), MemoryError, "float32[40, 90, 90] needs 2.47 MiB", "488 KiB");
      assert.equal(j.slice(0, 3, 4).sum().shape.length, 0);
    });
  });
});
