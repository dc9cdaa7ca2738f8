/** @file The type of plain numbers, and how many digits tensors are printed with. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  arange,
  DTypeError,
  defaultDtype,
  eye,
  fftfreq,
  full,
  jacrev,
  jit,
  linspace,
  normal,
  oneHot,
  ones,
  printDigits,
  rand,
  randn,
  randnLike,
  setDefaultDtype,
  setPrintDigits,
  sin,
  stack,
  type Tensor,
  tensor,
  zeros,
} from "../../kernel/index.ts";
import { flatten } from "../../kernel/pytree.ts";
import { TABLE } from "./compatibility/table.ts";
import { testEach } from "./support/backends.ts";

suite("the default type", () => {
  teardown(() => setDefaultDtype("float32"));

  test("is float32 until it is set, and is what was set", () => {
    assert.equal(defaultDtype(), "float32");
    setDefaultDtype("float64");
    assert.equal(defaultDtype(), "float64");
  });

  test("is taken by everything that makes a tensor of plain numbers, or of none", () => {
    const made = () => ({
      tensor: tensor([1, 2]),
      scalar: tensor(1),
      empty: tensor([]),
      full: full([2], 0.5),
      zeros: zeros([2]),
      ones: ones([2]),
      eye: eye(2),
      arange: arange(0, 1, 0.25),
      linspace: linspace(0, 1, 3),
      rand: rand([2]),
      randn: randn([2]),
      randnLike: randnLike(tensor([1, 2], { dtype: "int32" })),
      normal: normal(0, 1, { shape: [2] }),
      fftfreq: fftfreq(4),
      oneHot: oneHot(tensor([1, 0], { dtype: "int32" }), 2),
      sin: sin(1),
      quotient: tensor([1, 2], { dtype: "int32" }).div(2),
      product: tensor([1, 2], { dtype: "int32" }).mul(0.5),
    });
    for (const dtype of ["float32", "float64"] as const) {
      setDefaultDtype(dtype);
      for (const [name, value] of Object.entries(made())) assert.equal(value.dtype, dtype, name);
    }
  });

  test("leaves alone what has a type of its own", () => {
    setDefaultDtype("float64");
    assert.equal(tensor(new Float32Array(2)).dtype, "float32");
    assert.equal(tensor([true]).dtype, "bool");
    assert.equal(arange(3).dtype, "int32");
    assert.equal(zeros([2], { dtype: "float32" }).dtype, "float32");
    assert.equal(tensor([1, 2], { dtype: "int32" }).add(1).dtype, "int32");
    const single = tensor(new Float32Array([1, 2]));
    for (const value of [single.mul(0.1), single.add(1), single.pow(2), single.div(3), single.sub(0.5)]) {
      assert.equal(value.dtype, "float32", "a number never promotes a tensor");
    }
    assert.equal(stack([single, single]).dtype, "float32");
  });

  test("changes the type of no function's result for tensors of a floating type", () => {
    const typesOf = (value: unknown): string[] => flatten(value).leaves.map((leaf) => (leaf as Tensor).dtype ?? "");
    let compared = 0;
    for (const { name, example } of TABLE.flatMap(({ entries }) => entries)) {
      // One-hot vectors are made of positions alone.
      if (!example || name === "oneHot" || !example.args.some(({ dtype }) => dtype === "float64")) continue;
      const args = example.args.map((each) => (each.dtype === "float64" ? each.to("float32") : each));
      const types = (["float32", "float64"] as const).map((dtype) => {
        setDefaultDtype(dtype);
        return typesOf(example.f(...args));
      });
      assert.deepEqual(types[1], types[0], name);
      compared++;
    }
    assert.ok(compared > 100, `only ${compared} functions were compared`);
  });

  testEach("numbers are then as exact as a float64", () => {
    setDefaultDtype("float64");
    assert.equal(tensor(0.1).mul(3).item(), 0.1 * 3);
    const derivative = jacrev((x: Tensor) => x.mul(0.1))(tensor([1, 2]));
    assert.deepEqual(derivative.toArray(), [
      [0.1, 0],
      [0, 0.1],
    ]);
  });

  test("a compiled function that makes numbers follows it", () => {
    const f = jit((x: Tensor) => x.to("float64").add(tensor([0.1])));
    const x = tensor(new Float32Array([0]));
    assert.equal(f(x).item(), Math.fround(0.1));
    setDefaultDtype("float64");
    assert.equal(f(x).item(), 0.1);
    setDefaultDtype("float32");
    assert.equal(f(x).item(), Math.fround(0.1));
  });

  test("is a type with derivatives, or refused", () => {
    for (const wrong of ["int32", "float16", undefined] as unknown as "float32"[]) {
      assert.throws(
        () => setDefaultDtype(wrong),
        (error) => error instanceof DTypeError && /expected "float32" or "float64"/.test(error.message),
      );
    }
    assert.equal(defaultDtype(), "float32");
  });
});

suite("digits of printed tensors", () => {
  teardown(() => setPrintDigits(4));

  test("are four, or as many as were set", () => {
    const values = tensor([1 / 3, 2], { dtype: "float64" });
    assert.equal(printDigits(), 4);
    assert.match(values.toString(), /\[0\.3333, 2\.0000\]/);
    setPrintDigits(2);
    assert.equal(printDigits(), 2);
    assert.match(values.toString(), /\[0\.33, 2\.00\]/);
    assert.match(tensor([1 / 3, 1e9]).toString(), /\[3\.33e-01, 1\.00e\+09\]/);
    setPrintDigits(10);
    assert.match(values.toString(), /\[0\.3333333333, 2\.0000000000\]/);
  });

  test("are a whole number within reason, or refused", () => {
    for (const wrong of [0, 18, 2.5, Number.NaN, "4" as unknown as number]) {
      assert.throws(
        () => setPrintDigits(wrong),
        (error) => error instanceof ArgumentError && /whole number from 1 to 17/.test(error.message),
      );
    }
    assert.equal(printDigits(), 4);
  });
});
