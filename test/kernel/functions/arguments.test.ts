/** @file Arguments of the wrong kind are refused with the function's name, where they would be misread or lose a derivative. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  all,
  any,
  argwhere,
  at,
  attention,
  bernoulli,
  categorical,
  celu,
  checkGrads,
  checkpoint,
  complexAbs,
  complexAngle,
  complexConj,
  complexMul,
  cosineSimilarity,
  customJvp,
  customVjp,
  dirichlet,
  dot,
  einsum,
  elu,
  explain,
  fft,
  fft2,
  fftfreq,
  fftshift,
  flatten,
  Generator,
  gather,
  grad,
  hardswish,
  hardtanh,
  hessian,
  ifft,
  ifft2,
  ifftshift,
  irfft,
  isfinite,
  isnan,
  jacfwd,
  jacobian,
  jacrev,
  jit,
  jvp,
  klDiv,
  leakyRelu,
  linearize,
  makeGraph,
  manualSeed,
  matrixNorm,
  matrixRank,
  maximum,
  minimum,
  mish,
  mseLoss,
  multiDot,
  nonzero,
  norm,
  normal,
  normalize,
  oneHot,
  onesLike,
  pinv,
  prelu,
  qr,
  quantile,
  randLike,
  randnLike,
  reciprocal,
  relu6,
  rfftfreq,
  rsqrt,
  scan,
  searchsorted,
  softsign,
  square,
  std,
  sum,
  type Tensor,
  take,
  tensor,
  valueAndGrad,
  vjp,
  vmap,
  zeros,
  zerosLike,
} from "../../../kernel/index.ts";

const float64 = { dtype: "float64" } as const;

suite("arguments", () => {
  test("a number is searched for with the precision of the entries", () => {
    assert.equal(searchsorted(tensor([0.1, 0.2], float64), 0.2).item(), 1);
  });

  test("entries between integers stay where they are", () => {
    const values = tensor([0, 1, 2], { dtype: "int32" });
    assert.deepEqual(searchsorted([-0.5, 0.5, 1.5], values).toArray(), [1, 2, 3]);
    assert.deepEqual(
      searchsorted([2 ** 24 + 1], tensor([2 ** 24], { dtype: "int32" }), { side: "right" }).toArray(),
      [0],
    );
  });

  test("a slope that is a number has the precision of x", () => {
    assert.equal(prelu(tensor([-1], float64), 0.1).item(), -0.1);
  });

  test("what is to be transformed must be a function", () => {
    const x = tensor([1, 2]);
    const wrong = x.sum() as never;
    const calls: Record<string, () => unknown> = {
      checkpoint: () => checkpoint(wrong),
      customJvp: () => customJvp(wrong, wrong),
      customVjp: () => customVjp(wrong, wrong, wrong),
      explain: () => explain(wrong),
      grad: () => grad(wrong),
      hessian: () => hessian(wrong),
      jacfwd: () => jacfwd(wrong),
      jacobian: () => jacobian(wrong),
      jacrev: () => jacrev(wrong),
      jit: () => jit(wrong),
      jvp: () => jvp(wrong, [x], [x]),
      linearize: () => linearize(wrong, x),
      makeGraph: () => makeGraph(wrong),
      valueAndGrad: () => valueAndGrad(wrong),
      vjp: () => vjp(wrong, x),
      vmap: () => vmap(wrong),
    };
    for (const [name, call] of Object.entries(calls)) {
      assert.throws(call, {
        name: "ArgumentError",
        message: `${name}: expected a function first, got a tensor. Pass the function itself, not what it returns.`,
      });
    }
    assert.throws(() => grad(undefined as never), /got undefined/);
  });

  test("what stands where options do is not ignored", () => {
    const x = tensor([
      [2, 1],
      [1, 3],
    ]);
    const calls: Record<string, () => unknown> = {
      sum: () => sum(x, 0, true as never),
      std: () => std(x, 0, true as never),
      norm: () => norm(x, 0, null as never),
      any: () => any(x, 0, true as never),
      sort: () => x.sort(0, true as never),
      argsort: () => x.argsort(0, true as never),
      topK: () => x.topK(1, 0, false as never),
      cholesky: () => x.cholesky(true as never),
      qr: () => qr(x, "complete" as never),
      svd: () => x.svd(false as never),
      fft: () => fft(x, 8 as never),
      irfft: () => irfft(x, 8 as never),
      tensor: () => tensor([1], "float64" as never),
    };
    for (const [name, call] of Object.entries(calls)) {
      assert.throws(call, {
        name: "ArgumentError",
        message: new RegExp(`^${name}: expected options as an object, such as \\{`),
      });
    }
    assert.throws(() => sum(x, 0, true as never), {
      message: "sum: expected options as an object, such as { keepDims: true }, got true.",
    });
  });

  test("functions made of others speak of themselves", () => {
    const composed = { relu6, hardswish, mish, softsign, square, reciprocal, rsqrt, flatten };
    for (const [name, f] of Object.entries(composed)) {
      assert.throws(() => f([1] as never), { name: "ArgumentError", message: new RegExp(`^${name}: `) });
    }
  });

  test("positions must be integers", () => {
    const x = tensor([1, 2, 3]);
    for (const positions of [[1.5], [Number.NaN], ["1"], null] as never[]) {
      assert.throws(() => take(x, positions), { name: "ArgumentError", message: /^take: expected integer positions/ });
    }
    const mask = tensor([true, false, true]);
    assert.throws(() => take(x, mask), {
      name: "ArgumentError",
      message: /^take: .*mask bool\[3\]\. Use maskedSelect/,
    });
    assert.throws(() => gather(x, 0, mask), ArgumentError);
    assert.throws(() => take(zeros([0]), [0]), /axis 0 of \[0\]; that axis has no entries/);
  });

  test("a tensor in place of a number would lose its derivative", () => {
    const x = tensor([-2, 5]);
    for (const [name, f] of Object.entries({ celu, elu, hardtanh, leakyRelu })) {
      assert.throws(
        () => grad((slope: Tensor) => f(x, slope as unknown as number).sum())(tensor(2)),
        new RegExp(`^ArgumentError: ${name}: expected \\w+ to be a number, got a tensor \\[\\]`),
      );
    }
  });

  test("an unknown mode is no default", () => {
    assert.throws(
      () => qr(zeros([3, 2]), { mode: "full" as "complete" }),
      /^ArgumentError: qr: there is no mode "full"/,
    );
  });

  test("cosineSimilarity broadcasts before it measures lengths", () => {
    assert.equal(cosineSimilarity(tensor([2], float64), tensor([1, 1, 1, 1], float64)).item(), 1);
    assert.deepEqual(cosineSimilarity(zeros([2, 3]), zeros([3]), 0).shape, [3]);
  });

  test("axes out of range are those of the function that was called", () => {
    const x = zeros([2, 3]);
    for (const [name, f] of Object.entries({ all, any, norm, normalize, std })) {
      assert.throws(() => f(x, 2), new RegExp(`^ShapeError: ${name}: axis 2 is out of range`));
      assert.throws(() => f("x" as unknown as Tensor, 0), new RegExp(`^ArgumentError: ${name}: expected a tensor`));
    }
    assert.throws(() => sum(x, "0" as never), /^ShapeError: sum: expected an axis or an array of axes, got string/);
  });

  test("draws say what a shape is", () => {
    const shape = 5 as unknown as number[];
    assert.throws(() => normal(0, 1, { shape }), /^ArgumentError: normal: expected a shape such as \[2, 3\], got 5/);
    assert.throws(() => dirichlet(tensor([1, 2]), { shape }), /^ArgumentError: dirichlet: expected a shape/);
    assert.throws(() => categorical(tensor([1, 2]), { shape }), /^ArgumentError: categorical: expected a shape/);
    assert.throws(() => categorical(2 as never), /^ArgumentError: categorical: expected a tensor of logits/);
    assert.throws(() => bernoulli(0.5, { dtype: "float16" as "float32" }), /^DTypeError: bernoulli:/);
  });

  test("several numbers come as one array", () => {
    const x = zeros([2, 3]) as unknown as Record<string, (...rest: number[]) => Tensor>;
    for (const name of ["reshape", "permute", "broadcastTo", "tile", "pad"]) {
      assert.throws(() => x[name](3, 2), new RegExp(`^ArgumentError: ${name}: expected .* array`));
    }
    assert.throws(() => quantile(zeros([2]), tensor([0.5]) as never), /^ArgumentError: quantile: expected a share/);
    assert.throws(() => multiDot(zeros([2, 2]) as never), /^ArgumentError: multiDot: expected an array of tensors/);
    assert.throws(() => multiDot([[1], [2]] as never), /^ArgumentError: multiDot: expected a tensor/);
    assert.throws(() => matrixNorm(zeros([0, 2]), 2), /^ShapeError: matrixNorm: expected matrices with entries/);
    assert.throws(() => oneHot(zeros([2]), 1.5), /^ArgumentError: oneHot: expected a number of classes/);
    assert.throws(() => attention(zeros([2, 3]), zeros([2, 3]), null as never), /^ArgumentError: attention:/);
    assert.throws(() => mseLoss(zeros([2]), [1, 2] as never), /^ArgumentError: mseLoss: expected a tensor/);
  });

  test("klDiv shows what is no probability, and counts zeros as nothing", () => {
    const target = tensor([Number.NaN, 0, 1], float64);
    assert.deepEqual(klDiv(zeros([3]), target, { reduction: "none" }).toArray(), [Number.NaN, 0, 0]);
  });

  test("names are those of the public functions, not of what computes them", () => {
    for (const [name, f] of Object.entries({ isfinite, isnan, maximum, minimum })) {
      assert.throws(() => f("x" as never, 1), new RegExp(`^ArgumentError: ${name}: expected a tensor`));
    }
    for (const [name, f] of Object.entries({ argwhere, nonzero })) {
      assert.throws(() => f("x" as never), new RegExp(`^ArgumentError: ${name}: expected a tensor`));
      assert.throws(() => vmap(f)(zeros([2, 3])), new RegExp(`^TraceError: ${name}: .* else call ${name} outside`));
    }
    assert.throws(() => manualSeed(0.5), /^ArgumentError: manualSeed: expected an integer seed, got 0\.5/);
    assert.throws(() => new Generator(0.5), /^ArgumentError: Generator: expected an integer seed, got 0\.5/);
  });

  test("at names itself", () => {
    assert.throws(() => at(zeros([2, 2]), "x" as never), /^ArgumentError: at: /);
    assert.throws(() => at(zeros([2, 2]), undefined as never), /^ArgumentError: at: /);
  });

  test("complex tensors have both parts", () => {
    const x = zeros([2]);
    const functions = { complexAbs, complexAngle, complexConj, fft, ifft, irfft, fft2, ifft2, fftshift, ifftshift };
    for (const [name, f] of Object.entries(functions)) {
      const call = f as (x: unknown) => unknown;
      const expected = (got: string) => new RegExp(`^StructureError: ${name}: expected .*{ real, imag }.*, got ${got}`);
      assert.throws(() => call({ real: x }), expected("{ real: a tensor \\[2\\], imag: undefined }"));
      assert.throws(() => call({ real: [1], imag: x }), expected("{ real: an array, imag: a tensor"));
      assert.throws(() => call(null), expected("null"));
      assert.throws(() => call([x, x]), expected("an array"));
    }
    const mul = complexMul as (x: unknown, y: unknown) => unknown;
    assert.throws(() => mul(x, x), /^StructureError: complexMul: expected .*, got a tensor \[2\]\. A real tensor is/);
    assert.throws(() => mul({ real: x, imag: x }, null), /^StructureError: complexMul: expected .*, got null/);
    assert.throws(
      () => mul({ real: x, imag: x }, { imag: x }),
      /^StructureError: complexMul: .* got { real: undefined/,
    );
  });

  test("samples have a distance", () => {
    for (const [name, f] of Object.entries({ fftfreq, rfftfreq })) {
      for (const spacing of [0, Number.NaN, "1", null] as number[]) {
        assert.throws(
          () => f(4, spacing),
          new RegExp(`^ArgumentError: ${name}: expected a spacing that is finite and not 0`),
        );
      }
      assert.throws(() => f(0), new RegExp(`^ArgumentError: ${name}: .* got 0\\. It is the number of samples`));
      assert.deepEqual(f(2, -0.5).at(1).item(), name === "fftfreq" ? 1 : -1);
    }
  });

  test("options of transforms are objects with names that exist", () => {
    const x = zeros([2]);
    const f = (x: Tensor): Tensor => x.sum();
    const plain = { grad, valueAndGrad, jacrev, jacfwd, jacobian, hessian, vmap, jit };
    const calls: [string, (options: never) => unknown][] = [
      ...Object.entries(plain as Record<string, (f: unknown, options: unknown) => unknown>).map(
        ([name, transform]): [string, (options: never) => unknown] => [name, (options) => transform(f, options)],
      ),
      ["jvp", (options) => jvp(f, [x], [x], options)],
      ["scan", (options) => scan((c: Tensor, s: Tensor) => [c.add(s), c], 0, x, options)],
      ["checkGrads", (options) => checkGrads(f, [x], options)],
      ["customJvp", (options) => customJvp(f, ([x], [dx]) => [f(x), f(dx)], options)],
      [
        "customVjp",
        (options) =>
          customVjp(
            f,
            (x) => [f(x), null],
            () => [null],
            options,
          ),
      ],
    ];
    for (const [name, call] of calls) {
      const object = `^ArgumentError: ${name}: expected options as an object, such as {.*}, got`;
      assert.throws(() => call(null as never), new RegExp(`${object} null`));
      assert.throws(() => call(1 as never), new RegExp(`${object} 1`));
      assert.throws(() => call([1] as never), new RegExp(`${object} an array`));
      assert.throws(
        () => call({ nothing: 1 } as never),
        new RegExp(`^ArgumentError: ${name}: there is no option "nothing"\\. There (are|is only) \\w+`),
      );
    }
    assert.throws(() => jit(f, { static_argnums: 1 } as never), /^ArgumentError: jit: .*Write staticArgnums/);
  });

  test("misspelt options of vjp are no primal", () => {
    const x = tensor([1, 2]);
    const loose = vjp as (f: unknown, ...rest: unknown[]) => unknown[];
    const withAux = (x: Tensor) => [x.sum(), x];
    for (const name of ["has_aux", "hasaux"]) {
      assert.throws(
        () => loose(withAux, x, { [name]: true }),
        new RegExp(`^ArgumentError: vjp: there is no option "${name}"\\. Write hasAux`),
      );
    }
    assert.throws(() => loose(withAux, x, { argnums: 0 }), /^ArgumentError: vjp: .*"argnums"\. There is only hasAux/);
    assert.throws(() => loose(withAux, x, { hasAux: true, other: 1 }), /^ArgumentError: vjp: .*no option "other"/);
    assert.equal(loose(withAux, x, { hasAux: true }).length, 3);
    const [, pullback] = loose((p: { strict: Tensor }) => p.strict.sum(), { strict: x });
    assert.deepEqual((pullback as (ct: number) => { strict: Tensor })(1).strict.toArray(), [1, 1]);
  });

  test("what is made like a tensor needs one", () => {
    for (const [name, f] of Object.entries({ zerosLike, onesLike, randnLike, randLike })) {
      for (const [value, got] of [
        [[1, 2], "an array"],
        [3, "a number"],
        [null, "null"],
        [undefined, "undefined"],
      ]) {
        assert.throws(
          () => f(value as never),
          new RegExp(`^ArgumentError: ${name}: expected a tensor, got ${got}\\. Make one`),
        );
      }
    }
    for (const [name, f] of Object.entries({ randnLike, randLike })) {
      assert.throws(() => f(zeros([2]), { dtype: "int32" }), new RegExp(`^DTypeError: ${name}: expected float32`));
      assert.throws(() => vmap((x: Tensor) => f(x))(zeros([2])), new RegExp(`^TraceError: ${name}: random numbers`));
    }
  });

  test("dot and einsum say what they got", () => {
    const x = zeros([2]);
    assert.throws(() => dot([1, 2] as never, x), /^ArgumentError: dot: expected a tensor or a number, got an array/);
    assert.throws(() => dot(x, null as never), /^ArgumentError: dot: expected a tensor or a number, got null/);
    assert.throws(() => dot(x, 2 as never), /^ShapeError: dot: expected two vectors, got \[2\] and \[\]/);
    assert.throws(() => dot(x, zeros([3])), /^ShapeError: dot: expected vectors of one length, got \[2\] and \[3\]/);
    assert.throws(
      () => einsum(x as never, "i" as never),
      /^ArgumentError: einsum: .* got a tensor \[2\]\. The operands/,
    );
    assert.throws(() => einsum(undefined as never), /^ArgumentError: einsum: expected a formula .* got undefined/);
    for (const formula of ["i,i->", "...,...->"]) {
      assert.throws(
        () => einsum(formula, x, [1, 2] as never),
        /^ArgumentError: einsum: expected a tensor, got an array/,
      );
    }
  });

  test("a tolerance is a share", () => {
    const x = zeros([2, 3]);
    for (const [name, f] of Object.entries({ pinv, matrixRank })) {
      for (const rtol of [Number.NaN, -1e-3, Number.POSITIVE_INFINITY, "0"] as number[]) {
        assert.throws(() => f(x, { rtol }), new RegExp(`^ArgumentError: ${name}: expected rtol to be a`));
      }
      assert.doesNotThrow(() => f(x, { rtol: 0 }));
    }
  });
});
