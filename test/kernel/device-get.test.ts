/** @file Questions that need numbers at once, asked of tensors on a device: refused with what to do, and answered after that. */
import assert from "node:assert/strict";
import {
  allclose,
  argwhere,
  backendName,
  checkGrads,
  deviceGet,
  exportOnnx,
  hessian,
  isHere,
  jacrev,
  maskedSelect,
  nonzero,
  ones,
  type Tensor,
  tensor,
  unique,
  vmap,
} from "../../kernel/index.ts";
import { FakeDevice } from "./support/fake-device.ts";

const float64 = { dtype: "float64" } as const;
const newDevice = (): FakeDevice => new FakeDevice({ asking: 0, work: 1, hearing: 1 });

/** What each gives for [[3, 0, −2], [0, 3, 5]] once its numbers are here. */
const QUESTIONS: Readonly<Record<string, readonly [ask: (x: Tensor) => unknown, answer: unknown]>> = {
  item: [(x) => (x.size === 1 ? x : x.at(0, 2)).item(), -2],
  toArray: [
    (x) => x.toArray(),
    [
      [3, 0, -2],
      [0, 3, 5],
    ],
  ],
  dataSync: [(x) => Array.from(x.dataSync()), [3, 0, -2, 0, 3, 5]],
  text: [(x) => `${x}`.replace(/\s+/g, " "), "tensor([[ 3., 0., -2.], [ 0., 3., 5.]], shape=[2, 3], float64)"],
  JSON: [(x) => JSON.stringify({ x }), '{"x":[[3,0,-2],[0,3,5]]}'],
  allclose: [
    (x) =>
      allclose(
        x,
        tensor(
          [
            [3, 0, -2],
            [0, 3, 5],
          ],
          float64,
        ),
      ),
    true,
  ],
  "allclose, second": [
    (x) =>
      allclose(
        tensor(
          [
            [3, 0, -2],
            [0, 3, 6],
          ],
          float64,
        ),
        x,
      ),
    false,
  ],
  nonzero: [
    (x) => nonzero(x).toArray(),
    [
      [0, 0],
      [0, 2],
      [1, 1],
      [1, 2],
    ],
  ],
  argwhere: [
    (x) => argwhere(x).toArray(),
    [
      [0, 0],
      [0, 2],
      [1, 1],
      [1, 2],
    ],
  ],
  // The mask is what must be here; its broadcasting is computed here.
  "maskedSelect, mask": [
    (x) =>
      maskedSelect(
        tensor([
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
        ]),
        x,
      ).size,
    4,
  ],
  unique: [
    (x) => unique(x).inverse.toArray(),
    [
      [2, 1, 0],
      [1, 2, 3],
    ],
  ],
  checkGrads: [(x) => checkGrads((y: Tensor) => y.sin().mul(y), [x]), undefined],
  verify: [
    (x) => jacrev((y: Tensor) => y.mul(3).sum(), { verify: true })(x).toArray(),
    [
      [3, 3, 3],
      [3, 3, 3],
    ],
  ],
};

suite("numbers on a device", () => {
  const x = tensor(
    [
      [3, 0, -2],
      [0, 3, 5],
    ],
    float64,
  ).evaluate();

  const half = x.mul(0.5).evaluate();

  for (const [name, [ask, answer]] of Object.entries(QUESTIONS)) {
    test(`${name} says what to do, and answers when that was done`, async () => {
      const device = newDevice();
      await device.use(async () => {
        const y = name === "item" ? half.at(0, 2).mul(2).evaluate() : half.mul(2).evaluate();
        assert.throws(
          () => ask(y),
          /^ArgumentError: .*on the device \(fake\).*await x\.data\(\), or .*await deviceGet\(\[x, y\]\)/,
        );
        assert.deepEqual(ask(await deviceGet(y)), answer);
        // Here from the start.
        assert.deepEqual(ask(name === "item" ? tensor([-2]) : x), answer);
        assert.equal(backendName(), "fake");
      });
    });
  }

  test("an operator and a loop over rows", async () => {
    await newDevice().use(async () => {
      const y = tensor([1, 2]).mul(2).evaluate();
      assert.throws(() => Number(y.sum()) + 1, /item\(\): .*await deviceGet/);
      assert.equal(Number(await deviceGet(y.sum())) + 1, 7);
      const rows = await deviceGet([...y]);
      assert.deepEqual(
        rows.map((row) => row.item()),
        [2, 4],
      );
    });
  });

  test("deviceGet brings a whole tree with one program and one wait, and keeps what is no tensor", async () => {
    const device = newDevice();
    await device.use(async () => {
      const when = new Date(0);
      const tree = { a: x.mul(2), rest: [x.add(1).sum(), 7, "seven", null, when] as const };
      assert.deepEqual([isHere(tree.a), isHere(x)], [false, true]);
      const here = await deviceGet(tree);
      assert.equal(here, tree);
      assert.deepEqual([device.programs, device.reads], [1, 2]);
      assert.deepEqual([isHere(here.a), isHere(here.rest[0])], [true, true]);
      assert.deepEqual([here.rest[0].item(), here.rest[4]], [15, when]);
      await deviceGet(tree);
      assert.equal(device.programs, 1);
      // It is on the device too: what is computed from it is computed there.
      assert.equal(isHere(here.a.add(1)), false);
    });
  });

  test("isHere says what would be computed where, without computing it", async () => {
    const device = newDevice();
    assert.equal(isHere(x.mul(2)), true);
    const there = await device.use(() => x.mul(2).evaluate());
    assert.deepEqual([isHere(there.add(1)), isHere(there.reshape([6])), device.programs], [false, false, 1]);
    await there.data();
    assert.deepEqual([isHere(there), isHere(there.reshape([6])), isHere(there.add(1))], [true, false, false]);
    vmap((row: Tensor) => {
      assert.equal(isHere(row), false);
      return row;
    })(x);
    assert.throws(() => isHere(3 as unknown as Tensor), /isHere: expected a tensor, got number/);
    await assert.rejects(async () => {
      let inside: Promise<unknown> = Promise.resolve();
      vmap((row: Tensor) => {
        inside = deviceGet([row]);
        return row;
      })(x);
      await inside;
    }, /^TraceError: deviceGet: inside vmap/);
  });

  test("checkGrads computes here, and refuses what its function closes over on the device", async () => {
    await newDevice().use(async () => {
      const w = x.mul(2).evaluate();
      const f = (y: Tensor): Tensor => y.mul(w).sin();
      assert.throws(() => checkGrads(f, [x]), /is on the device \(fake\).*await deviceGet\(x\)/);
      await deviceGet(w);
      checkGrads(f, [x], { order: 2 });
      const wrong = (y: Tensor): Tensor => y.square().add(y.mul(w).sum().mul(0)).mul(y.sum().item());
      assert.throws(() => checkGrads(wrong, [x]), /GradientError|relative error/);
    });
  });

  test("systems of structured matrices: on the device where that can be, else with what to do", async () => {
    await newDevice().use(async () => {
      const chain = (y: Tensor): Tensor =>
        y
          .square()
          .sum()
          .add(
            y
              .slice(0, 1)
              .sub(y.slice(0, 0, -1))
              .square()
              .mul(0.5)
              .sum(),
          );
      const solved = async (n: number, hold: (H: { toCOO(): { values: Tensor } }, b: Tensor) => Promise<unknown>) => {
        const [point, b] = [ones([n], float64).mul(0.5).evaluate(), ones([n], float64).mul(3).evaluate()];
        const H = hessian(chain, { structured: true })(point);
        await hold(H, b);
        const product = await H.matvec(H.solve(b)).data();
        assert.ok(product.every((value) => Math.abs(value - 3) < 1e-9));
      };
      await solved(9, async () => {});
      await assert.rejects(
        solved(5000, async () => {}),
        /^ArgumentError: solve: .*await deviceGet\(\[jacobian\.toCOO\(\)\.values, b\]\)/,
      );
      await solved(5000, (H, b) => deviceGet([H.toCOO().values, b]));
      const diagonal = hessian((y: Tensor) => y.pow(3).sum(), { structured: true })(
        ones([4], float64).mul(2).evaluate(),
      );
      assert.deepEqual(Array.from(await diagonal.solve(ones([4], float64)).data()), new Array(4).fill(1 / 12));
    });
  });

  test("where entries of a matrix are is found here, from indices that are here", async () => {
    await newDevice().use(async () => {
      const indices = tensor([2, -1, 0], { dtype: "int32" });
      const point = ones([4], float64).mul(2).evaluate();
      const picked = (at: Tensor) => jacrev((y: Tensor) => y.take(at).square(), { structured: true })(point);
      const { columns, values } = picked(indices).toCOO();
      assert.deepEqual(
        [Array.from(columns), Array.from(await values.data())],
        [
          [2, 3, 0],
          [4, 4, 4],
        ],
      );
      const there = tensor([-2, 1, 0], { dtype: "int32" }).mul(-1).evaluate();
      const J = picked(there);
      assert.throws(() => J.toCOO(), /tensor of shape \[3\] \(int32\) is on the device.*await deviceGet\(x\)/);
      await deviceGet(there);
      assert.deepEqual(Array.from(J.toCOO().columns), [2, 3, 0]);
    });
  });

  test("exportOnnx fetches what the function closes over", async () => {
    const device = newDevice();
    const local = x.mul(2).evaluate();
    const expected = await exportOnnx((y: Tensor) => y.mul(local), x);
    await device.use(async () => {
      const w = x.mul(2).evaluate();
      const bytes = await exportOnnx((y: Tensor) => y.mul(w), x);
      assert.deepEqual([device.reads, Buffer.compare(bytes, expected)], [1, 0]);
    });
  });
});
