/** @file Entries that are placed outside of the tensor: what they hold is 0, and nothing comes back from there. */
import { binary, emit, full, fullLike, iota, select } from "../../../kernel/emit.ts";
import type { Node } from "../../../kernel/graph/node.ts";
import { hessian, jacfwd, jacrev, Tensor, tensor, vmap } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { differences, loop } from "../support/differences.ts";
import { type Grid, get, grid, gridOf, positions } from "../support/grid.ts";
import { assertNear } from "../support/near.ts";

/** Entry [i, j] goes to i − 2j + 1 in 4 places, and along a second axis where a table says or i + j − 1 does. */
const [ROWS, COLUMNS, EXTENT] = [4, 3, 4];
const TABLE = [0, 2, 1, 1, 0, 2, 2, 2, 0, 1, 0, 1];
const firstPlace = (i: number, j: number): number => i - 2 * j + 1;
const isInside = (i: number, j: number): boolean => firstPlace(i, j) >= 0 && firstPlace(i, j) < EXTENT;

function masked(x: Node): Node {
  const shape = [ROWS, COLUMNS];
  const j = iota(shape, 1);
  const at = binary("add", binary("sub", iota(shape, 0), binary("add", j, j)), full(1, shape, "int32"));
  const fits = binary("and", binary("ge", at, fullLike(0, at)), binary("lt", at, fullLike(EXTENT, at)));
  return select(fits, x, fullLike(0, x));
}

const place = (x: Tensor, tables: readonly number[]): Tensor =>
  new Tensor(
    emit(
      "place",
      [masked(x.node), ...tables.map(() => tensor(TABLE, { dtype: "int32" }).reshape([ROWS, COLUMNS]).node)],
      {
        shape: [EXTENT, 3],
        forms: [
          [
            [1, 1, -2],
            [1, 0, 0],
          ],
        ],
        tables: [tables],
        covers: false,
        stores: false,
      },
    ),
  );

function expected(x: Grid, tables: readonly number[]): Grid {
  const sums = new Map<string, number>();
  for (const [i, j] of positions([ROWS, COLUMNS])) {
    if (!isInside(i, j)) continue;
    const key = String([firstPlace(i, j), tables.length === 0 ? 1 : TABLE[COLUMNS * i + j]]);
    sums.set(key, (sums.get(key) ?? 0) + get(x, [i, j]));
  }
  return grid([EXTENT, 3], (at) => sums.get(String(at)) ?? 0);
}

suite("place outside", () => {
  for (const tables of [[], [1]]) {
    const f = (x: Tensor): Tensor => place(x, tables);
    const what = tables.length === 0 ? "affine" : "with a table";

    testEach(`${what}: values, batched too`, () => {
      const x = data([ROWS, COLUMNS]);
      assertNear(f(x), expected(gridOf(x), tables));
      const many = data([5, ROWS, COLUMNS]);
      assertNear(vmap(f)(many), loop(f, [many], [0], 5));
    });

    testEach(`${what}: derivatives in both modes, structured and not`, () => {
      const x = data([ROWS, COLUMNS]);
      const wanted = differences(f, [x], 0);
      const curved = (y: Tensor): Tensor => f(y).sin().mul(f(y));
      const curvature = differences(
        jacrev((y: Tensor) => curved(y), { strategy: "vmap" }),
        [x],
        0,
      );
      for (const strategy of ["vmap", "structured"] as const) {
        assertNear(jacfwd(f, { strategy })(x), wanted, { rtol: 1e-8, what: `jacfwd, ${strategy}` });
        assertNear(jacrev(f, { strategy })(x), wanted, { rtol: 1e-8, what: `jacrev, ${strategy}` });
        assertNear(hessian(curved, { strategy })(x), curvature, { rtol: 2e-7, what: `hessian, ${strategy}` });
      }
    });
  }
});
