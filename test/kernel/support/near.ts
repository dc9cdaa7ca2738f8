/** @file Equality of tensors up to rounding, shape and type included. */
import assert from "node:assert/strict";
import { type DType, Tensor } from "../../../kernel/index.ts";
import { type Grid, positions } from "./grid.ts";

export interface Closeness {
  readonly rtol?: number;
  readonly atol?: number;
  readonly dtype?: DType;
  /** Said first when it fails. */
  readonly what?: string;
}

const shapeAndData = (value: Tensor | Grid): Grid =>
  value instanceof Tensor ? { shape: value.shape, data: Array.from(value.dataSync()) } : value;

/** Tolerances that fit a type: a few units in the last place. */
const RTOL: Record<DType, number> = { float32: 4e-6, float64: 1e-12, int32: 0, bool: 0 };

/** `actual` has the shape and, within tolerance, the entries of `expected`; NaN equals NaN. */
export function assertNear(actual: Tensor, expected: Tensor | Grid, options: Closeness = {}): void {
  const what = options.what ?? "the tensor";
  assert.ok(actual instanceof Tensor, `${what} is not a tensor`);
  const wanted = shapeAndData(expected);
  assert.deepEqual([...actual.shape], [...wanted.shape], `${what}: shape`);
  const dtype = options.dtype ?? (expected instanceof Tensor ? expected.dtype : undefined);
  if (dtype !== undefined) assert.equal(actual.dtype, dtype, `${what}: dtype`);
  const rtol = options.rtol ?? RTOL[actual.dtype];
  const atol = options.atol ?? rtol;
  const data = actual.dataSync();
  let i = 0;
  for (const at of positions(wanted.shape)) {
    const [x, y] = [data[i], wanted.data[i]];
    i++;
    if (Object.is(x, y) || x === y) continue;
    const near = Math.abs(x - y) <= atol + rtol * Math.abs(y);
    if (!near || !Number.isFinite(y)) {
      assert.fail(`${what}: at [${at}] got ${x}, expected ${y} (difference ${x - y}, shape [${wanted.shape}])`);
    }
  }
  assert.equal(data.length, i, `${what}: number of entries`);
}

/** The same for trees of tensors: equal nesting, near leaves. Numbers stand for scalars. */
export function assertNearTree(actual: unknown, expected: unknown, options: Closeness = {}): void {
  const what = options.what ?? "the tree";
  if (expected instanceof Tensor) {
    assertNear(actual as Tensor, expected, options);
  } else if (typeof expected === "number") {
    assertNear(actual as Tensor, { shape: [], data: [expected] }, options);
  } else if (typeof expected === "object" && expected !== null) {
    assert.equal(Array.isArray(actual), Array.isArray(expected), `${what}: array or object`);
    assert.deepEqual(Object.keys(actual as object), Object.keys(expected), `${what}: keys`);
    for (const [key, value] of Object.entries(expected)) {
      assertNearTree((actual as Record<string, unknown>)[key], value, { ...options, what: `${what}.${key}` });
    }
  } else {
    assert.equal(actual, expected, what);
  }
}

/** Throws an error of that class whose message matches each pattern; numbers in shapes and names must be there. */
export function assertThrows(
  body: () => unknown,
  type: { readonly name: string; is(error: unknown): boolean },
  ...patterns: readonly (RegExp | string)[]
): void {
  let caught: unknown;
  let threw = false;
  try {
    body();
  } catch (error) {
    caught = error;
    threw = true;
  }
  check(threw, caught, type, patterns);
}

/** The same of a promise. */
export async function assertRejects(
  promise: Promise<unknown>,
  type: { readonly name: string; is(error: unknown): boolean },
  ...patterns: readonly (RegExp | string)[]
): Promise<void> {
  let caught: unknown;
  let threw = false;
  try {
    await promise;
  } catch (error) {
    caught = error;
    threw = true;
  }
  check(threw, caught, type, patterns);
}

function check(
  threw: boolean,
  caught: unknown,
  type: { readonly name: string; is(error: unknown): boolean },
  patterns: readonly (RegExp | string)[],
): void {
  assert.ok(threw, `expected a ${type.name} (${patterns.join(", ")}), but nothing was thrown`);
  const shown = caught instanceof Error ? `${caught.name}: ${caught.message}` : String(caught);
  assert.ok(type.is(caught), `expected a ${type.name}, got ${shown}`);
  for (const pattern of patterns) {
    const { message } = caught as Error;
    const found = typeof pattern === "string" ? message.includes(pattern) : pattern.test(message);
    assert.ok(found, `the message should have ${pattern}: ${message}`);
  }
}
