/** @file Mistakes with control flow: each message names the transform, what was expected, what came and what to do. */
import {
  ArgumentError,
  cond,
  DTypeError,
  forLoop,
  map,
  ones,
  randn,
  ShapeError,
  StructureError,
  scan,
  type Tensor,
  TraceError,
  tensor,
  whileLoop,
  zeros,
} from "../../../../kernel/index.ts";
import { assertThrows } from "../../support/near.ts";

/** What the types already refuse must fail well where types are not checked. */
const untyped = (f: (...args: never[]) => unknown): never => f as never;

suite("mistakes with control flow", () => {
  test("a carry that changes its shape, type or nesting", () => {
    const grow = (x: Tensor): readonly [Tensor, null] => [x.reshape([1, -1]), null];
    assertThrows(
      () => scan(grow, ones([2]), null, { length: 2 }),
      ShapeError,
      /^scan: .* expected float32\[2\], got float32\[1, 2\]/,
      /output of scan/,
    );
    const widen = (x: Tensor): readonly [Tensor, null] => [x.to("float64"), null];
    assertThrows(
      () => scan(widen, ones([2]), null, { length: 2 }),
      DTypeError,
      /^scan/,
      /float32\[2\], got float64\[2\]/,
      /\.to\(/,
    );
    const renest = untyped((x: Tensor) => [{ x }, null]);
    assertThrows(
      () => scan(renest, ones([2]), null, { length: 2 }),
      StructureError,
      /^scan/,
      /nesting \*, got \{x: \*\}/,
    );
    assertThrows(
      () => forLoop(0, 2, (_, x) => x.sum(), ones([2])),
      ShapeError,
      /^forLoop/,
      /float32\[2\], got float32\[\]/,
    );
    assertThrows(
      () =>
        whileLoop(
          (x) => x.sum().lt(1),
          (x) => x.sum(),
          ones([2]),
        ),
      ShapeError,
      /^whileLoop/,
    );
    assertThrows(
      () => forLoop(0, tensor(2, { dtype: "int32" }), (_, x) => x.gt(0), ones([2])),
      DTypeError,
      /^forLoop/,
      /float32\[2\], got bool\[2\]/,
    );
  });

  test("a missing return", () => {
    const nothing = untyped(() => undefined);
    assertThrows(
      () => scan(nothing, 0, ones([2])),
      StructureError,
      /^scan: .* \[carry, output\], got undefined/,
      /\[carry, null\]/,
    );
    assertThrows(
      () =>
        scan(
          untyped((x: Tensor) => x),
          0,
          ones([2]),
        ),
      StructureError,
      /\[carry, output\], got \*/,
    );
    for (const loop of [
      () => map(nothing, ones([2])),
      () => forLoop(0, 2, nothing, 0),
      () => whileLoop(() => true, nothing, 0),
      () => cond(true, nothing, nothing),
      () => cond(true, () => 1, nothing),
    ]) {
      assertThrows(loop, StructureError, /undefined/, /Is a return missing\?/);
    }
    assertThrows(
      () =>
        scan(
          untyped(async (x: Tensor) => [x, null]),
          0,
          ones([2]),
        ),
      StructureError,
      /scan/,
      /synchronous/,
    );
  });

  test("sequences without an axis, of different lengths, or none", () => {
    const step = (): readonly [number, null] => [0, null];
    assertThrows(() => scan(step, 0, tensor(3)), ShapeError, /^scan: .* scalar/);
    assertThrows(() => map((x) => x, tensor(3)), ShapeError, /^map: .* scalar/);
    assertThrows(() => scan(step, 0, [ones([2, 3]), ones([3, 2])]), ShapeError, /^scan/, "[2, 3], [3, 2]");
    assertThrows(() => scan(step, 0, ones([2, 3]), { length: 4 }), ShapeError, "[2, 3], length 4");
    assertThrows(() => scan(step, 0, null), ArgumentError, /^scan/, /option length/);
    assertThrows(() => map(() => 1, null), ArgumentError, /^map/, /at least one sequence/);
    for (const length of [-1, 1.5, Number.NaN]) {
      assertThrows(() => scan(step, 0, null, { length }), ArgumentError, /length must be an integer/, String(length));
    }
  });

  test("a test that is not one bool", () => {
    assertThrows(
      () =>
        whileLoop(
          (x) => x,
          (x) => x,
          1,
        ),
      DTypeError,
      /^whileLoop: .* one bool, got float32\[\]/,
    );
    assertThrows(
      () =>
        whileLoop(
          (x) => x.lt(1),
          (x) => x,
          ones([2]),
        ),
      DTypeError,
      /bool\[2\]/,
      /all\(\) or any\(\)/,
    );
    assertThrows(
      () =>
        whileLoop(
          untyped(() => undefined),
          (x) => x,
          1,
        ),
      DTypeError,
      /got undefined/,
    );
    assertThrows(
      () =>
        cond(
          ones([]),
          () => 1,
          () => 2,
        ),
      DTypeError,
      /^cond: the test: expected one bool, got float32\[\]/,
    );
    assertThrows(
      () =>
        cond(
          1 as never,
          () => 1,
          () => 2,
        ),
      DTypeError,
      /^cond/,
      /float32/,
    );
  });

  test("branches that differ", () => {
    const test = tensor(true);
    assertThrows(
      () =>
        cond(
          test,
          () => ones([2]),
          () => ones([3]),
        ),
      ShapeError,
      /^cond: .* expected float32\[2\], got float32\[3\]/,
    );
    assertThrows(
      () =>
        cond(
          test,
          () => ones([2]),
          () => ones([2]).gt(0),
        ),
      DTypeError,
      /^cond/,
      /float32\[2\], got bool\[2\]/,
    );
    assertThrows(
      () =>
        cond<readonly [], unknown>(
          test,
          () => [1, 2],
          () => 1,
        ),
      StructureError,
      /^cond/,
      /\[\*, \*\], got \*/,
    );
  });

  test("bounds that are not whole numbers", () => {
    assertThrows(() => forLoop(0, 2.5, (_, x) => x, 1), ArgumentError, /^forLoop: .* got 2\.5/);
    assertThrows(
      () => forLoop(0, ones([]), (_, x) => x, 1),
      ArgumentError,
      /^forLoop: .* got float32\[\]/,
      /\.to\("int32"\)/,
    );
    assertThrows(() => forLoop(0, tensor([1], { dtype: "int32" }), (_, x) => x, 1), ArgumentError, /int32\[1\]/);
    assertThrows(() => forLoop("0" as never, 2, (_, x) => x, 1), ArgumentError, /got 0/);
  });

  test("reading a value inside: the message names the transform, where and cond", () => {
    const read = (x: Tensor): Tensor => (x.item() > 0 ? x : x.neg());
    const named: [string, () => unknown][] = [
      ["scan", () => scan((x) => [read(x), null], 1, null, { length: 2 })],
      ["map", () => map(read, ones([2]))],
      ["forLoop", () => forLoop(0, 2, (_, x) => read(x), 1)],
      ["forLoop", () => forLoop(0, tensor(2, { dtype: "int32" }), (_, x) => read(x), 1)],
      ["whileLoop", () => whileLoop((x) => x.lt(1), read, 1)],
      [
        "whileLoop",
        () =>
          whileLoop(
            (x) => read(x).lt(1),
            (x) => x,
            1,
          ),
      ],
      ["cond", () => cond(true, read, read, 1)],
    ];
    for (const [name, run] of named) assertThrows(run, TraceError, `inside ${name}`, /where\(/, /cond\(/);
  });

  test("a tensor that outlives its body", () => {
    let kept: Tensor | undefined;
    scan(
      (x) => {
        kept = x.mul(2);
        return [x, null];
      },
      1,
      null,
      { length: 2 },
    );
    assertThrows(() => kept!.item(), TraceError, /scan that has ended/, /Return it/);
  });

  test("drawing random numbers inside, where they would be drawn once for all iterations", () => {
    const named: [string, () => unknown][] = [
      ["scan", () => scan((x) => [x.add(randn([])), null], 1, null, { length: 2 })],
      ["map", () => map((x) => x.add(randn([])), zeros([3]))],
      ["forLoop", () => forLoop(0, 2, (_, x) => x.add(randn([])), 1)],
      [
        "whileLoop",
        () =>
          whileLoop(
            (x) => x.lt(5),
            (x) => x.add(randn([])),
            1,
          ),
      ],
      [
        "cond",
        () =>
          cond(
            true,
            (x) => x.add(randn([])),
            (x) => x,
            1,
          ),
      ],
    ];
    for (const [name, run] of named) assertThrows(run, TraceError, `inside ${name}`, /drawn once/, /outside|before/);
  });
});
