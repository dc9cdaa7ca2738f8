/** @file Elementwise functions as people call them: broadcasting, promotion, numbers, and functions made of several. */
import assert from "node:assert/strict";
import {
  abs,
  add,
  type DType,
  div,
  eq,
  exp,
  jacfwd,
  jacrev,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  mul,
  neg,
  ones,
  pow,
  remainder,
  sqrt,
  sub,
  type Tensor,
  tensor,
  to,
  where,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { differences } from "../support/differences.ts";
import { get, grid, gridOf } from "../support/grid.ts";
import { assertNear } from "../support/near.ts";

suite("elementwise functions", () => {
  testEach("broadcast by NumPy's rules", () => {
    for (const [a, b, out] of [
      [[2, 3], [3], [2, 3]],
      [
        [2, 1],
        [1, 3],
        [2, 3],
      ],
      [[], [2, 2], [2, 2]],
      [
        [4, 1, 3],
        [2, 1],
        [4, 2, 3],
      ],
      [[1], [3], [3]],
      [
        [0, 3],
        [1, 3],
        [0, 3],
      ],
      [[1], [0], [0]],
      [[1, 1], [2], [1, 2]],
    ]) {
      const [x, y] = [data(a), data(b, { seed: 2 })];
      const at = (x: Tensor, position: readonly number[]): number =>
        get(
          gridOf(x),
          x.shape.map((extent, d) => (extent === 1 ? 0 : position[position.length - x.ndim + d])),
        );
      assertNear(
        x.sub(y),
        grid(out, (position) => at(x, position) - at(y, position)),
      );
      assertNear(
        where(x.gt(0), x, y),
        grid(out, (p) => (at(x, p) > 0 ? at(x, p) : at(y, p))),
      );
    }
    const w = where(tensor([[true], [false]]), tensor([1, 2, 3]), tensor(9));
    assert.deepEqual(w.toArray(), [
      [1, 2, 3],
      [9, 9, 9],
    ]);
  });

  test("promote as PyTorch does; a JavaScript number never promotes within its kind", () => {
    const types: readonly DType[] = ["bool", "int32", "float32", "float64"];
    types.forEach((a, i) => {
      types.forEach((b, j) => {
        const wider = types[Math.max(i, j)];
        const [x, y] = [tensor([1], { dtype: a }), tensor([1], { dtype: b })];
        assert.equal(add(x, y).dtype, wider === "bool" ? "int32" : wider, `${a} + ${b}`);
        assert.equal(div(x, y).dtype, wider === "float64" ? "float64" : "float32", `${a} / ${b}`);
        assert.equal(eq(x, y).dtype, "bool");
        assert.equal(where(true, x, y).dtype, wider);
      });
      const x = tensor([1], { dtype: a });
      const withInteger = a === "bool" ? "int32" : a;
      assert.equal(mul(x, 2).dtype, withInteger, `${a} · 2`);
      assert.equal(mul(2, x).dtype, withInteger, `2 · ${a}`);
      const withFraction = a.startsWith("float") ? a : "float32";
      assert.equal(x.mul(0.1).dtype, withFraction, `${a} · 0.1`);
      assert.equal(exp(x).dtype, a === "float64" ? a : "float32");
      assert.equal(neg(x).dtype, withInteger);
      assert.equal(x.pow(2).dtype, withInteger);
      assert.equal(x.clip(0).dtype, a === "bool" ? "int32" : a, `clip(${a}, 0)`);
      assert.equal(x.clip(undefined, 3).dtype, a === "bool" ? "int32" : a);
    });
    assert.equal(add(1, 2).dtype, "float32");
    assert.equal(add(1, 2).item(), 3);
    // 0.1 in float32 stays what it is there.
    assert.equal(tensor([1]).mul(0.1).item(), Math.fround(0.1));
  });

  testEach("integers: exact arithmetic, true division, remainder with the divisor's sign", () => {
    const x = tensor([7, -7, 2147483647], { dtype: "int32" });
    assert.deepEqual(x.add(1).toArray(), [8, -6, -2147483648]);
    assert.deepEqual(x.div(2).toArray(), [3.5, -3.5, 1073741824]);
    assert.deepEqual(remainder(x, 3).toArray(), [1, 2, 1]);
    assert.deepEqual(abs(x).toArray(), [7, 7, 2147483647]);
    assert.deepEqual(maximum(x, 0).toArray(), [7, 0, 2147483647]);
    assert.deepEqual(x.clip(-1, 5).toArray(), [5, -1, 5]);
    assert.deepEqual(sqrt(tensor([4], { dtype: "int32" })).toArray(), [2]);
  });

  testEach("conversions: truncate, saturate, and are not undone", () => {
    const x = tensor([1.7, -1.7, 3e10, -3e10, Number.NaN, 0], { dtype: "float64" });
    assert.deepEqual(to(x, "int32").toArray(), [1, -1, 2147483647, -2147483648, 0, 0]);
    assert.deepEqual(x.to("bool").toArray(), [1, 1, 1, 1, 1, 0]);
    // A detour through a narrower type loses what that type cannot hold.
    const y = tensor([1.7, -1.7]);
    assert.deepEqual(y.to("int32").to("float32").toArray(), [1, -1]);
    assert.deepEqual(y.to("float64").to("int32").to("float64").toArray(), [1, -1]);
    assert.deepEqual(y.to("bool").to("float32").toArray(), [1, 1]);
    const big = tensor([16777217], { dtype: "int32" });
    assert.deepEqual(big.to("float32").to("int32").toArray(), [16777216]);
    assert.deepEqual(big.to("float64").to("int32").toArray(), [16777217]);
    assert.deepEqual(tensor([0.1], { dtype: "float64" }).to("float32").to("float64").toArray(), [Math.fround(0.1)]);
    assert.deepEqual(tensor([0.1]).to("float64").to("float32").toArray(), [Math.fround(0.1)]);
  });

  testEach("logic takes truth from numbers", () => {
    const x = tensor([0, 2, -1, 0]);
    const y = tensor([true, true, false, false]);
    assert.deepEqual(logicalAnd(x, y).toArray(), [0, 1, 0, 0]);
    assert.deepEqual(logicalOr(x, y).toArray(), [1, 1, 1, 0]);
    assert.deepEqual(logicalNot(x).toArray(), [1, 0, 0, 1]);
    assert.deepEqual(logicalAnd(x, 2).toArray(), [0, 1, 1, 0]);
    assert.deepEqual(where(2, 5, 6).toArray(), 5);
    assert.deepEqual(y.add(y).toArray(), [2, 2, 0, 0]);
    assert.deepEqual(x.isnan().toArray(), [0, 0, 0, 0]);
  });

  testEach("functions made of several", () => {
    const x = data([40], { low: -6, high: 6 });
    const each = (f: (v: number) => number) => ({ shape: [40], data: Array.from(x.dataSync(), f) });
    const logistic = (v: number): number => 1 / (1 + Math.exp(-v));
    assertNear(
      x.square(),
      each((v) => v * v),
    );
    assertNear(
      x.reciprocal(),
      each((v) => 1 / v),
    );
    assertNear(
      x.square().rsqrt(),
      each((v) => 1 / Math.abs(v)),
    );
    assertNear(
      x.relu(),
      each((v) => Math.max(v, 0)),
    );
    assertNear(
      x.softplus(),
      each((v) => Math.log(1 + Math.exp(v))),
      { rtol: 1e-12 },
    );
    assertNear(
      x.silu(),
      each((v) => v * logistic(v)),
    );
    assertNear(
      x.gelu(),
      each((v) => v * (0.5 + erfTaylor(v / Math.SQRT2) / 2)),
      { rtol: 1e-9, atol: 1e-9 },
    );
    assertNear(
      x.clip(-1, 2.5),
      each((v) => Math.min(2.5, Math.max(-1, v))),
    );
    assertNear(
      x.clip(tensor([0])),
      each((v) => Math.max(0, v)),
    );
    assertNear(x.sigmoid(), each(logistic));
    assert.deepEqual(tensor([1000, -1000]).softplus().toArray(), [1000, 0]);
  });

  testEach("pow with every kind of exponent", () => {
    const x = tensor([-2, 3, 0.5], { dtype: "float64" });
    for (const y of [0, 1, 2, 3, 4, -1, -2, 5]) {
      assertNear(x.pow(y), { shape: [3], data: [(-2) ** y, 3 ** y, 0.5 ** y] }, { rtol: 1e-14, what: `pow ${y}` });
    }
    assertNear(x.abs().pow(0.5), { shape: [3], data: [Math.SQRT2, Math.sqrt(3), Math.sqrt(0.5)] }, { rtol: 1e-14 });
    assertNear(pow(2, x), { shape: [3], data: [0.25, 8, Math.SQRT2] }, { rtol: 1e-14 });
    assert.deepEqual(tensor([0, 5]).pow(0).toArray(), [1, 1]);
    for (const y of [0, 1, 2, 3, 4, -1, 0.5, 2.5]) {
      const at = data([3], { low: 0.4, high: 2 });
      const f = (x: Tensor): Tensor => x.pow(y);
      assertNear(jacrev(f)(at), differences(f, [at]), { rtol: 1e-7, atol: 1e-8, what: `derivative of pow ${y}` });
    }
  });

  test("derivatives at the edges", () => {
    const at = (f: (x: Tensor) => Tensor, x: number): number[] =>
      [jacrev, jacfwd].map((d) => d(f)(tensor(x, { dtype: "float64" })).item());
    assert.deepEqual(
      at((x) => x.pow(tensor(2, { dtype: "float64" })), 0),
      [0, 0],
    );
    assert.deepEqual(
      at((x) => x.pow(tensor(0, { dtype: "float64" })), 0),
      [0, 0],
    );
    assert.deepEqual(
      at((x) => tensor(0, { dtype: "float64" }).pow(x), 2),
      [0, 0],
    );
    assert.deepEqual(
      at((x) => x.abs(), 0),
      [0, 0],
    );
    assert.deepEqual(
      at((x) => x.sqrt(), 0),
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    );
    assert.deepEqual(
      at((x) => x.softplus(), 0),
      [0.5, 0.5],
    );
    assert.deepEqual(
      at((x) => x.softplus(), 800),
      [1, 1],
    );
    assert.deepEqual(
      at((x) => x.softplus(), -800),
      [0, 0],
    );
    assert.deepEqual(
      at((x) => x.tanh(), 400),
      [0, 0],
    );
    assert.deepEqual(
      at((x) => x.sigmoid(), -800),
      [0, 0],
    );
    assert.deepEqual(
      at((x) => where(x.gt(0), x.log(), 0), 1),
      [1, 1],
    );
    assert.deepEqual(
      at((x) => x.mul(0), 3),
      [0, 0],
    );
    assert.deepEqual(
      at((x) => sub(1, x).div(2), 3),
      [-0.5, -0.5],
    );
  });

  test("identities are recognised without changing values", () => {
    const x = tensor([1, -0, Number.NaN, Number.POSITIVE_INFINITY]);
    assert.deepEqual(x.mul(1).toArray(), x.toArray());
    assert.deepEqual(x.div(1).toArray(), x.toArray());
    assert.deepEqual(x.neg().neg().toArray(), x.toArray());
    assert.deepEqual(x.mul(0).toArray(), [0, -0, Number.NaN, Number.NaN]);
    assert.deepEqual(x.sub(0).toArray(), x.toArray());
    assert.deepEqual(
      ones([2])
        .add(ones([2]))
        .toArray(),
      [2, 2],
    );
  });
});

/** Error function by its Taylor series, good for the small arguments here. */
function erfTaylor(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 120; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
