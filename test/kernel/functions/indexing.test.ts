/** @file at, take and oneHot. */
import assert from "node:assert/strict";
import { oneHot, take, tensor } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { get, grid, gridOf } from "../support/grid.ts";
import { assertNear } from "../support/near.ts";

const x = data([3, 4, 2]);
const read = (at: readonly number[]): number => get(gridOf(x), at);

suite("indexing", () => {
  testEach("at: positions, ranges, steps, all of an axis", () => {
    assertNear(
      x.at(1),
      grid([4, 2], ([j, k]) => read([1, j, k])),
    );
    assertNear(
      x.at(-1, -2),
      grid([2], ([k]) => read([2, 2, k])),
    );
    assertNear(
      x.at(0, 3, 1),
      grid([], () => read([0, 3, 1])),
    );
    assertNear(
      x.at(null, 2),
      grid([3, 2], ([i, k]) => read([i, 2, k])),
    );
    assertNear(
      x.at([1, 3], null, 0),
      grid([2, 4], ([i, j]) => read([i + 1, j, 0])),
    );
    assertNear(
      x.at(null, [0, 4, 3]),
      grid([3, 2, 2], ([i, j, k]) => read([i, 3 * j, k])),
    );
    assertNear(
      x.at(null, [-2]),
      grid([3, 2, 2], ([i, j, k]) => read([i, j + 2, k])),
    );
    assertNear(x.at(), x);
    assert.deepEqual(x.at([2, 2]).shape, [0, 4, 2]);
  });

  testEach("take: any shape of positions, negatives from the end, along any axis", () => {
    assertNear(
      take(x, [2, 0, -1]),
      grid([3, 4, 2], ([i, j, k]) => read([[2, 0, 2][i], j, k])),
    );
    assertNear(
      x.take([3, -4], 1),
      grid([3, 2, 2], ([i, j, k]) => read([i, [3, 0][j], k])),
    );
    const positions = tensor(
      [
        [1, 0, 1],
        [0, 0, -1],
      ],
      { dtype: "int32" },
    );
    assertNear(
      x.take(positions, -1),
      grid([3, 4, 2, 3], ([i, j, a, b]) =>
        read([
          i,
          j,
          [
            [1, 0, 1],
            [0, 0, 1],
          ][a][b],
        ]),
      ),
    );
    assertNear(x.take(tensor(2, { dtype: "int32" })), x.at(2));
    assert.deepEqual(x.take([]).shape, [0, 4, 2]);
    assertNear(x.take(tensor([true, false])), x.take([1, 0]));
    assertNear(x.mul(2).take([1], 0), x.at([1, 2]).mul(2));
  });

  testEach("oneHot", () => {
    const labels = tensor(
      [
        [2, 0],
        [1, 5],
      ],
      { dtype: "int32" },
    );
    assertNear(
      oneHot(labels, 3),
      tensor([
        [
          [0, 0, 1],
          [1, 0, 0],
        ],
        [
          [0, 1, 0],
          [0, 0, 0],
        ],
      ]),
      { dtype: "float32" },
    );
  });
});
