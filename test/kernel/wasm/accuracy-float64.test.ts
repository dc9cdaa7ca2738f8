/**
 * @file Vector code of float64: at most 1.5 ulp from the exact value over the whole range, by either instruction for
 * multiplication and addition; exact at the special values; the same in a vector and alone.
 */
import assert from "node:assert/strict";
import { hasRelaxedSimd } from "../../../kernel/backends/wasm/code/features.ts";
import { hasVectorFunction } from "../../../kernel/backends/wasm/math/table.ts";
import { BINARY_NAMES, image, type MeasuredFunction, pointsOf, UNARY_NAMES, worstError } from "../accuracy/float64.ts";

const LIMIT = 1.5;
const POINTS = 250;
const MODES = hasRelaxedSimd() ? [false, true] : [false];
const NAMES: readonly MeasuredFunction[] = [...UNARY_NAMES, ...BINARY_NAMES];

const { PI } = Math;
const MAX = Number.MAX_VALUE;
const INF = Number.POSITIVE_INFINITY;
const TINY = 5e-324;
const NORMAL = 2 ** -1022;

/** Functions that are odd and nearly their argument near 0. */
const THROUGH_ZERO = [
  ...[0, 0, -0, -0, TINY, TINY, -TINY, -TINY, 2 ** -1030, 2 ** -1030, NORMAL, NORMAL, -NORMAL, -NORMAL, 1e-200, 1e-200],
  ...[NaN, NaN],
];

/** Arguments, then the value, by the standards of C (annex F) and IEEE 754. */
const SPECIAL: Readonly<Record<MeasuredFunction, readonly number[]>> = {
  exp: [
    ...[0, 1, -0, 1, TINY, 1, -TINY, 1, INF, INF, -INF, 0, NaN, NaN, MAX, INF, -MAX, 0],
    ...[709.7827128933841, INF, -745.1332191019411, TINY, -745.1332191019412, 0],
  ],
  exp2: [
    ...[0, 1, -0, 1, TINY, 1, INF, INF, -INF, 0, NaN, NaN, MAX, INF, -MAX, 0, 10, 1024, -3, 0.125, 1023, 2 ** 1023],
    ...[1024, INF, -1022, NORMAL, -1023, 2 ** -1023, -1074, TINY, -1075, 0, -1076, 0],
  ],
  expm1: [...THROUGH_ZERO, INF, INF, -INF, -1, MAX, INF, -MAX, -1, -50, -1, 709.7827128933841, INF],
  log: [0, -INF, -0, -INF, 1, 0, INF, INF, -INF, NaN, -1, NaN, -TINY, NaN, NaN, NaN, TINY, -744.4400719213812],
  log1p: [...THROUGH_ZERO, INF, INF, -INF, NaN, -1, -INF, -1.0000000000000002, NaN, -MAX, NaN],
  log2: [
    ...[0, -INF, -0, -INF, 1, 0, INF, INF, -INF, NaN, -1, NaN, -TINY, NaN, NaN, NaN, TINY, -1074, NORMAL, -1022],
    ...[8, 3, 0.25, -2, 2 ** 1023, 1023],
  ],
  sin: [...THROUGH_ZERO, INF, NaN, -INF, NaN],
  cos: [0, 1, -0, 1, TINY, 1, INF, NaN, -INF, NaN, NaN, NaN],
  tan: [...THROUGH_ZERO, INF, NaN, -INF, NaN],
  tanh: [...THROUGH_ZERO, INF, 1, -INF, -1, MAX, 1, -MAX, -1, 22, 1, -22, -1],
  sigmoid: [0, 0.5, -0, 0.5, TINY, 0.5, INF, 1, -INF, 0, MAX, 1, -MAX, 0, NaN, NaN, 40, 1, -746, 0],
  erf: [0, 0, -0, -0, INF, 1, -INF, -1, MAX, 1, -MAX, -1, 6, 1, -6, -1, NaN, NaN],
  erfc: [0, 1, -0, 1, TINY, 1, INF, 0, -INF, 2, MAX, 0, -MAX, 2, -6, 2, 28, 0, NaN, NaN],
  cbrt: [
    ...[0, 0, -0, -0, INF, INF, -INF, -INF, NaN, NaN, 8, 2, -27, -3, 2 ** -1074, 2 ** -358, 2 ** 1023, 2 ** 341],
    ...[1, 1, -1, -1, 2 ** -1023, 2 ** -341],
  ],
  asin: [...THROUGH_ZERO, 1, PI / 2, -1, -PI / 2, 1.0000000000000002, NaN, -2, NaN, INF, NaN, -INF, NaN],
  acos: [1, 0, -1, PI, 0, PI / 2, -0, PI / 2, TINY, PI / 2, 1.0000000000000002, NaN, -2, NaN, INF, NaN, NaN, NaN],
  atan: [...THROUGH_ZERO, INF, PI / 2, -INF, -PI / 2, MAX, PI / 2, -MAX, -PI / 2, 1, PI / 4, -1, -PI / 4],
  sinh: [...THROUGH_ZERO, INF, INF, -INF, -INF, MAX, INF, -MAX, -INF, 710.475860073944, INF, -710.475860073944, -INF],
  cosh: [0, 1, -0, 1, TINY, 1, INF, INF, -INF, INF, MAX, INF, -MAX, INF, NaN, NaN, 710.475860073944, INF],
  asinh: [...THROUGH_ZERO, INF, INF, -INF, -INF],
  acosh: [1, 0, INF, INF, 0.9999999999999999, NaN, 0, NaN, -1, NaN, -INF, NaN, NaN, NaN],
  atanh: [...THROUGH_ZERO, 1, INF, -1, -INF, 1.0000000000000002, NaN, -2, NaN, INF, NaN, -INF, NaN],
  pow: [
    ...[NaN, 0, 1, NaN, -0, 1, 1, NaN, 1, INF, 0, 1, -INF, -0, 1, 0, 0, 1, NaN, 1, NaN, 2, NaN, NaN, NaN, NaN, NaN],
    ...[0, 3, 0, -0, 3, -0, -0, 2, 0, -0, 0.5, 0, 0, -3, INF, -0, -3, -INF, -0, -2, INF, -0, -0.5, INF],
    ...[0, INF, 0, -0, INF, 0, 0, -INF, INF, -0, -INF, INF, 0, TINY, 0, 0, -TINY, INF],
    ...[
      INF,
      2,
      INF,
      INF,
      -2,
      0,
      INF,
      TINY,
      INF,
      -INF,
      3,
      -INF,
      -INF,
      2,
      INF,
      -INF,
      -3,
      -0,
      -INF,
      -2,
      0,
      -INF,
      0.5,
      INF,
    ],
    ...[2, INF, INF, 2, -INF, 0, 0.5, INF, 0, 0.5, -INF, INF, -2, INF, INF, -2, -INF, 0, -0.5, INF, 0, -0.5, -INF, INF],
    ...[1, INF, 1, 1, -INF, 1, -1, INF, 1, -1, -INF, 1, -1, 3, -1, -1, 2 ** 53, 1, -1, 2 ** 53 - 1, -1, -1, MAX, 1],
    ...[-8, 1 / 3, NaN, -2, 3, -8, -2, -3, -0.125, -2, 1024, INF, -2, 1025, -INF, 2, -1074, TINY, 2, -1075, 0],
    ...[-2, -1075, -0, 2, 1024, INF, TINY, 1, TINY, TINY, -1, INF, TINY, 2, 0, 3, 1, 3, 7, -1, 1 / 7, MAX, 1, MAX],
    ...[MAX, MAX, INF, MAX, -MAX, 0, 0.5, MAX, 0, TINY, 0.5, 2 ** -537, NORMAL, 1, NORMAL, 1, MAX, 1],
  ],
  atan2: [
    ...[0, 1, 0, -0, 1, -0, 0, -1, PI, -0, -1, -PI, 0, 0, 0, -0, 0, -0, 0, -0, PI, -0, -0, -PI],
    ...[
      1,
      0,
      PI / 2,
      1,
      -0,
      PI / 2,
      -1,
      0,
      -PI / 2,
      -1,
      -0,
      -PI / 2,
      INF,
      1,
      PI / 2,
      -INF,
      1,
      -PI / 2,
      INF,
      -1,
      PI / 2,
    ],
    ...[1, INF, 0, -1, INF, -0, 1, -INF, PI, -1, -INF, -PI, 0, INF, 0, 0, -INF, PI, -0, -INF, -PI],
    ...[INF, INF, PI / 4, INF, -INF, 0.75 * PI, -INF, INF, -PI / 4, -INF, -INF, -0.75 * PI],
    ...[NaN, 1, NaN, 1, NaN, NaN, NaN, INF, NaN, INF, NaN, NaN, 0, NaN, NaN, NaN, NaN, NaN],
    ...[MAX, MAX, PI / 4, TINY, TINY, PI / 4, TINY, -TINY, 0.75 * PI, MAX, TINY, PI / 2, TINY, MAX, 0, -TINY, MAX, -0],
    ...[TINY, 1, TINY, NORMAL, 2, 2 ** -1023, TINY, -MAX, PI, 3, 3, PI / 4, -MAX, -MAX, -0.75 * PI],
  ],
};

/** The columns of a table whose rows are arguments and a value. */
function columnsOf(flat: readonly number[], width: number): number[][] {
  return Array.from({ length: width }, (_, column) => flat.filter((_, i) => i % width === column));
}

suite("accuracy of float64 in WebAssembly", () => {
  for (const fn of NAMES) {
    test(`${fn} has vector code and is at most ${LIMIT} ulp off`, () => {
      assert.ok(hasVectorFunction(fn, "float64"), `${fn} has no vector code for float64`);
      for (const fused of MODES) {
        const { ulps, args, got, points } = worstError(fn, POINTS, fused);
        assert.ok(points >= POINTS, `only ${points} points of ${fn} were compared`);
        assert.ok(ulps <= LIMIT, `${fn}(${args.join(", ")}) is ${ulps} ulp off: ${got} (fused: ${fused})`);
      }
    });

    test(`${fn} is exact at special values`, () => {
      const width = BINARY_NAMES.includes(fn as never) ? 3 : 2;
      const columns = columnsOf(SPECIAL[fn], width);
      const wanted = columns.pop()!;
      for (const fused of MODES) {
        image(fn, columns, fused).forEach((got, i) => {
          const args = columns.map((column) => column[i]).join(", ");
          assert.ok(Object.is(got, wanted[i]), `${fn}(${args}): got ${got}, wanted ${wanted[i]} (fused: ${fused})`);
        });
      }
    });

    test(`${fn} of a NaN with any digits is NaN`, () => {
      const digits = BigUint64Array.from({ length: 64 }, (_, i) => 0x7ff8000000000000n | (1n << BigInt(i % 64)) | 1n);
      const odd = new Float64Array(digits.buffer);
      for (const fused of MODES) {
        const columns = BINARY_NAMES.includes(fn as never) ? [odd, new Float64Array(64).fill(2)] : [odd];
        const values = image(fn, columns, fused);
        for (const [i, got] of values.entries()) assert.ok(Number.isNaN(got), `NaN of ${digits[i]}: ${got}`);
      }
    });

    test(`${fn} of one number is what it is among many`, () => {
      const columns = pointsOf(fn, 5).map((column) => column.slice(0, 61));
      for (const fused of MODES) {
        const many = image(fn, columns, fused);
        columns[0].forEach((_, i) => {
          const alone = image(
            fn,
            columns.map((column) => [column[i]]),
            fused,
          )[0];
          assert.ok(
            Object.is(alone, many[i]),
            `${fn}(${columns.map((c) => c[i])}): ${alone} alone, ${many[i]} among many`,
          );
        });
      }
    });
  }
});
