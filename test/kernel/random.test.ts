/** @file The random stream against PyTorch's own numbers (test/golden/make-random.py says how they were made). */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ArgumentError } from "../../kernel/errors.ts";
import { MersenneTwister } from "../../kernel/random/mt19937.ts";
import { Generator } from "../../kernel/random/torch-generator.ts";
import random from "../golden/random.json";
import tutorial from "../golden/tutorial.json";

type Values = Float32Array | Float64Array | Int32Array | Uint8Array;
interface Draw {
  readonly method: string;
  readonly args: readonly number[];
  readonly shown: readonly number[];
  readonly sha256: string;
}

const draws: Record<string, (generator: Generator, args: readonly number[]) => Values> = {
  uniformFloat32: (g, [n]) => g.uniformFloat32(n),
  uniformFloat64: (g, [n]) => g.uniformFloat64(n),
  normalFloat32: (g, [n]) => g.normalFloat32(n),
  normalFloat64: (g, [n]) => g.normalFloat64(n),
  randint: (g, [low, high, n]) => g.randint(low, high, n),
  permutation: (g, [n]) => g.permutation(n),
  bernoulli: (g, [probability, n]) => g.bernoulli(probability, n),
};

const digest = (values: Values): string => createHash("sha256").update(values).digest("hex");

/** As the golden file shows a draw: all of a short one, else the first and last three. */
const shown = (values: Values): number[] => {
  const all = Array.from(values);
  return all.length <= 6 ? all : [...all.slice(0, 3), ...all.slice(-3)];
};

function check(generator: Generator, draw: Draw, seed: number): void {
  const values = draws[draw.method](generator, draw.args);
  const what = `seed ${seed}, ${draw.method}(${draw.args.join(", ")})`;
  const expected = draw.shown.map((value) => (values instanceof Float32Array ? Math.fround(value) : value));
  if (draw.method === "normalFloat64") {
    // The logarithm and cosine of two C libraries may differ by an ulp; what is promised is 3 ulp.
    shown(values).forEach((value, i) => {
      const difference = Math.abs(value - expected[i]);
      assert.ok(difference <= 3 * Number.EPSILON * Math.abs(value), `${what}: ${value} is not ${expected[i]}`);
    });
    return;
  }
  assert.deepEqual(shown(values), expected, what);
  assert.equal(digest(values), draw.sha256, what);
}

suite("MersenneTwister", () => {
  test("gives the 10,000th value that the C++ standard demands of mt19937", () => {
    const engine = new MersenneTwister(5489);
    assert.equal(engine.nextUint32(), 3499211612);
    for (let i = 2; i < 10_000; i++) engine.nextInt32();
    assert.equal(engine.nextUint32(), 4123659995);
  });
});

suite("Generator", () => {
  test("draws what PyTorch draws, bit for bit", () => {
    assert.ok(random.streams.length > 250);
    for (const { seed, draws } of random.streams) {
      const generator = new Generator(seed);
      for (const draw of draws) check(generator, draw, seed);
    }
  });

  test("starts the tutorial with its weight, bias and x", () => {
    const generator = new Generator(0);
    for (const golden of Object.values(tutorial["1 setup D=16"]).slice(0, 3)) {
      const values = generator.normalFloat32(golden.shape.reduce((a, b) => a * b));
      const rounded = Array.from(values, (value) => Math.round(value * 1e6) / 1e6);
      assert.deepEqual(rounded.slice(0, 4), golden.first);
      assert.deepEqual(rounded.slice(-2), golden.last);
      const sum = values.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - golden.sum) < 1e-12, `sum ${sum} is not ${golden.sum}`);
    }
  });

  test("keeps the second half of a pair for the next short draw, and forgets it when seeded", () => {
    const generator = new Generator(3);
    const pairs = new Generator(3).normalFloat64(4);
    const one = () => generator.normalFloat64(1)[0];
    assert.deepEqual([one(), one(), one()], Array.from(pairs.slice(0, 3)));
    generator.manualSeed(3);
    assert.equal(one(), pairs[0]);
  });

  test("a clone continues from the same place, spare half and all, and on its own", () => {
    const generator = new Generator(11);
    generator.normalFloat32(3);
    generator.uniformFloat32(700);
    const copy = generator.clone();
    const next = copy.normalFloat32(100);
    assert.equal(copy.normalFloat32(1)[0], copy.clone().manualSeed(11).normalFloat32(4)[3]);
    assert.deepEqual(generator.normalFloat32(100), next);
    assert.equal(generator.initialSeed, copy.initialSeed);
  });

  test("uniform values fill [0, 1) evenly", () => {
    const counts = new Array<number>(10).fill(0);
    for (const u of new Generator(1).uniformFloat64(100_000)) counts[Math.floor(u * 10)]++;
    for (const count of counts) assert.ok(Math.abs(count - 10_000) < 400, `${counts}`);
  });

  test("rejects seeds, counts and bounds it cannot use, by name", () => {
    const generator = new Generator(0);
    const rejected: readonly [() => unknown, RegExp][] = [
      [() => new Generator(0.5), /integer seed, got 0\.5/],
      [() => generator.manualSeed(Number.NaN), /integer seed, got NaN/],
      [() => generator.normalFloat32(-1), /normalFloat32: .*got -1/],
      [() => generator.permutation(2.5), /permutation: .*got 2\.5/],
      [() => generator.randint(5, 5, 1), /randint: .*low = 5, high = 5/],
      [() => generator.randint(0, 2 ** 31 + 1, 1), /randint: expected int32 bounds/],
      [() => generator.bernoulli(1.5, 1), /bernoulli: .*got 1\.5/],
    ];
    for (const [act, message] of rejected) {
      assert.throws(act, (error) => ArgumentError.is(error) && message.test((error as Error).message), `${message}`);
    }
  });
});
