/** @file Functions that change shape, order or extent, against index arithmetic. */
import assert from "node:assert/strict";
import {
  broadcastTo,
  concat,
  diag,
  diagonal,
  moveAxis,
  pad,
  permute,
  roll,
  split,
  squeeze,
  stack,
  type Tensor,
  tensor,
  tile,
  transpose,
  tril,
  triu,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { get, grid, gridOf } from "../support/grid.ts";
import { assertNear } from "../support/near.ts";

const x = data([2, 3, 4]);
/** The grid of `shape` whose entries are those of `from` at the position that `rule` gives. */
const picked = (from: Tensor, shape: readonly number[], rule: (at: number[]) => number[]) => {
  const source = gridOf(from);
  return grid(shape, (at) => get(source, rule(at)));
};
const wrap = (i: number, n: number): number => ((i % n) + n) % n;

suite("shape functions", () => {
  testEach("reshape and flatten", () => {
    assertNear(x.reshape([4, 6]), { shape: [4, 6], data: gridOf(x).data });
    assertNear(x.reshape([-1, 2]), { shape: [12, 2], data: gridOf(x).data });
    assertNear(x.reshape([3, -1, 1]), { shape: [3, 8, 1], data: gridOf(x).data });
    assertNear(x.flatten(), { shape: [24], data: gridOf(x).data });
    assertNear(x.transpose().reshape([6, 4]), { shape: [6, 4], data: gridOf(x.transpose()).data });
    assert.deepEqual(data([0, 3]).reshape([-1, 3]).shape, [0, 3]);
    assert.deepEqual(data([2, 0]).reshape([0, 5]).shape, [0, 5]);
    assert.deepEqual(tensor(5).reshape([1, 1]).toArray(), [[5]]);
    assert.equal(
      tensor([[5]])
        .reshape([])
        .toArray(),
      5,
    );
  });

  testEach("permute, transpose, moveAxis", () => {
    assertNear(
      permute(x, [2, 0, 1]),
      picked(x, [4, 2, 3], ([i, j, k]) => [j, k, i]),
    );
    assertNear(x.permute([-1, -3, -2]), permute(x, [2, 0, 1]));
    assertNear(
      transpose(x),
      picked(x, [4, 3, 2], ([i, j, k]) => [k, j, i]),
    );
    assertNear(x.transpose(0, -1), transpose(x));
    assertNear(
      x.transpose(1, 2),
      picked(x, [2, 4, 3], ([i, j, k]) => [i, k, j]),
    );
    assertNear(
      moveAxis(x, 0, 2),
      picked(x, [3, 4, 2], ([i, j, k]) => [k, i, j]),
    );
    assertNear(
      x.moveAxis(-1, 0),
      picked(x, [4, 2, 3], ([i, j, k]) => [j, k, i]),
    );
    assertNear(x.permute([2, 0, 1]).permute([1, 2, 0]), x);
    assertNear(data([3]).transpose(), data([3]));
  });

  testEach("expandDims, squeeze, broadcastTo", () => {
    assert.deepEqual(x.expandDims(0).shape, [1, 2, 3, 4]);
    assert.deepEqual(x.expandDims(-1).shape, [2, 3, 4, 1]);
    assert.deepEqual(x.expandDims(1).shape, [2, 1, 3, 4]);
    const thin = x.reshape([1, 2, 1, 12, 1]);
    assert.deepEqual(thin.squeeze().shape, [2, 12]);
    assert.deepEqual(squeeze(thin, -1).shape, [1, 2, 1, 12]);
    assert.deepEqual(squeeze(thin, [0, 2]).shape, [2, 12, 1]);
    assertNear(
      broadcastTo(data([3, 1]), [2, 3, 4]),
      picked(data([3, 1]), [2, 3, 4], ([, j]) => [j, 0]),
    );
    assert.deepEqual(broadcastTo(7, [2]).toArray(), [7, 7]);
    assert.deepEqual(broadcastTo(tensor([1]), [0]).shape, [0]);
  });

  testEach("concat, stack, split", () => {
    const [a, b] = [data([2, 1, 4], { seed: 2 }), data([2, 2, 4], { seed: 3 })];
    const c = concat([a, x, b], 1);
    assert.deepEqual(c.shape, [2, 6, 4]);
    assertNear(c.slice(1, 0, 1), a);
    assertNear(c.slice(1, 1, 4), x);
    assertNear(c.slice(1, 4), b);
    assertNear(concat([a, x, b], -2), c);
    assert.equal(concat([tensor([1]), tensor([2], { dtype: "int32" })]).dtype, "float32");
    assertNear(
      stack([x, x.neg()], 1),
      picked(concat([x, x.neg()], 0), [2, 2, 3, 4], ([i, s, j, k]) => [i + 2 * s, j, k]),
    );
    assert.deepEqual(stack([x, x], -1).shape, [2, 3, 4, 2]);
    assert.deepEqual(stack([1, tensor(2), true]).toArray(), [1, 2, 1]);
    const [p, q] = split(x, 2, -1);
    assertNear(concat([p, q], 2), x);
    assert.deepEqual(
      split(x, [1, 0, 2], 1).map((part) => part.shape),
      [
        [2, 1, 4],
        [2, 0, 4],
        [2, 2, 4],
      ],
    );
  });

  testEach("slice and flip", () => {
    assertNear(
      x.slice(1, 1),
      picked(x, [2, 2, 4], ([i, j, k]) => [i, j + 1, k]),
    );
    assertNear(
      x.slice(2, -3, -1),
      picked(x, [2, 3, 2], ([i, j, k]) => [i, j, k + 1]),
    );
    assertNear(
      x.slice(2, 0, 4, 3),
      picked(x, [2, 3, 2], ([i, j, k]) => [i, j, 3 * k]),
    );
    assertNear(
      x.slice(2, 1, undefined, 2),
      picked(x, [2, 3, 2], ([i, j, k]) => [i, j, 1 + 2 * k]),
    );
    assert.deepEqual(x.slice(0, 2).shape, [0, 3, 4]);
    assert.deepEqual(x.slice(0, 1, 0).shape, [0, 3, 4]);
    assert.deepEqual(x.slice(-1, -100, 100).shape, [2, 3, 4]);
    assertNear(
      x.flip([0, -1]),
      picked(x, [2, 3, 4], ([i, j, k]) => [1 - i, j, 3 - k]),
    );
    assertNear(
      x.flip(),
      picked(x, [2, 3, 4], ([i, j, k]) => [1 - i, 2 - j, 3 - k]),
    );
  });

  testEach("roll, tile, pad", () => {
    for (const shift of [0, 1, -1, 2, 7, -8]) {
      assertNear(
        roll(x, shift, 1),
        picked(x, [2, 3, 4], ([i, j, k]) => [i, wrap(j - shift, 3), k]),
      );
    }
    assert.deepEqual(roll(data([0, 2]), 3, 0).shape, [0, 2]);
    const m = data([2, 3]);
    assertNear(
      tile(m, [2, 3]),
      picked(m, [4, 9], ([i, j]) => [i % 2, j % 3]),
    );
    assertNear(
      tile(m, [2]),
      picked(m, [2, 6], ([i, j]) => [i, j % 3]),
    );
    assertNear(
      tile(m, [2, 1, 1]),
      picked(m, [2, 2, 3], ([, i, j]) => [i, j]),
    );
    assert.deepEqual(tile(m, [0, 1]).shape, [0, 3]);
    const padded = (value: number) =>
      grid([4, 4], ([i, j]) => (i >= 1 && i < 3 && j < 3 ? get(gridOf(m), [i - 1, j]) : value));
    assertNear(
      pad(m, [
        [1, 1],
        [0, 1],
      ]),
      padded(0),
    );
    assertNear(
      pad(
        m,
        [
          [1, 1],
          [0, 1],
        ],
        -7.25,
      ),
      padded(-7.25),
    );
    assertNear(
      pad(
        m,
        [
          [1, 1],
          [0, 1],
        ],
        Number.NaN,
      ),
      padded(Number.NaN),
    );
    assertNear(pad(tensor([true]), [[1, 0]]), tensor([false, true]));
  });

  testEach("diagonals and triangles", () => {
    const m = data([3, 4]);
    assertNear(
      diagonal(m),
      picked(m, [3], ([i]) => [i, i]),
    );
    assertNear(diagonal(m.transpose()), diagonal(m));
    const cube = data([3, 2, 3]);
    assertNear(
      diagonal(cube, 0, 2),
      picked(cube, [2, 3], ([j, i]) => [i, j, i]),
    );
    assertNear(diagonal(cube, -1, 0), diagonal(cube, 0, 2));
    const v = data([3]);
    assertNear(
      diag(v),
      grid([3, 3], ([i, j]) => (i === j ? v.dataSync()[i] : 0)),
    );
    assertNear(diag(m), diagonal(m));
    assertNear(
      m.trace(),
      grid([], () => [0, 1, 2].reduce((sum, i) => sum + get(gridOf(m), [i, i]), 0)),
    );
    const stacks = data([2, 3, 4]);
    for (const offset of [-2, -1, 0, 1, 3]) {
      const keep = (lower: boolean) =>
        grid([2, 3, 4], ([b, i, j]) =>
          (lower ? j - i <= offset : j - i >= offset) ? get(gridOf(stacks), [b, i, j]) : 0,
        );
      assertNear(tril(stacks, offset), keep(true));
      assertNear(triu(stacks, offset), keep(false));
    }
  });

  test("views of views of one tensor", () => {
    const y = x.transpose().slice(0, 1).reshape([9, 2]).flip(0).transpose().expandDims(1);
    const expected = Array.from({ length: 2 }, (_, b) => [
      Array.from({ length: 9 }, (_, r) => {
        const flat = 8 - r;
        return get(gridOf(x), [b, flat % 3, 1 + Math.floor(flat / 3)]);
      }),
    ]);
    assert.deepEqual(y.toArray(), expected);
  });
});
