/** @file Adding at positions that are computed before: they are read in the order in which they lie in memory. */
import { broadcastInDim, emit, permute } from "../../../kernel/emit.ts";
import { Tensor, tensor } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { get, gridOf, positions } from "../support/grid.ts";
import { assertNear } from "../support/near.ts";

suite("scatter", () => {
  testEach("positions that are written to memory in the order of their reader", () => {
    const source = tensor([0, 1, 2, 1, 0, 2, 2, 0], { dtype: "int32" });
    const at = tensor([7, 1, 0, 2, 5, 3], { dtype: "int32" }).reshape([3, 2]);
    const x = data([2, 2, 3]);
    // Worth computing once, as both slices of x use it; the last loop runs along its first axis.
    const table = emit("take", [source.node, at.node], { axis: 0 });
    const spread = broadcastInDim(permute(table, [1, 0]), [2, 2, 3], [1, 2]);
    const added = emit("place", [x.node, spread], {
      shape: [3],
      forms: [[[0, 0, 0, 0]]],
      tables: [[0]],
      covers: false,
      stores: false,
    });
    const expected = [0, 0, 0];
    const [from, where] = [[0, 1, 2, 1, 0, 2, 2, 0], gridOf(at)];
    for (const [i, j, k] of positions([2, 2, 3])) expected[from[get(where, [k, j])]] += get(gridOf(x), [i, j, k]);
    assertNear(new Tensor(added), { shape: [3], data: expected });
  });
});
