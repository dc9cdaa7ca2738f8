/** @file Integers and truth values where they overflow, divide by zero, or meet other types; conversions that do not fit. */
import assert from "node:assert/strict";
import {
  abs,
  add,
  argmax,
  clip,
  cumsum,
  type DType,
  div,
  dropout,
  exp,
  fmod,
  matmul,
  max,
  mean,
  mul,
  neg,
  pow,
  prod,
  relu,
  remainder,
  sort,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertNear } from "../support/near.ts";
import { INF, NAN } from "./row.ts";

const int = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });
const bool = (...values: number[]): Tensor => tensor(values, { dtype: "bool" });
const LARGEST = 2 ** 31 - 1;
const LOWEST = -(2 ** 31);

const cases: readonly (readonly [string, () => Tensor, DType, readonly number[]])[] = [
  ["add wraps", () => add(int(LARGEST, LOWEST), int(1, -1)), "int32", [LOWEST, LARGEST]],
  ["mul wraps", () => mul(int(LARGEST, 65536), int(2, 65536)), "int32", [-2, 0]],
  ["neg and abs of the lowest", () => neg(abs(int(LOWEST))), "int32", [LOWEST]],
  ["square wraps", () => square(int(46341)), "int32", [46341 ** 2 - 2 ** 32]],
  ["sum wraps", () => sum(int(LARGEST, LARGEST, 5)).reshape([1]), "int32", [3]],
  ["cumsum wraps", () => cumsum(int(LARGEST, LARGEST, 5), 0), "int32", [LARGEST, -2, 3]],
  // Odd factors: their product is odd modulo 2^32, and a double loses that.
  ["prod wraps", () => prod(int(LARGEST, LARGEST, LARGEST)).reshape([1]), "int32", [LARGEST]],
  ["matmul wraps", () => matmul(int(LARGEST, LARGEST), int(LARGEST, 3)).reshape([1]), "int32", [LARGEST - 1]],
  ["div is true division", () => div(int(7, -7, 0, 1), int(2, 2, 0, 0)), "float32", [3.5, -3.5, NAN, INF]],
  ["remainder by 0 is 0", () => remainder(int(7, -7, 0), int(0, 2, 0)), "int32", [0, 1, 0]],
  ["fmod by 0 is 0", () => fmod(int(7, -7), int(0, 2)), "int32", [0, -1]],
  ["whole powers stay whole", () => pow(int(3, -2, 0), 5), "int32", [243, -32, 0]],
  ["power 0", () => pow(int(3, 0), 0), "int32", [1, 1]],
  ["power 1", () => pow(bool(1, 0), 1), "int32", [1, 0]],
  ["a large power wraps", () => pow(int(3, 2), 40), "int32", [Number(BigInt.asIntN(32, 3n ** 40n)), 0]],
  ["a fraction as power", () => pow(int(4, 9), 0.5), "float32", [2, 3]],
  ["a negative power", () => pow(int(4, 0), -1), "float32", [0.25, INF]],
  ["mean", () => mean(int(1, 2)).reshape([1]), "float32", [1.5]],
  ["clip", () => clip(int(5, -5), -1, 1), "int32", [1, -1]],
  ["relu", () => relu(int(-3, 3)), "int32", [0, 3]],
  ["with a fraction", () => add(int(1), 1.5), "float32", [2.5]],
  ["compared with a fraction", () => int(1, 2).eq(1.5), "bool", [0, 0]],
  ["truth values add as integers", () => add(bool(1, 1, 0), bool(1, 0, 0)), "int32", [2, 1, 0]],
  ["truth values subtract", () => sub(bool(1, 0), bool(1, 1)), "int32", [0, -1]],
  ["truth values sum", () => sum(bool(1, 1, 0)).reshape([1]), "int32", [2]],
  ["the largest truth value", () => max(bool(1, 0)).reshape([1]), "int32", [1]],
  ["the mean of truth values", () => mean(bool(1, 0)).reshape([1]), "float32", [0.5]],
  ["the exponential of truth values", () => exp(bool(0)), "float32", [1]],
  ["a product of truth values", () => matmul(bool(1, 1), bool(1, 1)).reshape([1]), "int32", [2]],
  ["sorted truth values", () => sort(bool(1, 0, 1)), "bool", [0, 1, 1]],
  ["where the first truth is", () => argmax(bool(0, 1, 1)).reshape([1]), "int32", [1]],
  [
    "floats as integers",
    () => tensor([NAN, INF, -INF, 3e9, -3e9, 2.9, -2.9]).to("int32"),
    "int32",
    [0, LARGEST, LOWEST, LARGEST, LOWEST, 2, -2],
  ],
  ["floats as truth", () => tensor([NAN, 0, -0, 1e-45, -1]).to("bool"), "bool", [1, 0, 0, 1, 1]],
  [
    "float64 as float32",
    () => tensor([1e300, 1e-300, 16777217], { dtype: "float64" }).to("float32"),
    "float32",
    [INF, 0, 16777216],
  ],
  ["int32 as float32", () => int(16777217).to("float32"), "float32", [16777216]],
];

suite("special values of integers and truth values", () => {
  for (const [title, run, dtype, expected] of cases) {
    testEach(title, () => {
      assertNear(run(), { shape: [expected.length], data: [...expected] }, { dtype, what: title });
    });
  }

  testEach("dropping everything keeps the type", () => {
    assertNear(dropout(tensor([1, 2], { dtype: "float64" }), 1), tensor([0, 0], { dtype: "float64" }));
  });

  testEach("one exponent after the other: integers never change type with the size of the power", () => {
    for (let power = 0; power < 12; power++) {
      const got = pow(int(2), power);
      assert.equal(got.dtype, "int32");
      assert.equal(got.at(0).item(), 2 ** power);
    }
  });
});
