/**
 * @file What the types of control flow promise, checked by the compiler: carries and slices follow from what is passed,
 * without a word of type. The one test that runs makes sure that the values are what the types say.
 */
import assert from "node:assert/strict";
import { cond, forLoop, map, ones, scan, Tensor, tensor, whileLoop } from "../../../../kernel/index.ts";

/** Exactly the same type: neither wider nor narrower, and not `any`. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** The same once readonly marks and tuple spellings are set aside: each can stand for the other. */
type Alike<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
function check<_T extends true>(): void {}

interface State {
  position: Tensor;
  speed: Tensor;
}

suite("types of control flow", () => {
  test("are those of the values", () => {
    const [x, xs] = [ones([2]), ones([3, 2])];
    const [last, path] = scan((x, u) => [x.add(u), { before: x, pair: [u, 1] }], x, xs);
    check<Equal<typeof last, Tensor>>();
    check<Alike<typeof path, { before: Tensor; pair: readonly [Tensor, Tensor] }>>();
    assert.deepEqual([path.before.shape, path.pair[1].shape], [[3, 2], [3]]);

    const [[a, { n }], nothing] = scan(
      ([a, { n }], { u, vs: [v] }) => [[a.mul(v), { n: n.add(u) }], null],
      [x, { n: 0 }],
      {
        u: tensor([1, 2, 3]),
        vs: [xs],
      },
    );
    check<Equal<typeof a, Tensor>>();
    check<Equal<typeof n, Tensor>>();
    check<Equal<typeof nothing, null>>();
    assert.deepEqual([a.shape, n.item(), nothing], [[2], 6, null]);

    const start: State = { position: x, speed: x };
    const [moved] = scan(({ position, speed }) => [{ position: position.add(speed), speed }, null], start, null, {
      length: 2,
    });
    check<Alike<typeof moved, State>>();
    const step = (state: State, u: Tensor): [State, Tensor] => [{ ...state, position: u }, u];
    const [named, us] = scan(step, start, xs);
    check<Alike<typeof named, State>>();
    check<Equal<typeof us, Tensor>>();
    assert.ok([last, moved.speed, named.position, us].every((each) => each instanceof Tensor));

    const rows = map((row) => [row.sum(), row] as const, xs);
    check<Alike<typeof rows, readonly [Tensor, Tensor]>>();
    const counted = forLoop(0, 3, (i, [sum, count]) => [sum.add(i), count.add(1)], [0, 0]);
    check<Alike<typeof counted, readonly [Tensor, Tensor]>>();
    const grown = whileLoop(
      ({ y }) => y.lt(9),
      ({ y }) => ({ y: y.mul(2) }),
      { y: 1 },
    );
    check<Alike<typeof grown, { y: Tensor }>>();
    assert.deepEqual([rows[0].shape, counted[0].item(), grown.y.item()], [[3], 3, 16]);

    const chosen = cond(
      true,
      (x, { k }) => ({ z: [x, k] }),
      (x) => ({ z: [x, 2] }),
      x,
      { k: 3 },
    );
    check<Alike<typeof chosen, { z: readonly [Tensor, Tensor] }>>();
    assert.equal(chosen.z[1].item(), 3);

    // @ts-expect-error: the carry comes back as another tree
    const renested = (): unknown => scan((x) => [[x], null], x, null, { length: 1 });
    // @ts-expect-error: a slice is a tensor, not an object of two
    const torn = (): unknown => map(({ a, b }) => a.add(b), xs);
    const [one, list] = [(x: Tensor): Tensor => x, (x: Tensor): Tensor[] => [x]];
    // @ts-expect-error: a test gives a bool
    const untested = (): unknown => whileLoop(list, one, x);
    // @ts-expect-error: the second function returns another tree
    const uneven = (): unknown => cond(true, list, one, x);
    for (const mistake of [renested, torn, untested, uneven]) assert.throws(mistake);
  });
});
