/** @file Making tensors, reading them back, and printing them. */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as choice from "../../../kernel/functions/choice.ts";
import * as diagonals from "../../../kernel/functions/diagonals.ts";
import * as elementwise from "../../../kernel/functions/elementwise.ts";
import * as indexing from "../../../kernel/functions/indexing/indexing.ts";
import * as sorting from "../../../kernel/functions/indexing/sorting.ts";
import * as joining from "../../../kernel/functions/joining.ts";
import * as factorizations from "../../../kernel/functions/linalg/factorizations.ts";
import * as matrixFunctions from "../../../kernel/functions/linalg/matrix-functions.ts";
import * as solvers from "../../../kernel/functions/linalg/solvers.ts";
import * as activation from "../../../kernel/functions/nn/activation.ts";
import * as attention from "../../../kernel/functions/nn/attention.ts";
import * as losses from "../../../kernel/functions/nn/losses.ts";
import { cosineSimilarity, layerNorm, normalize, rmsNorm } from "../../../kernel/functions/nn/normalization.ts";
import * as product from "../../../kernel/functions/product.ts";
import * as reduction from "../../../kernel/functions/reduction.ts";
import * as shape from "../../../kernel/functions/shape.ts";
import * as special from "../../../kernel/functions/special.ts";
import * as kernel from "../../../kernel/index.ts";
import {
  arange,
  eye,
  full,
  Generator,
  grad,
  jacfwd,
  jacrev,
  jvp,
  linspace,
  manualSeed,
  ones,
  onesLike,
  rand,
  randint,
  randn,
  randperm,
  ShapeError,
  Tensor,
  TraceError,
  tensor,
  vjp,
  vmap,
  zeros,
  zerosLike,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear, assertThrows } from "../support/near.ts";

suite("creation", () => {
  test("tensor: nested arrays, numbers, booleans, typed arrays", () => {
    const m = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    assert.deepEqual([m.shape, m.dtype, m.ndim, m.size], [[2, 3], "float32", 2, 6]);
    assert.deepEqual(m.toArray(), [
      [1, 2, 3],
      [4, 5, 6],
    ]);
    assert.deepEqual([tensor(3).shape, tensor(3).item()], [[], 3]);
    assert.equal(tensor([true, false]).dtype, "bool");
    assert.equal(tensor([true, 2]).dtype, "float32");
    assert.equal(tensor([1.7, -3e10], { dtype: "int32" }).toArray()[1 as never], -2147483648);
    assert.deepEqual(tensor([0, 2, Number.NaN], { dtype: "bool" }).toArray(), [0, 1, 1]);
    assert.equal(tensor(new Float64Array(2)).dtype, "float64");
    assert.equal(tensor(new Int32Array(2)).dtype, "int32");
    assert.equal(tensor(new Float32Array(2)).dtype, "float32");
    // Bytes are truth values; there are no others.
    assert.deepEqual(tensor(Uint8Array.of(0, 1, 5)).toArray(), [0, 1, 1]);
    assert.deepEqual(tensor(new Float64Array([1, 2, 3, 4]), { shape: [2, 2] }).toArray(), [
      [1, 2],
      [3, 4],
    ]);
    assert.deepEqual(tensor([[], []]).shape, [2, 0]);
    assert.deepEqual(tensor([]).shape, [0]);
    assert.equal(tensor(tensor([1]), { dtype: "int32" }).dtype, "int32");
    assert.deepEqual(tensor(tensor([1, 2]), { shape: [2, 1] }).shape, [2, 1]);
  });

  test("tensor copies its data", () => {
    const source = Float32Array.of(1, 2);
    const x = tensor(source);
    source[0] = 9;
    assert.deepEqual(x.toArray(), [1, 2]);
  });

  testEach("zeros, ones, full, eye and their likes, of every type", () => {
    for (const dtype of ["float32", "float64", "int32", "bool"] as const) {
      assert.deepEqual(zeros([2], { dtype }).toArray(), [0, 0]);
      assert.deepEqual(ones([1, 2], { dtype }).toArray(), [[1, 1]]);
      assert.deepEqual(eye(2, { dtype }).toArray(), [
        [1, 0],
        [0, 1],
      ]);
      assert.deepEqual(full([2], 1, { dtype }).toArray(), [1, 1]);
      assert.equal(zerosLike(ones([2, 3], { dtype })).dtype, dtype);
      assert.deepEqual(onesLike(zeros([2], { dtype })).toArray(), [1, 1]);
      assert.equal(full([], 1, { dtype }).dtype, dtype);
    }
    assert.deepEqual(full([2], 2, { dtype: "bool" }).toArray(), [1, 1]);
    assert.deepEqual(full([1], 2.7, { dtype: "int32" }).toArray(), [2]);
    assert.deepEqual(full([1], -0.5, { dtype: "int32" }).toArray(), [0]);
    assert.deepEqual(full([1], 1e12, { dtype: "int32" }).toArray(), [2147483647]);
    assert.deepEqual(full([1], Number.POSITIVE_INFINITY, { dtype: "int32" }).toArray(), [2147483647]);
    assert.deepEqual(full([1], 0.1).toArray(), [Math.fround(0.1)]);
    assert.deepEqual(zeros([0, 2]).toArray(), []);
    assert.deepEqual(eye(0).shape, [0, 0]);
  });

  testEach("arange and linspace", () => {
    assert.deepEqual(arange(4).toArray(), [0, 1, 2, 3]);
    assert.equal(arange(4).dtype, "int32");
    assert.deepEqual(arange(2, 5).toArray(), [2, 3, 4]);
    assert.deepEqual(arange(5, 0, -2).toArray(), [5, 3, 1]);
    assert.deepEqual(arange(0, 1, 0.25).toArray(), [0, 0.25, 0.5, 0.75]);
    assert.equal(arange(0, 1, 0.25).dtype, "float32");
    assert.equal(arange(3, undefined, 1, { dtype: "float64" }).dtype, "float64");
    assert.deepEqual(arange(3, 1).shape, [0]);
    assert.equal(arange(100, 1000, 37).size, 25);
    assert.deepEqual(linspace(0, 1, 5).toArray(), [0, 0.25, 0.5, 0.75, 1]);
    assert.deepEqual(linspace(1, 0, 2, { dtype: "float64" }).toArray(), [1, 0]);
    assert.deepEqual(linspace(3, 9, 1).toArray(), [3]);
    assert.deepEqual(linspace(3, 9, 0).shape, [0]);
    const steps = linspace(-1, 1, 1001, { dtype: "float64" }).dataSync();
    assert.equal(steps[500], 0);
    assert.deepEqual([steps[0], steps[1000]], [-1, 1]);
  });

  test("random tensors: seeds, generators, types, ranges", () => {
    manualSeed(5);
    const first = randn([2, 3]);
    manualSeed(5);
    assert.deepEqual(randn([2, 3]).toArray(), first.toArray());
    const generator = new Generator(5);
    assert.deepEqual(randn([2, 3], { generator }).toArray(), first.toArray());
    assert.equal(randn([2], { dtype: "float64" }).dtype, "float64");
    assert.ok(
      rand([100])
        .dataSync()
        .every((v: number) => v >= 0 && v < 1),
    );
    const dice = randint(1, 7, [200]);
    assert.equal(dice.dtype, "int32");
    assert.deepEqual([...new Set(dice.dataSync())].sort(), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(Array.from(randperm(5).dataSync()).sort(), [0, 1, 2, 3, 4]);
    assert.deepEqual(randn([0, 3]).shape, [0, 3]);
    assert.deepEqual(randperm(0).shape, [0]);
  });
});

suite("reading and printing", () => {
  test("tensors can be taken apart along axis 0, also where they have no values", () => {
    const [a, b, c] = tensor([
      [1, 2],
      [3, 4],
    ]);
    assert.deepEqual([a.toArray(), b.toArray(), c], [[1, 2], [3, 4], undefined]);
    assert.deepEqual(
      Array.from(tensor([5, 6]), (each) => each.item()),
      [5, 6],
    );
    const product = (x: Tensor): Tensor => {
      const [p, q] = x;
      return p.mul(q);
    };
    assert.deepEqual(grad(product)(tensor([3, 4])).toArray(), [4, 3]);
    assert.deepEqual(
      vmap(grad(product))(
        tensor([
          [3, 4],
          [5, 6],
        ]),
      ).toArray(),
      [
        [4, 3],
        [6, 5],
      ],
    );
    assertThrows(() => [...tensor(1)], ShapeError, "scalar", "item()");
  });

  test("an operator never loses a derivative in silence", () => {
    const double = (x: Tensor): Tensor => ((x as unknown as number) * 2) as unknown as Tensor;
    assert.equal(double(tensor(3)), 6);
    for (const derive of [grad, jacrev, jacfwd] as const) {
      assertThrows(() => derive(double)(tensor(3)), TraceError, derive.name, "x.mul(2)", "x.item()");
      assertThrows(() => derive((x: Tensor) => x.mul(double(x.sin())))(tensor(3)), TraceError, derive.name);
    }
    assertThrows(() => jvp((x: Tensor) => x.mul(double(x)), [tensor(3)], [tensor(1)]), TraceError, "jvp");
    // What has no derivative to lose is a number as ever.
    const scaled = (x: Tensor): Tensor => x.mul(double(tensor(4))).mul(double(x.stopGradient()));
    assert.equal(grad(scaled)(tensor(3)).item(), 48);
    assert.equal(grad((x: Tensor) => (x.item() > 0 ? x.square() : x))(tensor(3)).item(), 6);
    const [, pullback] = vjp((x: Tensor) => x.square(), tensor(3));
    assert.equal(double(pullback(tensor(1)) as Tensor), 12);
    assertThrows(() => double(tensor([1, 2])), ShapeError, "operator", "[2]", "x.mul(2)");
    assertThrows(() => vmap(double)(tensor([1, 2])), TraceError, "vmap", "operator");
  });

  test("toArray, dataSync, data, item, valueOf", async () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]).mul(2);
    assert.deepEqual(x.toArray(), [
      [2, 4],
      [6, 8],
    ]);
    assert.ok(x.dataSync() instanceof Float32Array);
    assert.deepEqual(Array.from(await x.data()), [2, 4, 6, 8]);
    assert.equal(x.sum().item(), 20);
    assert.equal(tensor([[7]]).item(), 7);
    assert.ok(Number(tensor(3)) === 3 && tensor(2).valueOf() < 3);
    assert.equal(JSON.stringify({ x: tensor([[1, 2]]), y: tensor(3) }), '{"x":[[1,2]],"y":3}');
    assert.deepEqual(zeros([2, 0]).toArray(), [[], []]);
    assert.equal(x.dataSync(), x.dataSync(), "read twice, computed once");
  });

  test("prints as PyTorch does, with shape and type", () => {
    const lines = (...text: string[]): string => text.join("\n");
    const cases: [Tensor, string][] = [
      [tensor(1.5), "tensor(1.5000, shape=[], float32)"],
      [tensor(3), "tensor(3., shape=[], float32)"],
      [tensor([1, 2, -3]), "tensor([ 1.,  2., -3.], shape=[3], float32)"],
      [tensor([0.5, 10.25]), "tensor([ 0.5000, 10.2500], shape=[2], float32)"],
      [tensor([1, 20], { dtype: "int32" }), "tensor([ 1, 20], shape=[2], int32)"],
      [tensor([true, false]), "tensor([ true, false], shape=[2], bool)"],
      [tensor([]), "tensor([], shape=[0], float32)"],
      [tensor([1, Number.NaN, Number.NEGATIVE_INFINITY]), "tensor([  1.,  nan, -inf], shape=[3], float32)"],
      [tensor([1e-6, 2]), "tensor([1.0000e-06, 2.0000e+00], shape=[2], float32)"],
      [tensor([1e9, 2], { dtype: "float64" }), "tensor([1.0000e+09, 2.0000e+00], shape=[2], float64)"],
      [
        tensor([
          [1, 2],
          [3, 4],
        ]),
        lines("tensor([[1., 2.],", "        [3., 4.]], shape=[2, 2], float32)"),
      ],
      [
        tensor([
          [[1], [2]],
          [[3], [4]],
        ]),
        lines("tensor([[[1.],", "         [2.]],", "", "        [[3.],", "         [4.]]], shape=[2, 2, 1], float32)"),
      ],
      [zeros([2, 0]), lines("tensor([[],", "        []], shape=[2, 0], float32)")],
      [arange(1001), "tensor([   0,    1,    2, ...,  998,  999, 1000], shape=[1001], int32)"],
    ];
    for (const [x, text] of cases) {
      assert.equal(String(x), text);
      assert.equal(inspect(x), text);
    }
    const wide = String(ones([40, 40]));
    assert.equal(wide.split("\n").length, 7);
    assert.match(wide, /\.\.\./);
    assert.ok(
      String(linspace(0, 1, 30))
        .split("\n")
        .every((line) => line.length < 100),
    );
  });
});

suite("methods", () => {
  /** A call of each function whose first argument is a tensor, beside the method of the same name. */
  const rest: Record<string, readonly unknown[]> = {
    add: [2],
    sub: [2],
    mul: [2],
    div: [2],
    pow: [3],
    remainder: [0.7],
    maximum: [0.2],
    minimum: [0.2],
    atan2: [0.5],
    fmod: [0.7],
    lerp: [2, 0.3],
    heaviside: [0.5],
    xlogy: [0.5],
    eq: [1],
    ne: [1],
    lt: [0],
    le: [0],
    gt: [0],
    ge: [0],
    logicalAnd: [1],
    logicalOr: [0],
    clip: [-0.5, 0.5],
    to: ["float32"],
    reshape: [[9]],
    permute: [[1, 0]],
    moveAxis: [0, 1],
    expandDims: [0],
    broadcastTo: [[2, 3, 3]],
    split: [3],
    slice: [0, 1],
    roll: [1, 0],
    tile: [[2, 1]],
    pad: [
      [
        [1, 0],
        [0, 1],
      ],
    ],
    matmul: [data([3, 3])],
    linear: [data([2, 3])],
    outer: [data([2])],
    tensordot: [data([3, 3])],
    cumsum: [1],
    at: [1],
    take: [[0, 2]],
    oneHot: [4],
    softmax: [0],
    variance: [0],
    layerNorm: [3],
    rmsNorm: [3],
    mseLoss: [0.5],
    l1Loss: [0.5],
    klDiv: [data([3, 3], { low: 0.1, high: 0.9 })],
    huberLoss: [0.5],
    binaryCrossEntropyWithLogits: [1],
    nllLoss: [tensor([0, 2, 1], { dtype: "int32" })],
    crossEntropy: [tensor([0, 2, 1], { dtype: "int32" })],
    embedding: [[2, 0]],
    takeAlongAxis: [tensor([[0, 2, 1]], { dtype: "int32" }), 0],
    attention: [data([3, 3]), data([3, 2])],
    cholesky: [{ check: false }],
    luSolve: [tensor([2, 0, 1], { dtype: "int32" }), data([3])],
  };
  const notMethods = new Set(["where", "concat", "stack", "einsum", "multiDot", "blockDiag", "polygamma"]);
  // Random, and in want of an even extent.
  const { dropout, glu, ...activations } = activation;
  const functions = {
    ...activations,
    ...choice,
    ...diagonals,
    ...elementwise,
    ...indexing,
    ...attention,
    ...losses,
    ...{ cosineSimilarity, layerNorm, normalize, rmsNorm },
    ...product,
    ...reduction,
    ...joining,
    ...shape,
    ...sorting,
    ...special,
    ...factorizations,
    ...solvers,
    ...matrixFunctions,
  };

  test("every function of a tensor is a method too, and gives the same", () => {
    let count = 0;
    for (const [name, f] of Object.entries(functions)) {
      if (notMethods.has(name)) continue;
      assert.ok(name in kernel, `${name} is not public`);
      const x = name === "dot" ? data([3]) : name === "squeeze" ? data([1, 3]) : data([3, 3], { low: 1.1, high: 1.9 });
      const method = (x as unknown as Record<string, unknown>)[name];
      assert.equal(typeof method, "function", `${name} is not a method`);
      const call = f as (...all: unknown[]) => unknown;
      const takes = (args: readonly unknown[]): boolean => {
        try {
          call(x, ...args);
          return true;
        } catch {
          return false;
        }
      };
      const args = [rest[name] ?? [], [x], [0.5], [0]].find(takes);
      assert.ok(args !== undefined, `${name} takes other arguments: give it some in \`rest\``);
      const [a, b] = [call(x, ...args), (method as typeof call).apply(x, [...args])];
      const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
      list(a).forEach((each, i) => {
        const other = list(b)[i];
        if (each instanceof Tensor) assertNear(other as Tensor, each, { rtol: 0, atol: 0, what: name });
        else assert.equal(other, each);
      });
      count++;
    }
    assert.ok(count > 80, `only ${count} functions`);
  });

  test("chains read from left to right", () => {
    const [x, w, b] = [data([5, 3]), data([3, 2]), data([2])];
    assertNear(x.matmul(w).add(b).tanh(), kernel.tanh(kernel.add(kernel.matmul(x, w), b)));
  });
});
