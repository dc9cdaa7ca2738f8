/** @file Simpler expressions have the same value bit for bit, for all kinds of numbers; what would not be exact stays. */
import assert from "node:assert/strict";
import { simpler } from "../../../kernel/compiler/algebra.ts";
import type { DType } from "../../../kernel/dtype.ts";
import { explain, jit, type Tensor, tensor } from "../../../kernel/index.ts";
import type { BinaryFn, Expr, UnaryFn } from "../../../kernel/loops/ir.ts";
import { binaryFunctions, unaryFunctions } from "../../../kernel/loops/scalar.ts";
import { BACKENDS, on } from "../support/backends.ts";

const NUMBERS: Partial<Record<DType, readonly number[]>> = {
  float64: [0, -0, 1, -1, 2, -2, 0.5, 3, 1e-310, -5e-324, 2 ** 1023, 1.7e308, 1 / 3, 4, Infinity, -Infinity, NaN],
  float32: [0, -0, 1, -1, 2, -0.5, 3, 2 ** -149, 2 ** 127, 2 ** -126, Math.fround(1 / 3), 8, Infinity, -Infinity, NaN],
  int32: [0, 1, -1, 2, 5, -7, 2 ** 31 - 1, -(2 ** 31)],
  bool: [0, 1],
};

/** Every value as it would be stored; NaN is NaN, whatever its sign. */
function rounded(dtype: DType, value: number): number {
  if (dtype === "float32") return Math.fround(value);
  return dtype === "int32" ? value | 0 : dtype === "bool" ? Number(value !== 0) : value;
}

/** The value of an expression whose loads read from `inputs`, by their buffers. */
function value(e: Expr, inputs: readonly number[]): number {
  switch (e.kind) {
    case "const":
      return e.value;
    case "load":
      return inputs[e.buffer];
    case "unary":
      return rounded(e.dtype, unaryFunctions[e.fn](value(e.x, inputs)));
    case "binary": {
      const [x, y] = [value(e.x, inputs), value(e.y, inputs)];
      if (e.dtype === "int32" && e.fn === "mul") return Math.imul(x, y);
      if (e.dtype === "int32" && e.fn === "div") return y === 0 ? 0 : Math.trunc(x / y) | 0;
      return rounded(e.dtype, binaryFunctions[e.fn](x, y));
    }
    case "select":
      return value(e.test, inputs) ? value(e.yes, inputs) : value(e.no, inputs);
    case "cast": {
      const x = value(e.x, inputs);
      if (e.dtype !== "int32") return rounded(e.dtype, x);
      return Number.isNaN(x) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x)));
    }
    default:
      throw new Error(`no value for ${e.kind}`);
  }
}

const load = (buffer: number, dtype: DType): Expr => ({
  kind: "load",
  dtype,
  buffer,
  index: { offset: 0, strides: [] },
});
const unary = (fn: UnaryFn, x: Expr): Expr => ({ kind: "unary", dtype: x.dtype, fn, x });
const binary = (fn: BinaryFn, x: Expr, y: Expr): Expr => ({ kind: "binary", dtype: x.dtype, fn, x, y });

/** Counts the pairs of operands for which there was something simpler, after comparing the values. */
function compare(e: Expr, dtypes: readonly DType[]): boolean {
  const found = simpler(e);
  assert.equal(found.dtype, e.dtype);
  if (found === e) return false;
  for (const x of NUMBERS[dtypes[0]]!) {
    for (const y of NUMBERS[dtypes[1]]!) {
      const [got, wanted] = [value(found, [x, y]), value(e, [x, y])];
      assert.ok(Object.is(got, wanted), `${JSON.stringify(e)} at ${x}, ${y}: ${got} for ${wanted}`);
    }
  }
  return true;
}

suite("algebra", () => {
  test("all sums, products and the like of operands, their negatives and constants", () => {
    let simplified = 0;
    for (const dtype of ["float64", "float32", "int32"] as const) {
      const [x, y] = [load(0, dtype), load(1, dtype)];
      const constants = NUMBERS[dtype]!.map((each): Expr => ({ kind: "const", dtype, value: each }));
      const operands = [x, y, unary("neg", x), unary("neg", y), unary("abs", x), unary("neg", unary("abs", y))];
      const all = [...operands, ...constants];
      for (const fn of ["add", "sub", "mul", "div", "max", "min"] as const) {
        for (const a of all) for (const b of all) if (compare(binary(fn, a, b), [dtype, dtype])) simplified++;
      }
      for (const a of all) for (const fn of ["neg", "abs"] as const) compare(unary(fn, a), [dtype, dtype]);
    }
    assert.ok(simplified > 200, `${simplified} simplified`);
  });

  test("truth values and choices", () => {
    const [p, q] = [load(0, "bool"), load(1, "bool")];
    const [yes, no] = [0, 1].map((each): Expr => ({ kind: "const", dtype: "bool", value: each }));
    const operands = [p, q, unary("not", p), unary("not", q), yes, no];
    for (const a of operands) {
      compare(unary("not", a), ["bool", "bool"]);
      for (const b of operands) {
        compare(binary("and", a, b), ["bool", "bool"]);
        compare(binary("or", a, b), ["bool", "bool"]);
        for (const test of operands) {
          compare({ kind: "select", dtype: "bool", test, yes: a, no: b }, ["bool", "bool"]);
        }
      }
    }
  });

  test("conversions there and back", () => {
    const dtypes = ["float64", "float32", "int32", "bool"] as const;
    for (const from of dtypes) {
      for (const through of dtypes) {
        for (const to of dtypes) {
          const inner: Expr = { kind: "cast", dtype: through, x: load(0, from) };
          compare({ kind: "cast", dtype: to, x: inner }, [from, from]);
        }
      }
    }
  });

  test("what is not exact stays", () => {
    const x = load(0, "float64");
    const constant = (each: number): Expr => ({ kind: "const", dtype: "float64", value: each });
    for (const e of [
      binary("add", x, constant(0)),
      binary("mul", x, constant(0)),
      binary("sub", x, x),
      binary("div", x, x),
      binary("div", x, constant(3)),
      binary("div", x, constant(2 ** -1074)),
      binary("sub", constant(0), x),
      unary("neg", binary("sub", x, load(1, "float64"))),
      unary("log", unary("exp", x)),
    ]) {
      assert.equal(simpler(e), e);
    }
  });

  test("positions are added up, unless they leave int32", () => {
    const at = (offset: number, ...strides: number[]): Expr => ({
      kind: "iota",
      dtype: "int32",
      index: { offset, strides },
    });
    const four: Expr = { kind: "const", dtype: "int32", value: 4 };
    assert.deepEqual(simpler(binary("mul", at(1, 2, 0), four)), at(4, 8, 0));
    assert.deepEqual(simpler(binary("sub", at(1, 2, 0), at(3, 2, 5))), at(-2, 0, -5));
    const large = binary("mul", at(2 ** 30, 1), four);
    assert.equal(simpler(large), large);
  });

  test("powers that are products are, and so are their derivatives", () => {
    const x = tensor([-2, -0, 0, 3, Infinity, -Infinity, NaN], { dtype: "float64" });
    for (const [exponent, wanted] of [
      [0, (v: number) => v ** 0],
      [1, (v: number) => v],
      [2, (v: number) => v * v],
      [-1, (v: number) => 1 / v],
    ] as const) {
      for (const backend of BACKENDS) {
        const got = on(backend, () => jit((a: Tensor) => a.pow(exponent))(x).dataSync());
        assert.deepEqual(Array.from(got), Array.from(x.dataSync(), wanted));
      }
      assert.equal(explain((a: Tensor) => a.pow(exponent))(x).functions, 0);
    }
  });

  test("equal expressions of one nest are computed once, in whatever order their operands stand", () => {
    const x = tensor([0.1, 0.2, 0.3], { dtype: "float64" });
    const f = (a: Tensor, b: Tensor): Tensor => a.mul(b).exp().add(b.mul(a).exp());
    assert.deepEqual(explain(f)(x, x).functions, 3, String(explain(f)(x, x)));
  });
});
