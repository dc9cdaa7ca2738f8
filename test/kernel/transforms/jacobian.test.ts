/** @file jacrev, jacfwd and hessian: shapes, trees, argnums, aux, chunks, and known functions against differences. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  concat,
  customJvp,
  einsum,
  explain,
  eye,
  GradientError,
  hessian,
  jacfwd,
  jacobian,
  jacrev,
  linear,
  maximum,
  ones,
  stack,
  Tensor,
  TraceError,
  tensor,
  vjp,
  vmap,
  where,
  zeros,
} from "../../../kernel/index.ts";
import { data } from "../support/data.ts";
import { differences } from "../support/differences.ts";
import { assertNear, assertNearTree, assertThrows } from "../support/near.ts";

const modes = { jacrev, jacfwd, jacobian } as const;

/** Functions of one or more arguments that people differentiate; all inputs are rectangular and uneven. */
const functions: Record<string, { f: (...args: Tensor[]) => Tensor; shapes: number[][]; smooth?: boolean }> = {
  "a scalar of a scalar": { f: (x) => x.sin().mul(x), shapes: [[]] },
  "a vector of a scalar": { f: (x) => stack([x, x.square(), x.exp()]), shapes: [[]] },
  "a scalar of a matrix": { f: (x) => x.square().mul(x.sin()).sum(), shapes: [[2, 3]] },
  "a matrix of a vector": { f: (x) => x.outer(x.slice(0, 1).cos()), shapes: [[3]] },
  "a matrix of a matrix": { f: (x) => x.matmul(x.transpose()).tanh(), shapes: [[2, 3]] },
  "a rank-3 tensor of a matrix": { f: (x) => einsum("ij,kj->ikj", x, x.exp()), shapes: [[2, 3]] },
  "a vector of a rank-3 tensor": { f: (x) => x.square().sum([0, 2]), shapes: [[2, 3, 2]] },
  "a scalar of a rank-3 tensor": { f: (x) => x.logsumexp(), shapes: [[2, 2, 3]] },
  "a rank-3 tensor of a rank-3 tensor": { f: (x) => x.permute([2, 0, 1]).mul(x.sum()), shapes: [[2, 1, 3]] },
  "matmul, both sides": {
    f: (a, b) => a.matmul(b),
    shapes: [
      [2, 3],
      [3, 4],
    ],
  },
  "a stack of products": {
    f: (a, b) => a.matmul(b),
    shapes: [
      [2, 2, 3],
      [3, 2],
    ],
  },
  "a bilinear form": { f: (x, a, y) => x.matmul(a).dot(y), shapes: [[2], [2, 3], [3]] },
  softmax: { f: (x) => x.softmax(-1), shapes: [[2, 4]] },
  "softmax over the first axis": { f: (x) => x.softmax(0), shapes: [[3, 2]] },
  logSoftmax: { f: (x) => x.logSoftmax(), shapes: [[2, 3]] },
  logsumexp: { f: (x) => x.logsumexp(1), shapes: [[2, 4]] },
  variance: { f: (x) => x.variance(0), shapes: [[4, 2]] },
  std: { f: (x) => x.std(1, { correction: 0 }), shapes: [[2, 4]] },
  norm: { f: (x) => x.norm(1), shapes: [[3, 2]] },
  "layer norm": {
    f: (x, gain, bias) => {
      const centered = x.sub(x.mean(-1, { keepDims: true }));
      const scale = x.variance(-1, { keepDims: true, correction: 0 }).add(1e-5).sqrt();
      return centered.div(scale).mul(gain).add(bias);
    },
    shapes: [[2, 4], [4], [4]],
  },
  "a perceptron": {
    f: (x, w1, b1, w2) => linear(linear(x, w1, b1).tanh(), w2).softplus(),
    shapes: [[3], [4, 3], [4], [2, 4]],
  },
  "a perceptron on a batch": {
    f: (w1, b1, w2, x) =>
      linear(linear(x, w1, b1).sigmoid(), w2)
        .square()
        .mean(),
    shapes: [[4, 3], [4], [2, 4], [5, 3]],
  },
  attention: {
    f: (q, k, v) => q.matmul(k.transpose()).mul(0.5).softmax(-1).matmul(v),
    shapes: [
      [2, 3],
      [4, 3],
      [4, 2],
    ],
  },
  "take, positions repeated": { f: (x) => x.take([2, 0, 2, -1], 1).sin(), shapes: [[2, 4]] },
  cumsum: { f: (x) => x.cumsum(1).square(), shapes: [[2, 3]] },
  "cumsum along the first axis": { f: (x) => x.cumsum(0).sin(), shapes: [[3, 2]] },
  prod: { f: (x) => x.prod(1), shapes: [[2, 3]] },
  "prod of all": { f: (x) => x.prod(), shapes: [[2, 3]] },
  "where, on a condition of the input": { f: (x) => where(x.gt(0.2), x.exp(), x.mul(3)), shapes: [[2, 3]] },
  maximum: { f: (x, y) => maximum(x.mul(2), y), shapes: [[2, 3], [3]] },
  "max along an axis": { f: (x) => x.max(1), shapes: [[3, 4]] },
  clip: { f: (x) => x.clip(-0.5, 0.5).mul(x), shapes: [[2, 3]] },
  gelu: { f: (x) => x.gelu(), shapes: [[5]] },
  "pow with both differentiated": { f: (x, y) => x.abs().add(0.1).pow(y), shapes: [[2, 3], [3]] },
  "concat, stack, pad, roll, tile": {
    f: (x, y) =>
      concat(
        [
          x
            .pad(
              [
                [1, 0],
                [0, 2],
              ],
              2,
            )
            .roll(1, 1),
          y.tile([3, 1]),
        ],
        0,
      )
        .sin()
        .flip(0),
    shapes: [
      [2, 3],
      [1, 5],
    ],
  },
  "diagonal, diag, tril, triu": {
    f: (x) => x.diagonal().diag().matmul(x.tril()).add(x.triu(1)),
    shapes: [[3, 3]],
  },
  "einsum of three": {
    f: (a, b, c) => einsum("ij,jk,kj->ik", a, b, c),
    shapes: [
      [2, 3],
      [3, 4],
      [4, 3],
    ],
  },
  "a trace": { f: (x) => x.matmul(x).trace(), shapes: [[3, 3]] },
  "no change at all": { f: (x) => x, shapes: [[2, 3]] },
  "a solve by Newton's iteration": {
    f: (a) => {
      let x = a.mul(0.5).add(1);
      for (let i = 0; i < 4; i++) x = x.add(a.square().add(1).div(x)).mul(0.5);
      return x;
    },
    shapes: [[3]],
  },
};

suite("jacrev and jacfwd", () => {
  for (const [name, { f, shapes }] of Object.entries(functions)) {
    test(`${name}: the differences, in the shape output + input`, () => {
      const args = shapes.map((shape, i) => data(shape, { seed: 5 + i }));
      const out = f(...args);
      args.forEach((arg, argnums) => {
        const expected = differences(f, args, argnums);
        assert.deepEqual(expected.shape, [...out.shape, ...arg.shape]);
        for (const [mode, jacobian] of Object.entries(modes)) {
          const what = `${mode} of argument ${argnums}`;
          assertNear(jacobian(f, { argnums })(...args), expected, { rtol: 1e-6, atol: 1e-7, what, dtype: "float64" });
        }
      });
      // All arguments at once give the same blocks.
      const all = args.map((_, i) => i);
      const [rev, fwd] = [jacrev(f, { argnums: all })(...args), jacfwd(f, { argnums: all })(...args)];
      assertNearTree(fwd, rev, { rtol: 1e-12 });
      args.forEach((_, argnums) => {
        assertNear(rev[argnums], jacrev(f, { argnums })(...args), { rtol: 1e-13 });
      });
    });

    test(`${name}: the Hessian is the difference of the Jacobian`, () => {
      const args = shapes.map((shape, i) => data(shape, { seed: 5 + i }));
      const H = hessian(f)(...args);
      assertNear(H, differences(jacrev(f), args), { rtol: 2e-5, atol: 1e-6, what: "hessian" });
    });
  }

  test("mixed Hessian blocks: out + first + second, symmetric across", () => {
    const f = (a: Tensor, b: Tensor): Tensor => a.matmul(b).sin().sum(0);
    const [a, b] = [data([2, 3]), data([3, 2], { seed: 2 })];
    const [[aa, ab], [ba, bb]] = hessian(f, { argnums: [0, 1] })(a, b);
    assert.deepEqual(aa.shape, [2, 2, 3, 2, 3]);
    assert.deepEqual(ab.shape, [2, 2, 3, 3, 2]);
    assert.deepEqual(ba.shape, [2, 3, 2, 2, 3]);
    assert.deepEqual(bb.shape, [2, 3, 2, 3, 2]);
    assertNear(ab, ba.permute([0, 3, 4, 1, 2]), { rtol: 1e-12 });
    assertNear(
      ab,
      differences((x, y) => jacrev(f)(x, y), [a, b], 1),
      { rtol: 1e-6, atol: 1e-7 },
    );
  });

  test("ties of max share the derivative, zeros of prod are no exception, relu is flat at 0", () => {
    for (const jacobian of [jacrev, jacfwd]) {
      const tied = tensor(
        [
          [1, 3, 3],
          [2, 2, 2],
        ],
        { dtype: "float64" },
      );
      const J = jacobian((x: Tensor) => x.max(1))(tied);
      const third = 1 / 3;
      assert.deepEqual(J.toArray(), [
        [
          [0, 0.5, 0.5],
          [0, 0, 0],
        ],
        [
          [0, 0, 0],
          [third, third, third],
        ],
      ]);
      assert.deepEqual(jacobian((x: Tensor) => x.min())(tied).toArray(), [
        [1, 0, 0],
        [0, 0, 0],
      ]);
      const zero = tensor([0, 2, 3], { dtype: "float64" });
      assert.deepEqual(jacobian((x: Tensor) => x.prod())(zero).toArray(), [6, 0, 0]);
      const zeroes = tensor(
        [
          [0, 2, 0],
          [4, 5, 6],
        ],
        { dtype: "float64" },
      );
      assert.deepEqual(jacobian((x: Tensor) => x.prod())(zeroes).toArray(), [
        [0, 0, 0],
        [0, 0, 0],
      ]);
      assert.deepEqual(hessian((x: Tensor) => x.prod(0))(zero).toArray(), [
        [0, 3, 2],
        [3, 0, 0],
        [2, 0, 0],
      ]);
      assert.deepEqual(
        jacobian((x: Tensor) => x.relu())(tensor([0, 1, -1]))
          .diagonal()
          .toArray(),
        [0, 1, 0],
      );
      assert.deepEqual(
        jacobian((x: Tensor) => maximum(x, 0))(tensor([0, 1, -1]))
          .diagonal()
          .toArray(),
        [0.5, 1, 0],
      );
      assert.deepEqual(
        jacobian((x: Tensor) => x.clip(0, 1))(tensor([0, 1, 2]))
          .diagonal()
          .toArray(),
        [1, 1, 0],
      );
    }
  });

  test("zeros between unrelated values: exact, also against infinities", () => {
    const f = (x: Tensor, y: Tensor): [Tensor, Tensor, Tensor] => [x.log(), y.sum(), tensor([1, 2, 3])];
    const x = tensor([0, 1]);
    for (const jacobian of [jacrev, jacfwd]) {
      const J = jacobian(f, { argnums: [0, 1] })(x, ones([2, 2]));
      assertNearTree(J, [
        [
          tensor([
            [Number.POSITIVE_INFINITY, 0],
            [0, 1],
          ]),
          zeros([2, 2, 2]),
        ],
        [zeros([2]), ones([2, 2])],
        [zeros([3, 2]), zeros([3, 2, 2])],
      ]);
      assertNear(jacobian((x: Tensor) => x.floor())(x), zeros([2, 2]));
      assertNear(jacobian((x: Tensor) => x.stopGradient().mul(2))(x), zeros([2, 2]));
      assertNear(jacobian((_: Tensor) => tensor(4))(x), zeros([2]));
    }
    assertNear(hessian((x: Tensor) => x.mul(3))(tensor([1, 2])), zeros([2, 2, 2]));
  });

  test("argnums: a number gives a leaf, an array an array, negatives wrap", () => {
    const f = (a: Tensor, b: Tensor, c: Tensor): Tensor => a.mul(b).add(c.square());
    const args = [data([2]), data([2], { seed: 2 }), data([2], { seed: 3 })] as const;
    for (const jacobian of [jacrev, jacfwd]) {
      const third = jacobian(f, { argnums: 2 })(...args);
      assert.ok(third instanceof Tensor);
      assertNear(jacobian(f, { argnums: -1 })(...args), third);
      assertNear(jacobian(f)(...args), jacobian(f, { argnums: 0 })(...args));
      const alone = jacobian(f, { argnums: [2] })(...args);
      assert.ok(Array.isArray(alone) && alone.length === 1);
      assertNear(alone[0], third);
      const both = jacobian(f, { argnums: [-1, 0] })(...args);
      assertNearTree(both, [third, jacobian(f)(...args)]);
    }
    const H = hessian(f, { argnums: [2] })(...args);
    assert.ok(Array.isArray(H) && Array.isArray(H[0]));
    assertNear(H[0][0], hessian(f, { argnums: -1 })(...args));
  });

  test("trees: the output's outside, the input's inside", () => {
    interface Params {
      readonly weight: Tensor;
      readonly rest: readonly [Tensor, { readonly bias: Tensor }];
    }
    const f = ({ weight, rest: [scale, { bias }] }: Params, x: Tensor) => ({
      out: linear(x, weight, bias).mul(scale),
      parts: [weight.sum(), bias.exp()] as const,
    });
    const params: Params = { weight: data([2, 3]), rest: [data([]), { bias: data([2]) }] };
    const x = data([3], { seed: 9 });
    const [rev, fwd] = [jacrev(f)(params, x), jacfwd(f)(params, x)];
    assertNearTree(fwd, rev, { rtol: 1e-12 });
    assert.deepEqual(rev.out.weight.shape, [2, 2, 3]);
    assert.deepEqual(rev.out.rest[0].shape, [2]);
    assert.deepEqual(rev.out.rest[1].bias.shape, [2, 2]);
    assert.deepEqual(rev.parts[0].weight.shape, [2, 3]);
    assert.deepEqual(rev.parts[1].rest[1].bias.shape, [2, 2]);
    const plain = (weight: Tensor): Tensor => f({ ...params, weight }, x).out;
    assertNear(rev.out.weight, differences(plain, [params.weight]), { rtol: 1e-7, atol: 1e-8 });
    const both = jacrev(f, { argnums: [0, 1] })(params, x);
    assertNear(both.out[1], jacfwd((x: Tensor) => f(params, x).out)(x), { rtol: 1e-12 });
    assertNearTree(both.out[0], rev.out);
  });

  test("hasAux: aux comes back as it was", () => {
    const aux = { note: "as it was", list: [1, 2] };
    const f = (x: Tensor): [Tensor, { total: Tensor; aux: typeof aux }] => [x.square(), { total: x.sum(), aux }];
    const x = tensor([1, 2, 3]);
    for (const jacobian of [jacrev, jacfwd]) {
      const [J, got] = jacobian(f, { hasAux: true })(x);
      assertNear(J, eye(3).mul(x.mul(2)));
      assert.equal(got.total.item(), 6);
      assert.equal(got.aux, aux);
    }
    const [H, got] = hessian(f, { hasAux: true })(x);
    assert.deepEqual(H.shape, [3, 3, 3]);
    assert.equal(got.total.item(), 6);
  });

  test("chunkSize changes nothing but the order of work", () => {
    const f = (x: Tensor, y: Tensor): { a: Tensor; b: Tensor; c: Tensor } => ({
      a: x.matmul(y).tanh(),
      b: x.sum().mul(y.sum()),
      c: y.square(),
    });
    const args = [data([2, 3]), data([3], { seed: 2 })] as const;
    const expected = jacrev(f, { argnums: [0, 1] })(...args);
    for (const chunkSize of [1, 2, 5, 6, 100]) {
      for (const jacobian of [jacrev, jacfwd]) {
        const J = jacobian(f, { argnums: [0, 1], chunkSize })(...args);
        assertNearTree(J, expected, { rtol: 1e-12, what: `chunks of ${chunkSize}` });
      }
      const g = (x: Tensor): Tensor => x.exp().mul(x.sum());
      assertNear(hessian(g, { chunkSize })(args[0]), hessian(g)(args[0]), { rtol: 1e-12 });
      const mapped = vmap(jacrev(g, { chunkSize }))(args[0]);
      assertNear(mapped, vmap(jacrev(g))(args[0]), { rtol: 1e-12 });
    }
  });

  test("float32 stays float32 and mixed types keep each its own", () => {
    const f = (x: Tensor, y: Tensor): [Tensor, Tensor] => [x.mul(2).sin(), x.to("float64").mul(y)];
    const args = [tensor([1, 2]), tensor([3, 4], { dtype: "float64" })] as const;
    for (const jacobian of [jacrev, jacfwd]) {
      const [[xx, xy], [yx, yy]] = jacobian(f, { argnums: [0, 1] })(...args);
      assert.equal(xx.dtype, "float32");
      assertNear(xx, eye(2).mul(tensor([2, 4]).cos().mul(2)));
      assert.equal(yy.dtype, "float64");
      assertNear(yx.to("float64"), eye(2, { dtype: "float64" }).mul(args[1]));
      assert.deepEqual(xy.shape, [2, 2]);
    }
  });

  test("an argument that is a number is a scalar", () => {
    const f = (x: Tensor, a: number): Tensor => x.mul(a);
    for (const jacobian of [jacrev, jacfwd]) {
      assertNear(jacobian(f, { argnums: 1 })(tensor([1, 2]), 3), tensor([1, 2]));
      assertNear(jacobian(f)(tensor([1, 2]), 3), eye(2).mul(3));
    }
  });

  test("the structure of an identity: vmap of the pullback costs and gives the Jacobian", () => {
    const f = (x: Tensor): Tensor =>
      x
        .square()
        .matmul(data([4, 5], { seed: 8 }))
        .tanh();
    const x = data([3, 4]);
    const [out, pullback] = vjp(f, x);
    const rows = vmap(pullback)(eye(out.size, { dtype: "float64" }).reshape([out.size, 3, 5]));
    assertNear(rows.reshape([3, 5, 3, 4]), jacrev(f)(x), { rtol: 1e-12 });
    const nested = vmap(vmap(pullback))(eye(15, { dtype: "float64" }).reshape([3, 5, 3, 5]));
    assertNear(nested, jacrev(f)(x), { rtol: 1e-12 });
  });

  test("a product with an identity forms no 0 times infinity", () => {
    const J = jacrev((x: Tensor) => x.log())(tensor([0, 1, 4]));
    assert.deepEqual(J.toArray(), [
      [Number.POSITIVE_INFINITY, 0, 0],
      [0, 1, 0],
      [0, 0, 0.25],
    ]);
  });

  test('strategy "vmap" computes with all zeros: the same result, but 0 times infinity is NaN', () => {
    const [weight, x] = [data([2, 3]), data([3, 4])];
    const f = (w: Tensor, v: Tensor): Tensor => w.matmul(v).sin().softmax(1);
    for (const derive of Object.values(modes)) {
      for (const chunkSize of [undefined, 1, 3]) {
        const argnums = [0, 1];
        const plain = derive(f, { argnums, strategy: "vmap", chunkSize })(weight, x);
        assertNearTree(plain, derive(f, { argnums })(weight, x), { rtol: 1e-12 });
      }
      const corner = derive((v: Tensor) => v.log(), { strategy: "vmap" })(tensor([0, 1]));
      // A row of zeros and a one is multiplied with the slopes in reverse mode, a column in forward mode.
      const expected = [
        [Number.POSITIVE_INFINITY, derive === jacfwd ? Number.NaN : 0],
        [derive === jacfwd ? 0 : Number.NaN, 1],
      ];
      assert.deepEqual(corner.toArray(), expected);
    }
    const curved = (v: Tensor): Tensor => v.exp().sum().sin();
    assertNear(hessian(curved, { strategy: "vmap" })(x), hessian(curved)(x), { rtol: 1e-12 });
    assertThrows(() => jacrev(f, { strategy: "fast" as never }), ArgumentError, "jacrev", "strategy", "fast");
  });

  test("verify finds a wrong derivative, and passes right ones", () => {
    const [weight, x] = [data([2, 3]), data([3, 4])];
    const f = (w: Tensor, v: Tensor): Tensor => w.matmul(v).sin().softmax(1);
    for (const derive of [...Object.values(modes), hessian]) {
      assertNear(derive(f, { verify: true })(weight, x), derive(f)(weight, x));
      const [J, aux] = derive((w: Tensor, v: Tensor) => [f(w, v), "aside"] as const, { verify: true, hasAux: true })(
        weight,
        x,
      );
      assertNear(J, derive(f)(weight, x));
      assert.equal(aux, "aside");
      const single = derive(f, { verify: true, argnums: 1, strategy: "vmap" })(weight, x);
      assertNear(single, derive(f, { argnums: 1 })(weight, x));
      const wrong = customJvp(
        (v: Tensor) => v.square(),
        ([v], [dv]) => [v.square(), v.mul(dv)],
      );
      assertThrows(
        () => derive((v: Tensor) => wrong(v).sum(), { verify: true })(x),
        GradientError,
        "finite differences",
      );
      assertThrows(
        () => vmap(derive(f, { verify: true }), { inDims: [null, 0] })(weight, data([2, 3, 4])),
        TraceError,
        "verify",
        "vmap",
      );
    }
    // A zero times an infinity: the structure knows better.
    assert.deepEqual(
      jacrev((v: Tensor) => v.sqrt(), { verify: true })(tensor([1, 4], { dtype: "float64" })).toArray(),
      [
        [0.5, 0],
        [0, 0.25],
      ],
    );
  });

  test("jacobian takes the mode with fewer unit vectors", () => {
    const wide = (x: Tensor): Tensor => x.outer(x).flatten();
    const tall = (x: Tensor): Tensor => x.reshape([3, 4]).sum(0).exp();
    for (const [f, size, best] of [
      [wide, 4, jacfwd],
      [tall, 12, jacrev],
    ] as const) {
      const count = (derive: typeof jacrev): number =>
        explain(derive(f, { strategy: "vmap" }))(data([size])).multiplications;
      assert.equal(count(jacobian as typeof jacrev), count(best as typeof jacrev));
      assert.ok(count(jacobian as typeof jacrev) < count(best === jacfwd ? jacrev : (jacfwd as typeof jacrev)));
    }
  });

  test("derivatives know where they come from", () => {
    const loss = (weights: Tensor, features: Tensor): Tensor => weights.matmul(features);
    const [weight, x] = [data([2, 3]), data([3])];
    const J = jacrev(loss, { argnums: 1 })(weight, x);
    assert.deepEqual(J.provenance, {
      kind: "jacobian",
      of: "loss",
      outputAxes: 1,
      inputs: [{ name: "features", axes: 1 }],
      batchAxes: 0,
    });
    const H = hessian(loss)(weight, x);
    assert.equal(H.provenance?.kind, "hessian");
    assert.deepEqual(H.provenance?.inputs, [
      { name: "weights", axes: 2 },
      { name: "weights", axes: 2 },
    ]);
    const mapped = vmap(jacfwd(loss, { argnums: 1 }), { inDims: [null, 0] })(weight, data([4, 3]));
    assert.equal(mapped.provenance?.batchAxes, 1);
  });
});
