/** @file debugNumerics: the first NaN or infinity, what made it, where, from what, and the line that asked for it. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  cond,
  debugNumerics,
  grad,
  hessian,
  jacfwd,
  jacobian,
  jacrev,
  jit,
  KernelError,
  type NumericsChecks,
  NumericsError,
  scan,
  type Tensor,
  tensor,
  vmap,
  where,
} from "../../kernel/index.ts";
import { testEach } from "./support/backends.ts";

/** The error of `body` while numbers are looked at. */
function found(body: () => unknown, what: boolean | NumericsChecks = true): NumericsError {
  debugNumerics(what);
  try {
    body();
  } catch (error) {
    if (NumericsError.is(error)) return error;
    throw error;
  } finally {
    debugNumerics(false);
  }
  return assert.fail("nothing was found");
}

/** Runs `body` and finds nothing. */
function clean<T>(body: () => T, what: boolean | NumericsChecks = true): T {
  debugNumerics(what);
  try {
    return body();
  } finally {
    debugNumerics(false);
  }
}

const thisFile = /Asked for at .*numerics\.test\.ts:\d+:\d+\)?\. /;
const message = (error: Error): string => error.message.replace(/ Asked for at .*?:\d+:\d+\)?\./, " AT");

suite("debugNumerics", () => {
  testEach("names the primitive, its inputs, the position, the shape and the line", () => {
    const x = tensor([
      [4, 1, 9],
      [1, -2, -3],
    ]);
    const error = found(() => x.sqrt().mul(2).sum().item());
    assert.equal(
      message(error),
      "debugNumerics: sqrt made NaN: sqrt(-2), first at [1, 1] of float32[2, 3]. AT " +
        "Keep its argument in the domain, with clip, or with a where before it.",
    );
    assert.match(error.message, thisFile);
    assert.deepEqual(error.finding, {
      value: "NaN",
      primitive: "sqrt",
      given: false,
      shape: [2, 3],
      position: [1, 1],
      inputs: [-2],
    });
    assert.equal(error.name, "NumericsError");
    // The stack begins where the operation was asked for, not where its value was.
    assert.match(error.stack!.split("\n")[1], /numerics\.test\.ts/);
    assert.match(error.stack!, /^NumericsError: debugNumerics: sqrt made NaN/);
    assert.ok(KernelError.is(error));
    assert.ok(!ArgumentError.is(error));
  });

  testEach("the line is that of the operation, however far from it the value is read", () => {
    const lineOf = (error: Error): string => /numerics\.test\.ts:(\d+)/.exec(error.message)![1];
    const make = (): Tensor => tensor([0]).div(0);
    const here = Number(/numerics\.test\.ts:(\d+)/.exec(new Error("here").stack!)![1]);
    assert.equal(
      lineOf(
        found(() => {
          const y = make();
          y.add(1).item();
        }),
      ),
      String(here - 1),
    );
  });

  testEach("two infinities: told apart by {inf: true}", () => {
    const f = (x: Tensor): Tensor => x.exp().sub(x.mul(2).exp());
    const x = tensor([1000], { dtype: "float64" });
    const nan = found(() => f(x).item());
    assert.match(nan.message, /sub made NaN: sub\(Infinity, Infinity\).*use debugNumerics\(\{ inf: true \}\)/);
    const inf = found(() => f(x).item(), { inf: true });
    assert.match(inf.message, /exp made Infinity: exp\(1000\), first at \[0\] of float64\[1\]/);
    assert.equal(inf.finding.value, "Infinity");
    const minus = found(() => tensor(0).log().item(), { nan: false, inf: true });
    assert.equal(minus.finding.value, "-Infinity");
    assert.deepEqual(
      clean(() => tensor(-1).log().item(), { nan: false, inf: true }),
      Number.NaN,
    );
  });

  testEach("infinities that are meant are no errors", () => {
    const mask = tensor([true, false, true]);
    const masked = (): number[] =>
      where(mask, tensor([1, 2, 3]), Number.NEGATIVE_INFINITY)
        .softmax(0)
        .toArray() as number[];
    assert.equal(clean(masked)[1], 0);
    assert.equal(clean(masked, { inf: true })[1], 0);
    assert.equal(clean(() => tensor([1, 0]).log().toArray() as number[])[1], Number.NEGATIVE_INFINITY);
  });

  testEach("what came in is told from what was made", () => {
    const given = found(() => tensor([1, Number.NaN]).mul(3).toArray());
    assert.match(
      given.message,
      /NaN was in the data that mul was given: .*mul\(NaN, 3\), first at \[1\] of float32\[2\]/,
    );
    assert.match(given.message, /Check where the data comes from\./);
    assert.equal(given.finding.given, true);
    const before = tensor([-1]).log();
    before.dataSync();
    assert.equal(found(() => before.add(1).item()).finding.given, true);
    // Nobody computes with it.
    assert.equal(
      clean(() => where(tensor([false]), tensor([Number.NaN]), 2).item()),
      2,
    );
  });

  testEach("an operation that is not elementwise names the shapes of its inputs", () => {
    const a = tensor([[Number.POSITIVE_INFINITY, 1]]);
    const b = tensor([[0], [1]]);
    assert.match(
      found(() => a.matmul(b).item()).message,
      /dot made NaN: dot of float32\[1, 2\] and float32\[2, 1\], first at \[0, 0\]/,
    );
  });

  testEach("a NaN of a derivative: of which operation, and the line of that one", () => {
    const f = (x: Tensor): Tensor => where(x.gt(0), x.sqrt(), 0).sum();
    const x = tensor([4, 0]);
    assert.equal(f(x).item(), 2);
    const ofWhere = found(() => grad(f)(x).toArray());
    assert.match(ofWhere.message, /made NaN: .*in the derivative of (sqrt|where)\. Asked for at .*numerics\.test\.ts/);
    assert.equal(ofWhere.finding.position.at(-1), 1);
    // Forward, and in a Jacobian, nothing meets the infinite slope: where takes the other side.
    for (const derive of [jacfwd, jacrev]) {
      assert.deepEqual(
        clean(() => derive(f)(x).toArray()),
        [0.25, 0],
      );
    }
    // 0 · ∞, where the two slopes of a chain are multiplied.
    const ofChain = found(() => jacobian((x: Tensor) => x.square().sqrt())(x.sub(4)).toArray());
    assert.match(
      ofChain.message,
      /made NaN: .*in the derivative of (sqrt|mul|square)\. Asked for at .*numerics\.test\.ts/,
    );
    assert.equal(ofChain.finding.position[0], 0);
    const second = found(() => hessian((x: Tensor) => x.mul(x).sqrt().mul(x).sum())(tensor([0])).toArray());
    assert.match(second.message, /in the (second )?derivative of (sqrt|mul)/);
  });

  testEach("under vmap, and inside loops, branches and compiled functions", () => {
    const rows = tensor([
      [1, 2],
      [3, -4],
    ]);
    const mapped = found(() => vmap((row: Tensor) => row.log().sum())(rows).toArray());
    assert.match(mapped.message, /log made NaN: log\(-4\), first at \[1, 1\] of float32\[2, 2\]/);
    assert.match(mapped.message, thisFile);
    const looped = found(() =>
      scan((c: Tensor, s: Tensor) => [c.sub(s).log(), c] as const, tensor(3), tensor([1, 1]))[0].item(),
    );
    assert.match(looped.message, /log made NaN: log\(-0\.30685\d*\), float32\[\]\. Asked for at/);
    assert.match(looped.message, thisFile);
    const branched = found(() =>
      cond(
        tensor(-1).lt(0),
        (x: Tensor) => x.sqrt(),
        (x: Tensor) => x,
        tensor(-1),
      ).item(),
    );
    assert.match(branched.message, /sqrt made NaN: sqrt\(-1\)/);
    const compiled = jit((x: Tensor) => x.log().mul(2));
    assert.equal(compiled(tensor(1)).item(), 0);
    assert.match(found(() => compiled(tensor(-1)).item()).message, /log made NaN: log\(-1\)/);
  });

  test("off, nothing is looked at, and values are as ever", () => {
    assert.ok(Number.isNaN(tensor(-1).log().item()));
    debugNumerics(true);
    const y = tensor([0.5, 2]).log().sum().item();
    debugNumerics(false);
    assert.ok(Math.abs(y) < 1e-7);
    assert.throws(() => debugNumerics("nan" as never), { name: "ArgumentError" });
    assert.throws(() => debugNumerics(null as never), { name: "ArgumentError" });
  });
});
