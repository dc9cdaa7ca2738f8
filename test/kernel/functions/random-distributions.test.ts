/**
 * @file Random draws: that they follow their distributions (moments, and the statistic of Kolmogorov and Smirnov), that
 * they move with their parameters as they should, and what they do inside transforms. All seeds are fixed.
 */
import assert from "node:assert/strict";
import {
  ArgumentError,
  bernoulli,
  beta,
  categorical,
  cauchy,
  checkGrads,
  chi2,
  type DistributionOptions,
  DTypeError,
  dirichlet,
  exponential,
  Generator,
  gamma,
  grad,
  gumbel,
  hessian,
  jvp,
  laplace,
  logNormal,
  makeGraph,
  manualSeed,
  normal,
  poisson,
  rand,
  randLike,
  randn,
  randnLike,
  ShapeError,
  studentT,
  type Tensor,
  TraceError,
  tensor,
  uniform,
  vmap,
} from "../../../kernel/index.ts";
import { lgamma } from "../../../kernel/loops/special/gamma.ts";
import { logGammaDraw, logGammaSlope } from "../../../kernel/random/gamma.ts";
import { PhiloxStream, philox4x32 } from "../../../kernel/random/philox.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear, assertThrows } from "../support/near.ts";

type Cdf = (x: number) => number;

/** The regularised incomplete gamma function, from its series (DLMF 8.7.1). */
function gammaCdf(a: number, x: number): number {
  if (x <= 0) return 0;
  let [term, sum] = [1 / a, 1 / a];
  for (let k = 1; k < 5000 && term > 1e-17 * sum; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return Math.min(1, sum * Math.exp(a * Math.log(x) - x - lgamma(a)));
}

const normalCdf: Cdf = (x) => {
  const half = gammaCdf(0.5, (x * x) / 2) / 2;
  return x < 0 ? 0.5 - half : 0.5 + half;
};
/** For a = 2: integrated by parts. */
const betaCdf =
  (b: number): Cdf =>
  (x) =>
    1 - Math.max(0, 1 - x) ** b * (1 + b * x);
/** For 3 degrees of freedom. */
const studentCdf: Cdf = (t) => 0.5 + (t / (Math.sqrt(3) * (1 + (t * t) / 3)) + Math.atan(t / Math.sqrt(3))) / Math.PI;

/** The largest distance between the share of draws below x and what it should be. */
function distance(draws: ArrayLike<number>, cdf: Cdf): number {
  const sorted = Float64Array.from(draws).sort();
  const n = sorted.length;
  let largest = 0;
  sorted.forEach((x, i) => {
    const expected = cdf(x);
    largest = Math.max(largest, Math.abs(expected - i / n), Math.abs(expected - (i + 1) / n));
  });
  return largest;
}

/** √n · distance above this happens once in ten thousand seeds. */
const CRITICAL = 2.23;

function assertFollows(draws: Tensor, cdf: Cdf, what: string): void {
  const n = draws.size;
  const statistic = distance(draws.dataSync(), cdf) * Math.sqrt(n);
  assert.ok(statistic < CRITICAL, `${what}: Kolmogorov–Smirnov statistic ${statistic} of ${n} draws`);
  // And the test can tell: the same draws a tenth of their spread away.
  const sorted = Float64Array.from(draws.dataSync()).sort();
  const spread = sorted[Math.floor(0.75 * n)] - sorted[Math.floor(0.25 * n)];
  const moved =
    distance(
      sorted.map((x) => x + 0.1 * spread),
      cdf,
    ) * Math.sqrt(n);
  assert.ok(moved > CRITICAL, `${what}: shifted draws are not told from right ones (${moved})`);
}

const COUNT = 4000;

/** Draws of one set of numbers as parameters, and what they follow. */
const families: Record<string, { readonly draw: (options: DistributionOptions) => Tensor; readonly cdf: Cdf }> = {
  normal: { draw: (o) => normal(1.5, 2, o), cdf: (x) => normalCdf((x - 1.5) / 2) },
  logNormal: {
    draw: (o) => logNormal(0.3, 0.5, o),
    cdf: (x) => normalCdf((Math.log(Math.max(x, 1e-300)) - 0.3) / 0.5),
  },
  uniform: { draw: (o) => uniform(-1, 3, o), cdf: (x) => Math.min(1, (x + 1) / 4) },
  exponential: { draw: (o) => exponential(2.5, o), cdf: (x) => 1 - Math.exp(-2.5 * x) },
  laplace: {
    draw: (o) => laplace(1, 0.5, o),
    cdf: (x) => (x < 1 ? 0.5 * Math.exp((x - 1) / 0.5) : 1 - 0.5 * Math.exp((1 - x) / 0.5)),
  },
  gumbel: { draw: (o) => gumbel(-1, 2, o), cdf: (x) => Math.exp(-Math.exp(-(x + 1) / 2)) },
  cauchy: { draw: (o) => cauchy(0.5, 2, o), cdf: (x) => 0.5 + Math.atan((x - 0.5) / 2) / Math.PI },
  "gamma of 3": { draw: (o) => gamma(3, 2, o), cdf: (x) => gammaCdf(3, 2 * x) },
  "gamma of 0.3": { draw: (o) => gamma(0.3, 1, o), cdf: (x) => gammaCdf(0.3, x) },
  "gamma of 200": { draw: (o) => gamma(200, 0.1, o), cdf: (x) => gammaCdf(200, x / 10) },
  chi2: { draw: (o) => chi2(5, o), cdf: (x) => gammaCdf(2.5, x / 2) },
  studentT: { draw: (o) => studentT(3, 1, 2, o), cdf: (x) => studentCdf((x - 1) / 2) },
  beta: { draw: (o) => beta(2, 3.5, o), cdf: betaCdf(3.5) },
  "beta of ½ and ½": {
    draw: (o) => beta(0.5, 0.5, o),
    cdf: (x) => (2 / Math.PI) * Math.asin(Math.sqrt(Math.min(1, Math.max(0, x)))),
  },
  "one entry of dirichlet": {
    draw: (o) => dirichlet(tensor([2, 1.5, 2]), o).at(null, 0),
    cdf: betaCdf(3.5),
  },
};

suite("distributions", () => {
  for (const [name, { draw, cdf }] of Object.entries(families)) {
    test(`${name}: draws follow it, in both types`, () => {
      for (const dtype of ["float64", "float32"] as const) {
        const draws = draw({ shape: [COUNT], dtype, generator: new Generator(12) });
        assert.deepEqual([draws.dtype, draws.shape], [dtype, [COUNT]]);
        assertFollows(draws, cdf, `${name} in ${dtype}`);
      }
    });
  }

  test("counts: bernoulli, poisson and categorical come as often as they should", () => {
    const n = 20_000;
    const generator = new Generator(3);
    /** Each class within five standard deviations. */
    const assertShares = (draws: Tensor, shares: readonly number[], what: string): void => {
      const counts = new Array<number>(shares.length).fill(0);
      for (const value of draws.dataSync()) if (value < shares.length) counts[value]++;
      shares.forEach((share, k) => {
        const bound = 5 * Math.sqrt(n * share * (1 - share)) + 1;
        assert.ok(Math.abs(counts[k] - n * share) < bound, `${what}: ${counts[k]} times ${k}, expected ${n * share}`);
      });
    };
    assertShares(bernoulli(0.3, { shape: [n], generator }), [0.7, 0.3], "bernoulli");
    const probs = [0.1, 0.5, 0.15, 0.25];
    assertShares(categorical({ probs: tensor(probs) }, { shape: [n], generator }), probs, "categorical");
    const logits = tensor(probs.map((p) => Math.log(p) + 3));
    assertShares(categorical(logits, { shape: [n], generator }), probs, "categorical of logits");
    for (const rate of [0.4, 6, 10, 35]) {
      const shares = Array.from({ length: 80 }, (_, k) => Math.exp(k * Math.log(rate) - rate - lgamma(k + 1)));
      assertShares(poisson(rate, { shape: [n], generator }), shares, `poisson of ${rate}`);
    }
    assert.deepEqual(bernoulli(tensor([0, 1]), { generator }).toArray(), [0, 1]);
    assert.deepEqual(poisson(tensor([0, 0]), { generator }).toArray(), [0, 0]);
    assert.equal(poisson(3, { shape: [2], dtype: "int32" }).dtype, "int32");
    assert.equal(bernoulli(0.5, { shape: [2], dtype: "bool" }).dtype, "bool");
    assert.equal(categorical(data([3, 4])).dtype, "int32");
    // A class without weight never comes.
    assertShares(categorical({ probs: tensor([0, 1, 0]) }, { shape: [n], generator }), [0, 1, 0], "categorical");
  });

  test("a large rate or concentration has the right mean and spread", () => {
    const generator = new Generator(4);
    for (const draws of [
      poisson(1e6, { shape: [COUNT], dtype: "float64", generator }),
      gamma(1e6, 1, { shape: [COUNT], dtype: "float64", generator }),
    ]) {
      const [mean, spread] = [draws.mean().item(), draws.std().item()];
      assert.ok(Math.abs(mean - 1e6) < 5 * Math.sqrt(1e6 / COUNT), `mean ${mean}`);
      assert.ok(Math.abs(spread - 1000) < 5 * Math.sqrt(1e6 / (2 * COUNT)), `standard deviation ${spread}`);
    }
  });

  test("small concentrations: dirichlet still adds up to 1, gamma does not fail", () => {
    const draws = dirichlet(tensor([1e-4, 2e-4, 1e-4]), { shape: [50], generator: new Generator(1) });
    assertNear(draws.sum(-1), tensor(new Array<number>(50).fill(1)), { rtol: 1e-6 });
    assert.ok(
      gamma(1e-5, 1, { shape: [100] })
        .dataSync()
        .every((x) => x >= 0),
    );
  });

  test("shapes: parameters broadcast with each other and to the one asked for", () => {
    assert.deepEqual(normal(data([3, 1]), data([2]).abs()).shape, [3, 2]);
    assert.deepEqual(normal(data([3, 1]), 1, { shape: [5, 3, 2] }).shape, [5, 3, 2]);
    assert.deepEqual(uniform(0, 1).shape, []);
    assert.deepEqual(dirichlet(data([4, 3]).abs()).shape, [4, 3]);
    assert.deepEqual(dirichlet(data([3]).abs(), { shape: [4, 2] }).shape, [4, 2, 3]);
    assert.deepEqual(categorical(data([4, 3])).shape, [4]);
    assert.deepEqual(categorical(data([3]), { shape: [2, 5] }).shape, [2, 5]);
    assert.equal(normal(data([2]), 1).dtype, "float64");
    assert.equal(normal(0, 1).dtype, "float32");
    assert.equal(normal(tensor([1], { dtype: "int32" }), 1).dtype, "float32");
    assert.deepEqual(exponential(1, { shape: [0, 2] }).shape, [0, 2]);
    const like = data([2, 3]);
    assert.deepEqual([randnLike(like).shape, randnLike(like).dtype], [[2, 3], "float64"]);
    assert.equal(randLike(tensor([1, 2], { dtype: "int32" })).dtype, "float32");
  });

  test("normal and uniform are PyTorch's numbers, moved and scaled", () => {
    manualSeed(0);
    const [a, b] = [normal(tensor([1, 2, 3]), 2), uniform(1, 3, { shape: [4] })];
    manualSeed(0);
    assertNear(a, tensor([1, 2, 3]).add(randn([3]).mul(2)), { rtol: 1e-7 });
    assertNear(b, rand([4]).mul(2).add(1), { rtol: 1e-7 });
  });

  test("generators do not share: a draw from one leaves the others where they are", () => {
    const [one, two] = [new Generator(1), new Generator(1)];
    const [first, second] = [gamma(2, 1, { shape: [3], generator: one }), normal(0, 1, { shape: [3], generator: one })];
    manualSeed(7);
    const shared = randn([3]).toArray();
    manualSeed(7);
    assert.deepEqual(gamma(2, 1, { shape: [3], generator: two }).toArray(), first.toArray());
    assert.deepEqual(normal(0, 1, { shape: [3], generator: two }).toArray(), second.toArray());
    assert.deepEqual(randn([3]).toArray(), shared, "the default stream was not used in between");
    // Streams of neighbouring seeds have nothing to do with each other.
    const n = 10_000;
    const [x, y] = [1, 2].map((seed) => randn([n], { generator: new Generator(seed), dtype: "float64" }));
    const correlation = x.mul(y).mean().item();
    assert.ok(Math.abs(correlation) < 5 / Math.sqrt(n), `correlation ${correlation}`);
  });

  testEach("what is drawn lazily is drawn once", () => {
    const x = gamma(tensor([0.5, 2]), 1, { generator: new Generator(5) });
    const y = x.mul(2);
    assertNear(y, x.mul(2));
    assertNear(x, gamma(tensor([0.5, 2]), 1, { generator: new Generator(5) }));
  });
});

suite("derivatives of draws", () => {
  /** The same numbers each time it is called. */
  const fixed =
    (f: (options: DistributionOptions, ...parameters: Tensor[]) => Tensor) =>
    (...parameters: Tensor[]): Tensor =>
      f({ generator: new Generator(9) }, ...parameters);
  const positive = (seed: number): Tensor => data([3], { low: 0.5, high: 2, seed });

  testEach("location and scale, low and high, rates: to the second order", () => {
    const [a, b] = [data([2, 1]), positive(2)];
    for (const family of [normal, logNormal, laplace, gumbel, cauchy]) {
      checkGrads(
        fixed((o, a, b) => family(a, b, o).sin()),
        [a, b],
        { order: 2 },
      );
    }
    checkGrads(
      fixed((o, a, b) => uniform(a, b, { ...o, shape: [4, 2, 3] }).square()),
      [a, b],
      { order: 2 },
    );
    checkGrads(
      fixed((o, b) => exponential(b, o).sin()),
      [b],
      { order: 2 },
    );
    checkGrads(
      fixed((o, b) => gamma(2, b, o).sin()),
      [b],
      { order: 2 },
    );
  });

  /** How a quantile moves with the shape parameter: from the distribution function and its difference quotient. */
  function slopeOfQuantile(a: number, logDraw: number): number {
    const x = Math.exp(logDraw);
    const step = 1e-4 * a;
    const slope = (at: number): number => (gammaCdf(a + at, x) - gammaCdf(a - at, x)) / (2 * at);
    const density = Math.exp(a * logDraw - x - lgamma(a));
    return -(4 * slope(step) - slope(2 * step)) / 3 / density;
  }

  test("the implicit derivative of a gamma draw keeps its place in the distribution", () => {
    const stream = new PhiloxStream();
    for (const a of [0.05, 0.3, 0.9, 1, 1.7, 5, 20, 99, 101, 400]) {
      for (let i = 0; i < 8; i++) {
        const x = logGammaDraw(a, stream.start(i, 11));
        const wanted = slopeOfQuantile(a, x);
        const got = logGammaSlope(a, x);
        assert.ok(Math.abs(got - wanted) < 2e-6 * wanted, `shape ${a}, log draw ${x}: ${got}, expected ${wanted}`);
      }
    }
    // Concentration 1 is the exponential distribution: d log z/da = −∂P(a, z)/∂a / (z e⁻ᶻ); from 40 digits at z = 3, a = 2.5.
    assert.ok(Math.abs(logGammaSlope(2.5, Math.log(3)) - 0.3897540022458878) < 1e-14);
    // For a large shape, z ≈ a + √a x: d log z/da ≈ 1/a.
    assert.ok(Math.abs(logGammaSlope(1e8, Math.log(1e8)) * 1e8 - 1) < 1e-7);
  });

  testEach("the gradient of an expectation: gamma, beta, dirichlet, chi2, studentT", () => {
    const shape = [20_000];
    const slope = (f: (a: Tensor) => Tensor, at: number): number =>
      grad((a: Tensor) => f(a).mean())(tensor(at, { dtype: "float64" })).item();
    const options = (): DistributionOptions => ({ shape, generator: new Generator(2) });
    /** Within five standard errors, generously taken as 1. */
    const near = (got: number, wanted: number, what: string, error = 1): void =>
      assert.ok(Math.abs(got - wanted) < (5 * error) / Math.sqrt(shape[0]), `${what}: ${got}, expected ${wanted}`);
    near(
      slope((a) => gamma(a, 2, options()), 1.5),
      0.5,
      "∂/∂a of E gamma = a / rate",
    );
    near(
      slope((a) => gamma(a, 1, options()), 0.4),
      1,
      "∂/∂a of E gamma for small a",
    );
    near(
      slope((a) => gamma(a, 1, options()).log(), 2),
      Math.PI ** 2 / 6 - 1,
      "∂/∂a of E log gamma = ψ′(a)",
    );
    near(
      slope((df) => chi2(df, options()), 4),
      1,
      "∂/∂df of E chi2 = df",
    );
    near(
      slope((a) => beta(a, 3, options()), 2),
      3 / 25,
      "∂/∂a of E beta = a / (a + b)",
    );
    near(
      slope((b) => beta(2, b, options()), 3),
      -2 / 25,
      "∂/∂b of E beta",
    );
    // log |t| = log |z| + ½ log df − ½ log χ², and E log χ² = ψ(df / 2) + log 2.
    const wanted = 0.5 / 6 - (Math.PI ** 2 / 6 - 1.25) / 4;
    near(
      slope((df) => studentT(df, 0, 1, options()).abs().log(), 6),
      wanted,
      "∂/∂df of E log |t|",
      0.1,
    );
    const share = grad((a: Tensor) => dirichlet(a, options()).at(null, 0).mean())(
      tensor([1, 2, 3], { dtype: "float64" }),
    );
    near(share.at(0).item(), 5 / 36, "∂/∂a₁ of E x₁");
    near(share.at(2).item(), -1 / 36, "∂/∂a₃ of E x₁");
  });

  testEach("forward mode agrees with reverse mode, and a second derivative is refused rather than wrong", () => {
    const a = tensor([0.7, 2.2], { dtype: "float64" });
    const f = fixed((o, a) => gamma(a, 1, o));
    const reverse = grad((a: Tensor) =>
      f(a)
        .mul(tensor([1, 3], { dtype: "float64" }))
        .sum(),
    )(a);
    const forward = [0, 1].map(
      (i) =>
        jvp(
          (a: Tensor) =>
            f(a)
              .mul(tensor([1, 3], { dtype: "float64" }))
              .sum(),
          [a],
          [tensor([1 - i, i], { dtype: "float64" })],
        )[1],
    );
    forward.forEach((each, i) => {
      assertNear(each, reverse.at(i));
    });
    assertThrows(() => hessian((a: Tensor) => f(a).sum())(a), ArgumentError, "gamma", "second");
  });

  test("discrete draws have the derivative 0", () => {
    const p = tensor([0.3, 0.6], { dtype: "float64" });
    assert.deepEqual(grad((p: Tensor) => bernoulli(p).mul(2).sum())(p).toArray(), [0, 0]);
    assert.deepEqual(grad((p: Tensor) => poisson(p).sum())(p).toArray(), [0, 0]);
    assert.deepEqual(grad((p: Tensor) => p.mul(categorical(p)).sum())(p).dtype, "float64");
  });
});

suite("draws inside transforms", () => {
  test("vmap: an error, the same numbers, or different ones, for parameters that are mapped too", () => {
    const a = data([4], { low: 0.5, high: 3 });
    const options = (): DistributionOptions => ({ shape: [3], generator: new Generator(6) });
    for (const family of [
      (a: Tensor, o: DistributionOptions) => gamma(a, 1, o),
      (a: Tensor, o: DistributionOptions) => normal(a, 1, o),
      (a: Tensor, o: DistributionOptions) => poisson(a.mul(5), o),
      (a: Tensor, o: DistributionOptions) => beta(a, 2, o),
      (a: Tensor, o: DistributionOptions) => bernoulli(a.div(3), o),
      (a: Tensor, o: DistributionOptions) => categorical(a.expandDims(0).mul(tensor([1, 2])), o),
    ]) {
      assertThrows(() => vmap((a: Tensor) => family(a, options()))(a), TraceError, "inside vmap", "randomness");
      const same = vmap((a: Tensor) => family(a, options()), { randomness: "same" })(a);
      assert.deepEqual(same.shape, [4, 3]);
      for (let i = 0; i < 4; i++) assertNear(same.at(i), family(a.at(i), options()), { rtol: 1e-12 });
      const constant = a.mul(0).add(1.5);
      const different = vmap((a: Tensor) => family(a, options()), { randomness: "different" })(constant);
      assert.deepEqual(different.shape, [4, 3]);
      const rows = new Set(Array.from({ length: 4 }, (_, i) => String(different.at(i).toArray())));
      assert.ok(rows.size > 1, "all examples drew the same");
    }
  });

  test("one gradient per example, by different numbers", () => {
    const a = tensor([0.5, 0.5, 2], { dtype: "float64" });
    const slopes = vmap((a: Tensor) => grad((a: Tensor) => gamma(a))(a), { randomness: "different" })(a).dataSync();
    assert.ok(slopes.every((slope) => slope > 0) && slopes[0] !== slopes[1]);
  });

  test("a printed graph shows what is drawn", () => {
    const text = String(makeGraph((a: Tensor) => gamma(a, 1, { generator: new Generator(1) }))(data([2]).abs()));
    assert.match(text, /logGammaDraw/);
  });
});

suite("keyed streams", () => {
  test("Philox gives the numbers of its published test vectors", () => {
    const words = (counter: readonly number[], key: readonly [number, number]): string[] => {
      const block = Uint32Array.from(counter);
      philox4x32(block, ...key);
      return Array.from(block, (word) => word.toString(16).padStart(8, "0"));
    };
    const ones = 0xffffffff;
    assert.deepEqual(words([0, 0, 0, 0], [0, 0]), ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]);
    assert.deepEqual(words([ones, ones, ones, ones], [ones, ones]), ["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"]);
    assert.deepEqual(words([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]), [
      "d16cfe09",
      "94fdcceb",
      "5001e420",
      "24126ea1",
    ]);
  });

  test("streams of neighbouring keys are uniform and normal taken together", () => {
    const stream = new PhiloxStream();
    const first = Array.from({ length: COUNT }, (_, i) => stream.start(i, 0).uniform());
    assert.ok(distance(first, (x) => x) * Math.sqrt(COUNT) < CRITICAL);
    const normals = Array.from({ length: COUNT }, (_, i) => stream.start(5, i).normal());
    assert.ok(distance(normals, normalCdf) * Math.sqrt(COUNT) < CRITICAL);
    stream.start(1, 2);
    const [a, b] = [stream.normal(), stream.normal()];
    assert.equal(stream.start(1, 2).normal(), a);
    assert.equal(stream.normal(), b);
  });
});

suite("what cannot be drawn", () => {
  test("is said by name", () => {
    const rejected: readonly [() => unknown, typeof ShapeError | typeof ArgumentError, ...string[]][] = [
      [() => normal(0, -1), ArgumentError, "normal", "std", "got -1"],
      [() => logNormal(0, Number.NaN), ArgumentError, "logNormal", "got NaN"],
      [() => uniform(2, 1), ArgumentError, "uniform", "low = 2, high = 1"],
      [() => exponential(0), ArgumentError, "exponential", "rate", "greater than 0"],
      [() => gamma(-1), ArgumentError, "gamma", "concentration"],
      [() => beta(1, 0), ArgumentError, "beta", "expected b"],
      [() => bernoulli(1.5), ArgumentError, "bernoulli", "got 1.5"],
      [() => poisson(-0.5), ArgumentError, "poisson", "at least 0"],
      [() => studentT(0), ArgumentError, "studentT", "df"],
      [() => normal(data([3]), 1, { shape: [2] }), ShapeError, "normal", "[3]", "[2]"],
      [() => normal(data([3]), data([2])), ShapeError, "normal", "[3]", "[2]"],
      [() => categorical(tensor(1)), ShapeError, "categorical", "[..., k]"],
      [() => categorical({} as Tensor), ArgumentError, "categorical", "{ probs }"],
      [() => dirichlet(tensor([])), ShapeError, "dirichlet"],
      [() => rand([-1]), ArgumentError, "rand", "[-1]"],
    ];
    for (const [act, type, ...parts] of rejected) assertThrows(act, type, ...parts);
    assertThrows(() => normal(0, 1, { dtype: "int32" }), DTypeError, "normal", "int32");
    assert.ok(Number.isNaN(gamma(tensor([-1])).dataSync()[0]), "an entry of a tensor that is no concentration");
  });
});
