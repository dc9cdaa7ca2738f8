/** @file checkGrads: right derivatives pass at every order, wrong ones are caught in each mode and said where. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  type CheckGradsOptions,
  checkGrads,
  DTypeError,
  GradientError,
  manualSeed,
  randn,
  StructureError,
  stopGradient,
  Tensor,
  tensor,
  where,
  zeros,
} from "../../../kernel/index.ts";
import { type Primitive, primitiveOf } from "../../../kernel/primitive.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertThrows } from "../support/near.ts";

/** The error that checking `f` gives. */
function failure(f: (...args: Tensor[]) => unknown, args: Tensor[], options: CheckGradsOptions = {}): GradientError {
  try {
    checkGrads(f, args, options);
  } catch (error) {
    assert.ok(GradientError.is(error), String(error));
    return error;
  }
  return assert.fail("expected a GradientError, but nothing was thrown");
}

/** Runs `body` while reverse mode pulls cotangents through `flip` as `transpose` says. */
function withTranspose(transpose: (cotangent: Tensor) => Tensor, body: (wrap: (x: Tensor) => Tensor) => void): void {
  const flip = primitiveOf({ name: "flip" }) as { -readonly [Key in keyof Primitive]: Primitive[Key] };
  const { derivative } = flip;
  flip.derivative = { kind: "linear", transpose: (cotangent) => transpose(new Tensor(cotangent)).node };
  try {
    body((x) => x.flip(0));
  } finally {
    flip.derivative = derivative;
  }
}

suite("checkGrads", () => {
  testEach("accepts right derivatives, to the third order", () => {
    const f = (x: Tensor, w: Tensor): Tensor => x.matmul(w).tanh().mul(x.exp().sum());
    assert.equal(checkGrads(f, [data([2, 3]), data([3, 2], { seed: 2 })]), undefined);
    checkGrads(f, [data([2, 3]), data([3, 2], { seed: 2 })], { order: 2 });
    checkGrads((x: Tensor) => x.sin().mul(x.square()).sum(), [data([3])], { order: 3 });
    checkGrads((x: Tensor) => x.mul(3), [data([])], { order: 2 });
  });

  test("takes trees, and holds what is not floating", () => {
    const f = (p: { w: Tensor; b: [Tensor] }, i: Tensor): unknown => ({
      y: [p.w.take(i, 0).mul(p.b[0])],
      sign: p.w.gt(0),
    });
    checkGrads(f, [{ w: data([4]), b: [data([])] }, tensor([0, 2, 0], { dtype: "int32" })], { order: 2 });
  });

  test("accepts float32 with its own tolerances", () => {
    const x = data([3, 3], { dtype: "float32" });
    checkGrads((x: Tensor) => x.matmul(x).sigmoid().log().sum(0), [x], { order: 2 });
    const large = data([40, 40], { dtype: "float32" });
    checkGrads((x: Tensor) => x.matmul(x).mul(100), [large]);
    const wrong = (x: Tensor): Tensor => x.matmul(x.mul(0.9).add(stopGradient(x).mul(0.1))).mul(100);
    assert.equal(failure(wrong, [large]).mismatch.mode, "forward");
    assert.equal(failure(wrong, [large], { modes: ["reverse"] }).mismatch.mode, "reverse");
  });

  for (const mode of ["forward", "reverse"] as const) {
    test(`catches a derivative that is wrong in both modes: ${mode}`, () => {
      const error = failure((x) => x.mul(stopGradient(x)), [tensor([2, 3], { dtype: "float64" })], { modes: [mode] });
      const { mismatch } = error;
      assert.deepEqual([mismatch.mode, mismatch.order], [mode, 1]);
      assert.ok(Math.abs(mismatch.got / mismatch.expected - 0.5) < 1e-6, "stopGradient drops one of two equal terms");
      assert.ok(Math.abs(mismatch.relativeError - 0.5) < 1e-6);
      const patterns = [
        `checkGrads: ${mode} mode, order 1`,
        `${mismatch.expected}`,
        `${mismatch.got}`,
        "finite differences",
      ];
      for (const each of [...patterns, "relative error 0.500", "stopGradient"])
        assert.ok(error.message.includes(each), each);
    });
  }

  test("says which output, entry and input are wrong", () => {
    const f = (x: Tensor, y: Tensor): unknown => {
      const right = x.mul(y);
      return {
        right,
        wrong: [
          where(
            tensor([
              [true, true],
              [false, true],
            ]),
            right,
            stopGradient(right),
          ),
        ],
      };
    };
    const args = [data([2, 2]), data([2, 2], { seed: 2 })];
    const { message } = failure(f, args);
    assert.match(message, /the derivative of output\.wrong\[0\] at \[1, 0\] should be/);
    assert.match(message, /jvp gives 0:/);
    const g = (x: Tensor, y: Tensor): Tensor => x.add(stopGradient(y).square());
    assert.match(failure(g, args, { modes: ["reverse"] }).message, /a random direction in y and.*vjp gives 0:/);
  });

  test("catches what is wrong only in the second or third derivative", () => {
    // The gradient is x², as it should be, but does not know that it depends on x.
    const second = (x: Tensor): Tensor => {
      const fixed = stopGradient(x);
      const value = x.mul(x).mul(x).div(3);
      return stopGradient(value).add(x.sub(fixed).mul(fixed.square())).sum();
    };
    const x = data([3]);
    checkGrads(second, [x]);
    const orders = (["forward", "reverse"] as const).flatMap((outer) => {
      const { message, mismatch } = failure(second, [x], { order: 2, modes: [outer] });
      assert.ok(message.includes(`order 2 (${outer} over ${outer})`), message);
      return [mismatch.order, mismatch.got];
    });
    assert.deepEqual(orders, [2, 0, 2, 0]);
    const third = (x: Tensor): Tensor => {
      const step = x.sub(stopGradient(x));
      const at = stopGradient(x);
      return at.exp().mul(step.square().div(2).add(step).add(1)).sum();
    };
    checkGrads(third, [x], { order: 2 });
    assert.equal(failure(third, [x], { order: 3 }).mismatch.order, 3);
  });

  test("catches reverse mode alone when only its rule is wrong", () => {
    withTranspose(
      (cotangent) => cotangent,
      (flipped) => {
        const f = (x: Tensor): Tensor => flipped(x).mul(data([3]));
        checkGrads(f, [data([3])], { modes: ["forward"] });
        const { mismatch, message } = failure(f, [data([3])]);
        assert.equal(mismatch.mode, "reverse");
        assert.match(message, /by finite differences, but vjp gives/);
      },
    );
    checkGrads((x: Tensor) => x.flip(0), [data([3])]);
  });

  test("holds the modes against each other more tightly than against differences", () => {
    withTranspose(
      (cotangent) => cotangent.flip(0).mul(1 + 1e-6),
      (flipped) => {
        const f = (x: Tensor): Tensor => flipped(x);
        checkGrads(f, [data([1])], { modes: ["reverse"] });
        assert.match(failure(f, [data([1])]).message, /by jvp, but vjp gives .* rtol 1e-7/);
      },
    );
  });

  test("does not take NaN or a kink for agreement, and says what to do", () => {
    const kink = failure((x) => x.relu(), [zeros([4], { dtype: "float64" })]);
    assert.match(kink.message, /kink.*move them; else try another eps/);
    const domain = failure((x) => x.log(), [tensor([1e-7], { dtype: "float64" })]);
    assert.match(domain.message, /leaves its domain/);
    assert.ok(Number.isNaN(domain.mismatch.expected));
    const rough = failure((x) => x.mul(stopGradient(x)), [data([2], { dtype: "float32" })]);
    assert.match(rough.message, /check in float64/);
  });

  test("takes its step and tolerances from the options", () => {
    const f = (x: Tensor): Tensor => x.mul(0.9).add(stopGradient(x).mul(0.1));
    assert.ok(Math.abs(failure(f, [data([2])]).mismatch.relativeError - 0.1) < 1e-6);
    checkGrads(f, [data([2])], { modes: ["forward"], tolerances: { rtol: 0.11 } });
    failure(f, [data([2])], { modes: ["forward"], tolerances: { rtol: 0.09 } });
    failure((x) => x.exp(), [data([2])], { eps: 1 });
    checkGrads((x: Tensor) => x.log(), [tensor([1e-7], { dtype: "float64" })], { eps: 1e-11 });
  });

  test("gives the same answer each time and leaves the stream of manualSeed alone", () => {
    manualSeed(7);
    const expected = randn([4]).toArray();
    manualSeed(7);
    const f = (x: Tensor): Tensor => x.mul(stopGradient(x));
    const [first, second] = [failure(f, [data([2])]), failure(f, [data([2])])];
    assert.deepEqual(randn([4]).toArray(), expected);
    assert.equal(first.message, second.message);
  });

  test("refuses what it cannot check", () => {
    const f = (x: Tensor): Tensor => x;
    const x = data([2]);
    assertThrows(() => checkGrads(f, [tensor([1], { dtype: "int32" })]), DTypeError, "checkGrads", "int32", "float64");
    assertThrows(() => checkGrads((x: Tensor) => x.gt(0), [x]), DTypeError, "must return", "bool");
    assertThrows(() => checkGrads((x: Tensor) => void x, [x]), StructureError, "Is a return missing?");
    assertThrows(() => checkGrads(f, [x], { order: 0 }), ArgumentError, "order", "got 0");
    assertThrows(() => checkGrads(f, [x], { modes: [] }), ArgumentError, '"forward", "reverse"', "got []");
    assertThrows(() => checkGrads(f, [x], { modes: ["fwd" as never] }), ArgumentError, '["fwd"]');
    assertThrows(() => checkGrads(f, [x], { eps: 0 }), ArgumentError, "eps", "got 0");
    assertThrows(() => checkGrads(f, [x], { tolerances: { rtol: -1 } }), ArgumentError, "rtol -1");
  });
});
