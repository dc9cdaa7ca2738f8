/** @file einsum with "...", as it is written for batches of unknown rank: against the formula with letters, and loops. */
import { einsum, grad, jacfwd, jacrev, type Tensor, vmap, zeros } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear } from "../support/near.ts";

suite("the dots of einsum", () => {
  const a = data([2, 3, 4, 5], { seed: 1 });
  const b = data([2, 3, 5, 2], { seed: 2 });
  const matrix = data([5, 3], { seed: 3 });

  testEach("stand for leading axes, on one side or on both", () => {
    assertNear(einsum("...ij,...jk->...ik", a, b), a.matmul(b), { rtol: 1e-13 });
    assertNear(einsum("...ij,jk->...ik", a, matrix), a.matmul(matrix), { rtol: 1e-13 });
    assertNear(einsum("jk,...ij->...ki", matrix, a), a.matmul(matrix).transpose(-2, -1), { rtol: 1e-13 });
    // None at all.
    assertNear(einsum("...ij,...jk->...ik", a.at(0, 0), matrix), a.at(0, 0).matmul(matrix), { rtol: 1e-13 });
  });

  testEach("broadcast from the right, missing axes and extents of 1", () => {
    const one = data([3, 1, 5, 2], { seed: 4 });
    const many = data([2, 1, 3, 4, 5], { seed: 5 });
    assertNear(einsum("...ij,...jk->...ik", many, one), many.matmul(one), { rtol: 1e-13 });
    assertNear(
      einsum("...,...->...", data([4, 1], { seed: 6 }), data([3], { seed: 7 })),
      data([4, 1], { seed: 6 }).mul(data([3], { seed: 7 })),
    );
    assertNear(einsum("...i,...i->...", zeros([1, 3, 4]), zeros([2, 1, 4])), zeros([2, 3]));
  });

  testEach("in the middle, moved, summed over, and in a result that is not written", () => {
    assertNear(einsum("i...j->j...i", a), a.transpose(0, 3));
    assertNear(einsum("...ii->...i", a.slice(3, 0, 4)), a.slice(3, 0, 4).diagonal());
    assertNear(einsum("...i->i", a), a.sum([0, 1, 2]), { rtol: 1e-13 });
    // The dots come first, then the letters that occur once, in order.
    assertNear(
      einsum("...kj,ji", data([2, 4, 5], { seed: 8 }), matrix),
      einsum("akj,ji->aik", data([2, 4, 5], { seed: 8 }), matrix),
      { rtol: 1e-13 },
    );
  });

  testEach("have derivatives and map like the letters", () => {
    const dots = (x: Tensor): Tensor => einsum("...ij,jk->...ik", x, matrix).sin();
    const letters = (x: Tensor): Tensor => einsum("abij,jk->abik", x, matrix).sin();
    assertNear(grad((x: Tensor) => dots(x).sum())(a), grad((x: Tensor) => letters(x).sum())(a), { rtol: 1e-12 });
    const small = a.slice(0, 0, 1).slice(1, 0, 1).slice(2, 0, 2);
    for (const jacobian of [jacfwd, jacrev])
      assertNear(jacobian(dots)(small), jacobian(letters)(small), { rtol: 1e-12 });
    assertNear(vmap(dots)(a), letters(a), { rtol: 1e-13 });
  });
});
