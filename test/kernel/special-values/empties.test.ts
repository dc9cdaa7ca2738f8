/**
 * @file Extents of 0 and 1 in everything that has a shape, positions at the edges and beyond, and the messages there.
 */
import assert from "node:assert/strict";
import {
  ArgumentError,
  arange,
  attention,
  bincount,
  cholesky,
  concat,
  conditionNumber,
  conv1d,
  conv2d,
  convTranspose1d,
  cumprod,
  cumsum,
  det,
  diag,
  diagonal,
  einsum,
  expm,
  eye,
  fft,
  flip,
  forLoop,
  gather,
  grad,
  hessian,
  histogram,
  inv,
  irfft,
  jacfwd,
  jacrev,
  kron,
  layerNorm,
  linear,
  linspace,
  lu,
  map,
  matmul,
  matrixRank,
  maxPool1d,
  mseLoss,
  nonzero,
  ones,
  outer,
  pad,
  pinv,
  qr,
  rfft,
  roll,
  ShapeError,
  scan,
  scatter,
  scatterAdd,
  searchsorted,
  slogdet,
  solve,
  sort,
  split,
  stack,
  svdvals,
  type Tensor,
  take,
  tensor,
  tensordot,
  tile,
  topK,
  trace,
  triangularSolve,
  tril,
  unique,
  vmap,
  whileLoop,
  zeros,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertThrows } from "../support/near.ts";
import { type Case, testCases } from "./row.ts";

const int = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });
const nothing = (...shape: number[]): Pick<Case, "expected"> => ({ expected: { shape } });

const cases: readonly Case[] = [
  // Products
  {
    title: "matmul over nothing",
    run: (dtype) => matmul(zeros([2, 0], { dtype }), zeros([0, 3], { dtype })),
    expected: [
      [0, 0, 0],
      [0, 0, 0],
    ],
  },
  {
    title: "matmul of no rows",
    run: (dtype) => matmul(zeros([0, 2], { dtype }), ones([2, 3], { dtype })),
    ...nothing(0, 3),
  },
  {
    title: "matmul of vectors of nothing",
    run: (dtype) => matmul(zeros([0], { dtype }), zeros([0], { dtype })),
    expected: 0,
  },
  {
    title: "a stack of products of nothing",
    run: (dtype) => matmul(zeros([2, 1, 0], { dtype }), zeros([2, 0, 1], { dtype })),
    expected: [[[0]], [[0]]],
  },
  {
    title: "linear with nothing in leaves the bias",
    run: (dtype) => linear(zeros([2, 0], { dtype }), zeros([3, 0], { dtype }), tensor([1, 2, 3], { dtype })),
    expected: [
      [1, 2, 3],
      [1, 2, 3],
    ],
  },
  {
    title: "outer and kron of nothing",
    run: (dtype) => kron(outer(zeros([0], { dtype }), zeros([2], { dtype })), ones([3, 1], { dtype })),
    ...nothing(0, 2),
  },
  {
    title: "tensordot over nothing",
    run: (dtype) => tensordot(zeros([2, 0], { dtype }), zeros([0, 1], { dtype }), 1),
    expected: [[0], [0]],
  },
  {
    title: "einsum over nothing",
    run: (dtype) => einsum("ij,jk", zeros([1, 0], { dtype }), zeros([0, 2], { dtype })),
    expected: [[0, 0]],
  },
  {
    title: "einsum of a repeated letter",
    run: (dtype) => einsum("iij->j", ones([2, 2, 3], { dtype })),
    expected: [2, 2, 2],
  },
  {
    title: "einsum of a letter thrice",
    run: (dtype) => einsum("iii->i", arange(0, 8, 1, { dtype }).reshape([2, 2, 2])),
    expected: [0, 7],
  },
  {
    title: "einsum of repeated letters in both",
    run: (dtype) =>
      einsum(
        "ii,ii->",
        tensor(
          [
            [1, 2],
            [3, 4],
          ],
          { dtype },
        ),
        ones([2, 2], { dtype }),
      ),
    expected: 5,
  },
  {
    title: "einsum of scalars",
    run: (dtype) => einsum(",->", tensor(2, { dtype }), tensor(3, { dtype })),
    expected: 6,
  },
  // Layout
  {
    title: "concat of empties",
    run: (dtype) => concat([zeros([0, 2], { dtype }), zeros([0, 2], { dtype })]),
    ...nothing(0, 2),
  },
  {
    title: "concat of an empty and a full one",
    run: (dtype) => concat([zeros([0], { dtype }), ones([2], { dtype })]),
    expected: [1, 1],
  },
  {
    title: "stack of empties",
    run: (dtype) => stack([zeros([0], { dtype }), zeros([0], { dtype })], 1),
    ...nothing(0, 2),
  },
  { title: "split off nothing", run: (dtype) => split(tensor([1, 2], { dtype }), [0, 2])[0], ...nothing(0) },
  { title: "reshape of nothing", run: (dtype) => zeros([0, 3], { dtype }).reshape([3, -1]), ...nothing(3, 0) },
  {
    title: "transposed, flipped, rolled",
    run: (dtype) => roll(flip(zeros([0, 3], { dtype }).transpose()), 2, 0),
    ...nothing(3, 0),
  },
  { title: "padded from nothing", run: (dtype) => pad(zeros([0], { dtype }), [[1, 2]], 7), expected: [7, 7, 7] },
  { title: "tiled to nothing", run: (dtype) => tile(tensor([1, 2], { dtype }), [0]), ...nothing(0) },
  { title: "diagonals of nothing", run: (dtype) => diag(diagonal(zeros([0, 3], { dtype }))), ...nothing(0, 0) },
  { title: "a triangle of nothing", run: (dtype) => tril(zeros([0, 3], { dtype })), ...nothing(0, 3) },
  { title: "an empty slice", run: (dtype) => tensor([1, 2, 3], { dtype }).slice(0, 5, 9), ...nothing(0) },
  {
    title: "a slice from before the start",
    run: (dtype) => tensor([1, 2, 3], { dtype }).slice(0, -9, 2),
    expected: [1, 2],
  },
  { title: "arange that is over at once", run: (dtype) => arange(3, 1, 1, { dtype }), ...nothing(0) },
  { title: "linspace of one", run: (dtype) => linspace(2, 5, 1, { dtype }), expected: [2] },
  // Order and positions
  { title: "sorted nothing", run: (dtype) => sort(zeros([2, 0], { dtype })), ...nothing(2, 0) },
  {
    title: "NaN is the largest, whichever way",
    run: (dtype) => sort(tensor([1, Number.NaN, -1], { dtype }), 0, { descending: true }),
    expected: [Number.NaN, 1, -1],
  },
  { title: "the largest none", run: (dtype) => topK(tensor([1, 2], { dtype }), 0)[0], ...nothing(0) },
  {
    title: "the largest has a NaN first",
    run: (dtype) => topK(tensor([1, Number.NaN, 2], { dtype }), 2)[0],
    expected: [Number.NaN, 2],
  },
  {
    title: "cumsum and cumprod of nothing",
    run: (dtype) => cumprod(cumsum(zeros([2, 0], { dtype }), 1), 1),
    ...nothing(2, 0),
  },
  { title: "take of no positions", run: (dtype) => take(ones([2, 3], { dtype }), [], 1), ...nothing(2, 0) },
  { title: "take from the end", run: (dtype) => take(tensor([1, 2, 3], { dtype }), [-1, -3]), expected: [3, 1] },
  {
    title: "gather from the end",
    run: (dtype) =>
      gather(
        tensor(
          [
            [1, 2],
            [3, 4],
          ],
          { dtype },
        ),
        1,
        tensor([[-1], [-2]], { dtype: "int32" }),
      ),
    expected: [[2], [3]],
  },
  {
    title: "scatter of nothing",
    run: (dtype) => scatterAdd(tensor([1, 2], { dtype }), 0, int(), zeros([0], { dtype })),
    expected: [1, 2],
  },
  {
    title: "scatter twice to a place: the last counts",
    run: (dtype) => scatter(zeros([2], { dtype }), 0, int(-1, 1), tensor([5, 6], { dtype })),
    expected: [0, 6],
  },
  {
    title: "scatterAdd twice to a place: both count",
    run: (dtype) => scatterAdd(zeros([2], { dtype }), 0, int(-1, 1), tensor([5, 6], { dtype })),
    expected: [0, 11],
  },
  {
    title: "searched in nothing",
    run: (dtype) => searchsorted(zeros([0], { dtype }), tensor([1, 2], { dtype })),
    expected: [0, 0],
  },
  {
    title: "infinities and NaN among sorted ones",
    run: (dtype) => searchsorted(tensor([1, 2], { dtype }), tensor([-1 / 0, 1 / 0, Number.NaN], { dtype })),
    expected: [0, 2, 2],
  },
  { title: "counted nothing", run: () => bincount(int(), 2), expected: [0, 0] },
  {
    title: "a histogram with NaN and what is outside",
    run: (dtype) => histogram(tensor([0, 2, Number.NaN, 5, -1], { dtype }), [0, 1, 2]),
    expected: [1, 1],
  },
  {
    title: "nonzero counts NaN, not −0",
    run: (dtype) => nonzero(tensor([0, Number.NaN, -0, 1], { dtype })),
    expected: [[1], [3]],
  },
  { title: "unique of nothing", run: (dtype) => unique(zeros([0], { dtype })).values, ...nothing(0) },
  // Linear algebra of order 0 and 1
  { title: "determinant of order 0", run: (dtype) => det(zeros([0, 0], { dtype })), expected: 1 },
  { title: "its logarithm", run: (dtype) => slogdet(zeros([0, 0], { dtype }))[1], expected: 0 },
  { title: "singular: the logarithm is −∞", run: (dtype) => slogdet(zeros([2, 2], { dtype }))[1], expected: -1 / 0 },
  { title: "trace of order 0", run: (dtype) => trace(zeros([0, 0], { dtype })), expected: 0 },
  { title: "rank of order 0", run: (dtype) => matrixRank(zeros([0, 0], { dtype })), expected: 0 },
  { title: "inverse of order 0", run: (dtype) => inv(zeros([0, 0], { dtype })), ...nothing(0, 0) },
  { title: "inverse of order 1", run: (dtype) => inv(tensor([[4]], { dtype })), expected: [[0.25]] },
  { title: "no matrices at all", run: (dtype) => cholesky(zeros([0, 2, 2], { dtype })), ...nothing(0, 2, 2) },
  {
    title: "solve for no right sides",
    run: (dtype) => solve(eye(2, { dtype }), zeros([2, 0], { dtype })),
    ...nothing(2, 0),
  },
  {
    title: "solve of order 0",
    run: (dtype) =>
      triangularSolve(zeros([0, 0], { dtype }), solve(zeros([0, 0], { dtype }), zeros([0, 3], { dtype }))),
    ...nothing(0, 3),
  },
  {
    title: "factors of order 1",
    run: (dtype) => lu(tensor([[3]], { dtype }))[2].matmul(qr(tensor([[2]], { dtype }))[0].abs()),
    expected: [[3]],
  },
  { title: "exponential of order 1", run: (dtype) => expm(tensor([[1]], { dtype })), expected: [[Math.E]] },
  { title: "pseudoinverse of zeros", run: (dtype) => pinv(zeros([2, 1], { dtype })), expected: [[0, 0]] },
  { title: "singular values of zeros", run: (dtype) => svdvals(zeros([2, 2], { dtype })), expected: [0, 0] },
  // Fourier, windows, networks
  {
    title: "Fourier transform of one",
    run: (dtype) => stack([fft(tensor([3], { dtype })).real, rfft(tensor([4], { dtype })).real]),
    expected: [[3], [4]],
  },
  { title: "no signals", run: (dtype) => rfft(zeros([0, 4], { dtype })).imag, ...nothing(0, 3) },
  {
    title: "a kernel as large as the input",
    run: (dtype) => conv1d(tensor([[[1, 2, 3]]], { dtype }), tensor([[[4, 5, 6]]], { dtype })),
    expected: [[[32]]],
  },
  {
    title: "one pixel",
    run: (dtype) => conv2d(tensor([[[[3]]]], { dtype }), tensor([[[[2]]]], { dtype })),
    expected: [[[[6]]]],
  },
  {
    title: "no examples",
    run: (dtype) => conv1d(zeros([0, 1, 3], { dtype }), ones([2, 1, 2], { dtype })),
    ...nothing(0, 2, 2),
  },
  {
    title: "no channels",
    run: (dtype) => conv1d(zeros([1, 0, 3], { dtype }), zeros([2, 0, 2], { dtype })),
    expected: [
      [
        [0, 0],
        [0, 0],
      ],
    ],
  },
  {
    title: "one entry transposed",
    run: (dtype) => convTranspose1d(tensor([[[2]]], { dtype }), tensor([[[1, 2, 3]]], { dtype })),
    expected: [[[2, 4, 6]]],
  },
  {
    title: "pooling of infinities",
    run: (dtype) => maxPool1d(tensor([[[-1 / 0, -1 / 0, Number.NaN, 1]]], { dtype }), 2),
    expected: [[[-1 / 0, Number.NaN]]],
  },
  {
    title: "padding does not win",
    run: (dtype) => maxPool1d(tensor([[[-5, -6]]], { dtype }), 2, { padding: 1 }),
    expected: [[[-5, -6]]],
  },
  {
    title: "attention to nothing",
    run: (dtype) => attention(ones([1, 2], { dtype }), zeros([0, 2], { dtype }), zeros([0, 3], { dtype })),
    expected: [[0, 0, 0]],
  },
  { title: "a norm of one feature", run: (dtype) => layerNorm(tensor([[3], [4]], { dtype }), 1), expected: [[0], [0]] },
  {
    title: "the mean of no losses",
    run: (dtype) => mseLoss(zeros([0], { dtype }), zeros([0], { dtype })),
    expected: Number.NaN,
  },
  // Loops
  {
    title: "scan of nothing",
    run: (dtype) =>
      scan((c: Tensor, x: Tensor) => [c.mul(x), c], tensor([1, 2], { dtype }), zeros([0, 2], { dtype }))[0],
    expected: [1, 2],
  },
  {
    title: "outputs of nothing",
    run: (dtype) => scan((c: Tensor) => [c, c], tensor([1, 2], { dtype }), null, { length: 0 })[1],
    ...nothing(0, 2),
  },
  { title: "map of nothing", run: (dtype) => map((x: Tensor) => x.sin(), zeros([0, 3], { dtype })), ...nothing(0, 3) },
  {
    title: "a loop that ends before it starts",
    run: (dtype) => forLoop(5, 1, (_, x: Tensor) => x.mul(2), tensor(3, { dtype })),
    expected: 3,
  },
  {
    title: "while it is false",
    run: (dtype) =>
      whileLoop(
        (x: Tensor) => x.lt(0),
        (x: Tensor) => x.mul(2),
        tensor(3, { dtype }),
      ),
    expected: 3,
  },
  {
    title: "while, mapped over nothing",
    run: (dtype) =>
      vmap((x: Tensor) =>
        whileLoop(
          (y: Tensor) => y.lt(3),
          (y: Tensor) => y.add(1),
          x,
        ),
      )(zeros([0], { dtype })),
    ...nothing(0),
  },
  // Derivatives
  {
    title: "slopes through a product over nothing",
    run: (dtype) => grad((x: Tensor) => matmul(x, zeros([0, 3], { dtype })).sum())(zeros([2, 0], { dtype })),
    ...nothing(2, 0),
  },
  {
    title: "jacrev of nothing",
    run: (dtype) => jacrev((x: Tensor) => x.sin())(zeros([0], { dtype })),
    ...nothing(0, 0),
  },
  {
    title: "jacfwd of sums of nothing",
    run: (dtype) => jacfwd((x: Tensor) => x.sum(1))(zeros([2, 0], { dtype })),
    ...nothing(2, 2, 0),
  },
  {
    title: "hessian of nothing",
    run: (dtype) => hessian((x: Tensor) => x.sin().sum())(zeros([0], { dtype })),
    ...nothing(0, 0),
  },
  {
    title: "slopes of a determinant at rank 2 of 3",
    run: (dtype) => grad((x: Tensor) => det(x))(diag(tensor([0, 1, 2], { dtype }))),
    expected: [
      [2, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ],
  },
  {
    title: "slopes of a scan of nothing",
    run: (dtype) =>
      grad((x: Tensor) => scan((c: Tensor, y: Tensor) => [c.mul(y), c], x, zeros([0], { dtype }))[0])(
        tensor(3, { dtype }),
      ),
    expected: 1,
  },
];

suite("extents of 0 and 1, positions at the edges", () => {
  testCases(cases);

  testEach("what is out of range says where, and what would be in range", () => {
    const x = tensor([1, 2, 3]);
    for (const [run, name] of [
      [() => x.at(3), "at"],
      [() => x.at(-4), "at"],
      [() => take(x, [3]), "take"],
      [() => gather(x, 0, int(3)), "gather"],
      [() => scatter(x, 0, int(-4), tensor([1])), "scatter"],
    ] as const) {
      assertThrows(run, ShapeError, name, "[3]", "-3 to 2");
    }
    assertThrows(() => zeros([0]).at(0), ShapeError, "at", "[0]", "no entries");
    assertThrows(() => bincount(int(3), 3), ShapeError, "bincount", "0 to 2");
    assertThrows(() => conditionNumber(zeros([0, 0])), ShapeError, "conditionNumber", "[0, 0]");
    assertThrows(() => irfft(zeros([1])), ArgumentError, "irfft", "at least 2 frequencies", "[1]");
  });

  test("einsum says what it does not know, instead of taking it for a letter", () => {
    const x = zeros([2, 3]);
    for (const formula of ["..ij->ij", "...i...->i", "i1->i", "ij->ji->ij"]) {
      assertThrows(() => einsum(formula, x), ArgumentError, "einsum", formula);
    }
    assert.deepEqual([...einsum(" i j -> j i ", x).shape], [3, 2]);
  });
});
