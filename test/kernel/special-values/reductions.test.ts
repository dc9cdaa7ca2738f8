/** @file Reductions of nothing, of one entry, of ties, zeros, infinities and NaN: values, slopes and curvature in both modes. */
import {
  all,
  any,
  argmax,
  argmin,
  type DType,
  hessian,
  jacfwd,
  jacrev,
  logSoftmax,
  logsumexp,
  matrixNorm,
  max,
  mean,
  median,
  min,
  norm,
  prod,
  quantile,
  ShapeError,
  softmax,
  std,
  sum,
  type Tensor,
  tensor,
  variance,
  vectorNorm,
  zeros,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertNear, assertThrows } from "../support/near.ts";
import { FLOATS, INF, NAN, type Nested, testCases } from "./row.ts";

type Reduce = (x: Tensor) => Tensor;

/** Of each function: its name, inputs and what comes of them. */
const values: readonly (readonly [string, Reduce, readonly (readonly [readonly number[], number])[]])[] = [
  [
    "sum",
    (x) => sum(x),
    [
      [[], 0],
      [[3], 3],
      [[1, NAN], NAN],
      [[1, INF], INF],
      [[INF, -INF], NAN],
    ],
  ],
  [
    "prod",
    (x) => prod(x),
    [
      [[], 1],
      [[3], 3],
      [[0, NAN], NAN],
      [[0, INF], NAN],
      [[-INF, 2], -INF],
    ],
  ],
  [
    "max",
    (x) => max(x),
    [
      [[3], 3],
      [[1, NAN, 2], NAN],
      [[1, INF], INF],
      [[-INF, -INF], -INF],
      [[-0, 0], 0],
    ],
  ],
  [
    "min",
    (x) => min(x),
    [
      [[3], 3],
      [[1, NAN, 2], NAN],
      [[1, -INF], -INF],
      [[INF, INF], INF],
    ],
  ],
  [
    "mean",
    (x) => mean(x),
    [
      [[], NAN],
      [[3], 3],
      [[1, NAN], NAN],
      [[INF, 1], INF],
      [[INF, -INF], NAN],
    ],
  ],
  [
    "variance",
    (x) => variance(x),
    [
      [[], NAN],
      [[3], NAN],
      [[2, 2], 0],
      [[1, INF], NAN],
      [[1, NAN], NAN],
    ],
  ],
  [
    "variance of a population",
    (x) => variance(x, undefined, { correction: 0 }),
    [
      [[], NAN],
      [[3], 0],
      [[1, 3], 1],
    ],
  ],
  // More is subtracted than there is: NumPy and PyTorch divide by 0, never by a negative count.
  [
    "variance, corrected by 3",
    (x) => variance(x, undefined, { correction: 3 }),
    [
      [[3], NAN],
      [[1, 3], INF],
    ],
  ],
  [
    "std",
    (x) => std(x),
    [
      [[], NAN],
      [[3], NAN],
      [[2, 2, 2], 0],
      [[1, 3], Math.SQRT2],
    ],
  ],
  [
    "norm",
    (x) => norm(x),
    [
      [[], 0],
      [[-3], 3],
      [[0, 0], 0],
      [[INF, 1], INF],
      [[NAN, 1], NAN],
    ],
  ],
  [
    "vectorNorm 3",
    (x) => vectorNorm(x, 3),
    [
      [[], 0],
      [[-3], 3],
      [[0, 0], 0],
      [[-INF, 1], INF],
    ],
  ],
  [
    "vectorNorm ∞",
    (x) => vectorNorm(x, INF),
    [
      [[-3, 2], 3],
      [[NAN, 1], NAN],
    ],
  ],
  [
    "vectorNorm 0",
    (x) => vectorNorm(x, 0),
    [
      [[], 0],
      [[0, -0, 5, NAN], 2],
    ],
  ],
  [
    "logsumexp",
    (x) => logsumexp(x),
    [
      [[], -INF],
      [[3], 3],
      [[-INF, -INF], -INF],
      [[INF, -INF], INF],
      [[INF, INF], INF],
      [[-INF, 2], 2],
      [[1, NAN], NAN],
    ],
  ],
  [
    "any",
    (x) => any(x),
    [
      [[], 0],
      [[0, -0], 0],
      [[0, NAN], 1],
      [[2], 1],
    ],
  ],
  [
    "all",
    (x) => all(x),
    [
      [[], 1],
      [[1, 0], 0],
      [[NAN, 5], 1],
      [[0], 0],
    ],
  ],
  [
    "argmax",
    (x) => argmax(x),
    [
      [[4], 0],
      [[1, 7, 7], 1],
      [[1, NAN, 9, NAN], 1],
      [[-INF, -INF], 0],
    ],
  ],
  [
    "argmin",
    (x) => argmin(x),
    [
      [[4], 0],
      [[7, 1, 1], 1],
      [[1, NAN, -9], 1],
      [[INF, INF], 0],
    ],
  ],
  [
    "median",
    (x) => median(x),
    [
      [[4], 4],
      [[4, 1], 1],
      [[1, NAN, 2], NAN],
      [[INF, -INF, INF], INF],
    ],
  ],
  [
    "quantile 1/2",
    (x) => quantile(x, 0.5),
    [
      [[4], 4],
      [[1, NAN, 2], NAN],
      [[1, INF], INF],
      [[-INF, INF], NAN],
    ],
  ],
];

/** Of a function, at a point: slope, and the Hessian where it is worth a look. */
const slopes: readonly (readonly [string, Reduce, readonly number[], readonly number[], Nested?])[] = [
  ["max shares a tie", (x) => max(x), [2, 5, 5, 1], [0, 0.5, 0.5, 0], zerosOf(4)],
  ["min shares a tie", (x) => min(x), [1, 5, 1, 1], [1 / 3, 0, 1 / 3, 1 / 3], zerosOf(4)],
  ["max of infinities", (x) => max(x), [INF, 1, -INF], [1, 0, 0]],
  [
    "prod with one zero",
    (x) => prod(x),
    [2, 0, 3],
    [0, 6, 0],
    [
      [0, 3, 0],
      [3, 0, 2],
      [0, 2, 0],
    ],
  ],
  [
    "prod with two zeros",
    (x) => prod(x),
    [0, 4, 0],
    [0, 0, 0],
    [
      [0, 0, 4],
      [0, 0, 0],
      [4, 0, 0],
    ],
  ],
  ["prod of one entry", (x) => prod(x), [7], [1], [[0]]],
  ["norm at 0", (x) => norm(x), [0, 0], [0, 0], zerosOf(2)],
  [
    "norm beside 0",
    (x) => norm(x),
    [0, -2],
    [0, -1],
    [
      [0.5, 0],
      [0, 0],
    ],
  ],
  ["norm of one entry", (x) => norm(x), [-2], [-1], [[0]]],
  ["vectorNorm 3 at 0", (x) => vectorNorm(x, 3), [0, 0], [0, 0], zerosOf(2)],
  ["vectorNorm 1 at 0", (x) => vectorNorm(x, 1), [0, -2], [0, -1], zerosOf(2)],
  ["vectorNorm ∞ at a tie", (x) => vectorNorm(x, INF), [2, -2], [0.5, -0.5], zerosOf(2)],
  ["matrixNorm at 0", (x) => matrixNorm(x.reshape([2, 1])), [0, 0], [0, 0], zerosOf(2)],
  ["std of equal entries", (x) => std(x), [4, 4, 4], [0, 0, 0], zerosOf(3)],
  ["logsumexp with −∞", (x) => logsumexp(x), [-INF, 1, 1], [0, 0.5, 0.5]],
  ["logsumexp of large entries", (x) => logsumexp(x), [1e4, 1e4 - 800], [1, 0], zerosOf(2)],
  ["median of a tie", (x) => median(x), [3, 3, 3], [0, 1, 0], zerosOf(3)],
  ["quantile of a tie", (x) => quantile(x, 0.25), [1, 1, 1], [0.5, 0.5, 0], zerosOf(3)],
  ["mean of one entry", (x) => mean(x), [5], [1], [[0]]],
];

function zerosOf(n: number): Nested {
  return Array.from({ length: n }, () => new Array<number>(n).fill(0));
}

suite("special values of reductions", () => {
  testCases(
    values.flatMap(([name, f, list]) =>
      list.map(([x, expected]) => ({
        title: `${name} of [${x}]`,
        run: (dtype: DType) => f(tensor(Float64Array.from(x), { dtype })),
        expected,
      })),
    ),
  );

  for (const [title, f, x, slope, curvature] of slopes) {
    testEach(title, () => {
      for (const dtype of FLOATS) {
        const point = tensor(Float64Array.from(x), { dtype });
        for (const jacobian of [jacfwd, jacrev]) {
          assertNear(jacobian(f)(point), tensor([...slope], { dtype }), { what: `${jacobian.name}, ${title}` });
          if (curvature === undefined) continue;
          for (const inner of [jacfwd, jacrev]) {
            const got = jacobian(inner(f) as Reduce)(point) as Tensor;
            const wanted = tensor(curvature as Parameters<typeof tensor>[0], { dtype });
            assertNear(got, wanted, { what: `${jacobian.name} of ${inner.name}, ${title}` });
          }
        }
        if (curvature !== undefined) assertNear(hessian(f)(point), jacrev(jacrev(f) as Reduce)(point) as Tensor);
      }
    });
  }

  testEach("an axis without entries has a neutral value, along with the axes that have some", () => {
    for (const [f, neutral] of [
      [sum, 0],
      [prod, 1],
      [mean, NAN],
      [variance, NAN],
      [std, NAN],
      [norm, 0],
      [logsumexp, -INF],
      [any, 0],
      [all, 1],
    ] as const) {
      assertNear(f(zeros([2, 0, 3]), 1), { shape: [2, 3], data: new Array<number>(6).fill(neutral) }, { what: f.name });
      assertNear(f(zeros([2, 0, 3]), 2), { shape: [2, 0], data: [] }, { what: f.name });
      assertNear(f(zeros([2, 0]), [0, 1], { keepDims: true }), { shape: [1, 1], data: [neutral] }, { what: f.name });
    }
  });

  testEach("where there is no neutral value, another axis can still be reduced", () => {
    for (const f of [max, min, argmax, argmin, median]) {
      assertNear(f(zeros([0, 2]), 1), { shape: [0], data: [] }, { what: f.name });
      assertThrows(() => f(zeros([0, 2]), 0), ShapeError, f.name, "[0, 2]", "no entries", "another axis");
    }
  });

  testEach("softmax and logSoftmax of nothing, of one, and of rows with infinities", () => {
    const x = tensor([-INF, 1, 1]);
    assertNear(softmax(x), tensor([0, 0.5, 0.5]));
    assertNear(logSoftmax(x), tensor([-INF, -Math.LN2, -Math.LN2]));
    assertNear(jacrev((y: Tensor) => softmax(y).at(1))(x), tensor([0, 0.25, -0.25]));
    for (const f of [softmax, logSoftmax]) {
      for (const shape of [[0], [2, 0], [0, 2]]) assertNear(f(zeros(shape)), { shape, data: [] });
      assertNear(f(tensor([INF, 1])), tensor(f === softmax ? [NAN, NAN] : [NAN, -INF]));
      assertNear(f(tensor([-INF, -INF])), tensor([NAN, NAN]));
      assertNear(f(tensor([5])), tensor([f === softmax ? 1 : 0]));
      assertThrows(() => f(tensor(3)), ShapeError, f.name, "-1", "scalar");
    }
  });
});
