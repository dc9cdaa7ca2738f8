/** @file vmap: axes in and out, trees, chunks, randomness, closures and what may be read. */
import assert from "node:assert/strict";
import {
  concat,
  eye,
  jacrev,
  manualSeed,
  ones,
  rand,
  randint,
  randn,
  randperm,
  stack,
  Tensor,
  tensor,
  vmap,
  where,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { loop } from "../support/differences.ts";
import { assertNear, assertNearTree } from "../support/near.ts";

suite("vmap", () => {
  testEach("takes each argument's axis, negatives and null included", () => {
    const f = (x: Tensor, y: Tensor): Tensor => x.matmul(y).sin();
    for (const [dx, dy] of [
      [0, 0],
      [1, null],
      [null, 2],
      [-1, -2],
      [2, 1],
      [-3, 0],
    ] as const) {
      const shape = (base: number[], axis: number | null): number[] => {
        if (axis !== null) base.splice(axis < 0 ? base.length + 1 + axis : axis, 0, 5);
        return base;
      };
      const args = [data(shape([2, 3], dx)), data(shape([3, 4], dy), { seed: 2 })];
      const expected = loop(f, args, [dx, dy], 5);
      assertNear(vmap(f, { inDims: [dx, dy] })(args[0], args[1]), expected, { rtol: 1e-13 });
      for (const outDims of [1, 2, -1, -2, -3]) {
        const out = vmap(f, { inDims: [dx, dy], outDims })(args[0], args[1]);
        assertNear(out.moveAxis(outDims, 0), expected, { rtol: 1e-13 });
      }
    }
  });

  test("trees of axes, prefixes of them, and trees of results", () => {
    const f = (p: { w: Tensor; b: [Tensor, Tensor] }, x: Tensor) => ({
      y: p.w.mul(x).add(p.b[0]),
      rest: [x.sum(), p.b[1]] as const,
    });
    const p = { w: data([3, 2]), b: [data([2], { seed: 2 }), data([4, 3], { seed: 3 })] as [Tensor, Tensor] };
    const x = data([2, 3], { seed: 4 });
    const got = vmap(f, {
      inDims: [{ w: 0, b: [null, 1] }, 1],
      outDims: { y: 1, rest: [0, -1] },
    })(p, x);
    const [y, total, passed] = [
      stack(
        [0, 1, 2].map((i) => p.w.at(i).mul(x.at(null, i)).add(p.b[0])),
        1,
      ),
      x.sum(0),
      p.b[1],
    ];
    assertNearTree(got, { y, rest: [total, passed] }, { rtol: 1e-13 });
    const prefix = vmap(f, { inDims: [{ w: 0, b: null }, -1], outDims: { y: 0, rest: -1 } })(p, x);
    assert.deepEqual(prefix.rest[1].shape, [4, 3, 3]);
    assertNear(prefix.y, y.moveAxis(1, 0), { rtol: 1e-13 });
  });

  test("one value for all of a nested argument, and one for all arguments", () => {
    const f = (pair: readonly [Tensor, Tensor], z: Tensor): Tensor => pair[0].add(pair[1]).mul(z);
    const [a, b, z] = [data([2, 3]), data([2, 3], { seed: 2 }), data([2, 3], { seed: 3 })];
    const expected = a.add(b).mul(z);
    assertNear(vmap(f)([a, b], z), expected);
    assertNear(vmap(f, { inDims: 1, outDims: 1 })([a, b], z), expected);
    assertNear(vmap(f, { inDims: [1, 1], outDims: -1 })([a, b], z), expected);
  });

  test("what is the same for all examples is repeated, or kept once with outDims null", () => {
    const x = data([3, 2]);
    const f = (x: Tensor): [Tensor, Tensor, number] => [x.mul(2), tensor([7, 8, 9, 10]), 4];
    const [mapped, repeated, number] = vmap(f)(x);
    assertNear(mapped, x.mul(2));
    assertNear(repeated, tensor([7, 8, 9, 10]).broadcastTo([3, 4]));
    assertNear(number, tensor([4, 4, 4]));
    const [, once] = vmap(f, { outDims: [0, null, 0] })(x);
    assertNear(once, tensor([7, 8, 9, 10]));
    const [, across] = vmap(f, { outDims: [0, 1, 0] })(x);
    assertNear(across, tensor([7, 8, 9, 10]).expandDims(1).broadcastTo([4, 3]));
  });

  testEach("chunkSize changes nothing", () => {
    const f = (x: Tensor, w: Tensor): { y: Tensor; z: Tensor } => ({ y: w.matmul(x).tanh(), z: x.sum() });
    const [x, w] = [data([3, 7]), data([2, 3], { seed: 2 })];
    const options = { inDims: [1, null], outDims: { y: 1, z: 0 } } as const;
    const expected = vmap(f, options)(x, w);
    for (const chunkSize of [1, 2, 3, 7, 50]) {
      assertNearTree(vmap(f, { ...options, chunkSize })(x, w), expected, { rtol: 1e-13 });
    }
    const kept = vmap((x: Tensor) => [x, w] as const, { chunkSize: 2, outDims: [0, null] })(x);
    assertNear(kept[1], w);
    const nested = vmap(
      vmap((x: Tensor) => x.exp(), { chunkSize: 2 }),
      { chunkSize: 2 },
    )(x);
    assertNear(nested, x.exp());
    const within = vmap(
      jacrev((x: Tensor) => x.square(), { chunkSize: 1 }),
      { chunkSize: 3 },
    )(x.transpose());
    assertNear(within, vmap(jacrev((x: Tensor) => x.square()))(x.transpose()), { rtol: 1e-13 });
  });

  test("no examples, and one example", () => {
    const f = (x: Tensor): Tensor => x.matmul(data([3, 2])).tanh();
    assert.deepEqual(vmap(f)(data([0, 3])).shape, [0, 2]);
    assertNear(vmap(f)(data([1, 3])), f(data([1, 3]).at(0)).expandDims(0), { rtol: 1e-13 });
    assert.deepEqual(vmap(jacrev(f))(data([0, 3])).shape, [0, 2, 3]);
    assert.deepEqual(vmap((x: Tensor) => x.sum())(data([4, 0])).toArray(), [0, 0, 0, 0]);
  });

  test("shapes inside are those of one example", () => {
    vmap(
      (x: Tensor) => {
        assert.deepEqual(x.shape, [2, 3]);
        assert.equal(x.ndim, 2);
        assert.equal(x.size, 6);
        assert.match(String(x), /Tensor\(\[2, 3\], float64, inside vmap\)/);
        return x.reshape([-1]);
      },
      { inDims: 1 },
    )(data([2, 4, 3]));
  });

  test("values from outside can be read inside; integers and booleans map too", () => {
    const limit = tensor([0.5]);
    const x = tensor([
      [1, -2],
      [0.2, 3],
    ]);
    const out = vmap((row: Tensor) => where(row.gt(limit.item()), row, 0))(x);
    assert.deepEqual(out.toArray(), [
      [1, 0],
      [0, 3],
    ]);
    const picked = vmap((row: Tensor, i: Tensor) => row.take(i))(x, tensor([[1], [0]], { dtype: "int32" }));
    assertNear(picked, tensor([[-2], [0.2]]));
    const flags = vmap((row: Tensor) => row.gt(0).all())(x);
    assert.deepEqual(flags.toArray(), [0, 1]);
    assert.equal(flags.dtype, "bool");
  });

  test("functions that use their whole example: concat, sort of reductions, argmax, diag", () => {
    const f = (x: Tensor): Tensor =>
      concat([x.cumsum(0), x.max().expandDims(0), x.argmax().to("float64").expandDims(0)]);
    const x = data([4, 3]);
    assertNear(vmap(f)(x), loop(f, [x], [0], 4));
    const g = (x: Tensor): Tensor => x.diag().matmul(eye(3, { dtype: "float64" }).add(x.outer(x)));
    assertNear(vmap(g)(x), loop(g, [x], [0], 4), { rtol: 1e-13 });
  });
});

suite("random numbers under vmap", () => {
  const x = ones([3, 2]);
  const draws = {
    randn: () => randn([4]),
    rand: () => rand([4]),
    randint: () => randint(0, 1000, [4]),
    randperm: () => randperm(4),
  };

  for (const [name, draw] of Object.entries(draws)) {
    test(`${name}: the same for all, or different for each`, () => {
      manualSeed(3);
      const same = vmap((x: Tensor) => draw().to("float32").mul(x.sum()), { randomness: "same" })(x);
      manualSeed(3);
      assertNear(same, draw().to("float32").mul(2).broadcastTo([3, 4]));
      manualSeed(3);
      const different = vmap((x: Tensor) => draw().to("float32").mul(x.sum()), { randomness: "different" })(x);
      assert.deepEqual(different.shape, [3, 4]);
      assert.notDeepEqual(different.at(0).toArray(), different.at(1).toArray());
      if (name === "randperm") {
        for (let i = 0; i < 3; i++) {
          assert.deepEqual(Array.from(different.at(i).dataSync()).sort(), [0, 2, 4, 6]);
        }
      } else {
        manualSeed(3);
        const whole = { randn: randn([3, 4]), rand: null, randint: null }[name as "randn"];
        if (whole) assertNear(different, whole.mul(2));
      }
    });
  }

  test("same stays the same across chunks", () => {
    manualSeed(4);
    const chunked = vmap((x: Tensor) => randn([2]).add(x.mul(0)), { randomness: "same", chunkSize: 1 })(x);
    assertNear(chunked.at(1), chunked.at(0));
    assertNear(chunked.at(2), chunked.at(0));
    manualSeed(4);
    assertNear(chunked, vmap((x: Tensor) => randn([2]).add(x.mul(0)), { randomness: "same" })(x));
  });

  test("nested: each map decides for its own examples", () => {
    const outer = data([2, 3, 1]);
    const run = (a: "same" | "different", b: "same" | "different"): Tensor =>
      vmap(
        vmap((x: Tensor) => randn([]).add(x.mul(0)), { randomness: b }),
        { randomness: a },
      )(outer).squeeze(-1);
    const rows = (x: Tensor): number => new Set(x.dataSync()).size;
    assert.equal(rows(run("same", "same")), 1);
    assert.equal(rows(run("different", "different")), 6);
    const outerOnly = run("different", "same");
    assert.equal(rows(outerOnly), 2);
    assertNear(outerOnly.at(null, 0), outerOnly.at(null, 2));
    const innerOnly = run("same", "different");
    assert.equal(rows(innerOnly), 3);
    assertNear(innerOnly.at(0), innerOnly.at(1));
  });

  test("drawn outside, or under grad without vmap, they need no leave", () => {
    const noise = randn([2]);
    assertNear(vmap((x: Tensor) => x.mul(noise))(x), x.mul(noise));
    assert.ok(jacrev((x: Tensor) => x.mul(randn([2])))(ones([2])) instanceof Tensor);
  });
});
