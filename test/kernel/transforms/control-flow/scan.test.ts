/** @file scan: the same values, derivatives of every order and maps as the loop written out, whatever the body does. */
import assert from "node:assert/strict";
import {
  arange,
  checkGrads,
  compilationCount,
  concat,
  eye,
  forLoop,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  map,
  ones,
  scan,
  stack,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
  vmap,
  where,
  zeros,
} from "../../../../kernel/index.ts";
import { testEach } from "../../support/backends.ts";
import { data } from "../../support/data.ts";
import { loop } from "../../support/differences.ts";
import { assertNear, assertNearTree } from "../../support/near.ts";
import { scanUnrolled } from "../../support/unrolled.ts";

type Scan = typeof scan;
/** A function that contains a scan, which may be written out instead. */
interface Case {
  readonly args: Tensor[];
  readonly f: (scan: Scan) => (...args: Tensor[]) => Tensor;
  /** Some of it is float32. */
  readonly single?: boolean;
  /** It has corners, where differences of second order find nothing. */
  readonly corners?: boolean;
}

/** All of a tree of tensors as one vector. */
const flat = (...parts: Tensor[]): Tensor => concat(parts.map((part) => part.reshape([-1])));

const cases: Record<string, Case> = {
  "a linear recurrence": {
    args: [data([3]), data([4, 3], { seed: 2 }), data([3], { seed: 3 })],
    f: (scan) => (x, us, w) => {
      const [last, path] = scan((x, u) => [x.mul(w).add(u).sin(), x.mul(u)], x, us);
      return flat(last, path);
    },
  },
  "several carries and sequences in a tree": {
    args: [data([2]), data([3, 2], { seed: 2 }), data([3], { seed: 3 })],
    f: (scan) => (x, us, vs) => {
      const [last, outs] = scan(
        ({ at, speed: [v] }, [u, s]) => [
          { at: at.add(v.mul(0.1)), speed: [v.sub(at.mul(s)).add(u)] },
          { energy: at.square().sum(), both: [at, v] },
        ],
        { at: x, speed: [x.tanh()] },
        [us, vs],
      );
      return flat(last.at, last.speed[0], outs.energy, ...outs.both);
    },
  },
  "a counter, a flag, two precisions": {
    args: [data([2]), data([4, 2], { seed: 2 })],
    single: true,
    f: (scan) => (x, us) => {
      const start = { n: tensor(0, { dtype: "int32" }), odd: tensor(false), low: zeros([2]), x };
      const [last, ns] = scan(
        ({ n, odd, low, x }, u) => {
          const next = where(odd, x.mul(u), x.add(u)).sin();
          return [
            {
              n: n.add(1),
              odd: odd.logicalNot(),
              low: low.add(next.to("float32")),
              x: next.mul(n.to("float64").add(0.5)),
            },
            n,
          ];
        },
        start,
        us,
      );
      return flat(last.x, last.low.to("float64"), last.n.to("float64"), last.odd.to("float64"), ns.to("float64"));
    },
  },
  "carries that change places": {
    args: [data([2]), data([2], { seed: 2 }), data([2], { seed: 3 })],
    f: (scan) => (x, y, z) => {
      const [[a, b, c], path] = scan(
        ([a, b, c]) => [
          [b, c, a.mul(b)],
          [a, c],
        ],
        [x, y, z],
        null,
        { length: 5 },
      );
      return flat(a, b, c, ...path);
    },
  },
  "a carry that nothing changes": {
    args: [data([2]), data([3, 2], { seed: 2 })],
    f: (scan) => (x, us) => {
      const [[a, b], path] = scan(([a, b], u) => [[a, b.mul(a).add(u)], b], [x, x], us);
      return flat(a, b, path);
    },
  },
  "an output that is the carry, the slice, a constant": {
    args: [data([2]), data([3, 2], { seed: 2 })],
    f: (scan) => (x, us) => {
      const y = x.exp();
      const [, [a, b, c, d]] = scan((c, u) => [c.mul(u).add(y), [c, u, y, tensor(2, { dtype: "float64" })]], x, us);
      return flat(a.mul(a), b.mul(b), c.mul(c), d);
    },
  },
  "the next carry is the slice": {
    args: [data([2]), data([3, 2], { seed: 2 })],
    f: (scan) => (x, us) => {
      const [last, differences] = scan((before, u) => [u, u.sub(before).square()], x, us);
      return flat(last, differences);
    },
  },
  "outputs alone": {
    args: [data([3, 2])],
    f: (scan) => (xs) => scan((_, x) => [null, x.sin().mul(x.sum())], null, xs)[1],
  },
  "from the last slice to the first": {
    args: [data([2]), data([4, 2], { seed: 2 })],
    f: (scan) => (x, us) => {
      const [last, path] = scan((x, u) => [x.mul(u).sin(), x.mul(2)], x, us, { reverse: true });
      return flat(last, path);
    },
  },
  "one iteration": {
    args: [data([2]), data([1, 2], { seed: 2 })],
    f: (scan) => (x, us) => flat(...scan((x, u) => [x.mul(u), x.mul(x)], x, us)),
  },
  "a captured matrix": {
    args: [data([3, 3], { low: -0.6, high: 0.6 }), data([3]), data([4, 3], { seed: 2 })],
    f: (scan) => (w, x, us) => {
      const [last, path] = scan((x, u) => [w.matmul(x).add(u).tanh(), w.transpose().matmul(x).sum()], x, us);
      return flat(last, path);
    },
  },
  "what does not change is computed once": {
    args: [data([2, 3]), data([2], { seed: 2 })],
    f: (scan) => (w, x) =>
      scan((x) => [w.matmul(w.transpose()).softmax(0).matmul(x).sin(), null], x, null, { length: 3 })[0],
  },
  "reductions, softmax, logsumexp": {
    args: [data([2, 3]), data([3, 3], { seed: 2 })],
    f: (scan) => (x, us) =>
      flat(
        ...scan(
          (x, u) => [
            x
              .softmax(1)
              .mul(u)
              .add(x.mean(0, { keepDims: true })),
            x.logsumexp(1).prod(),
          ],
          x,
          us,
        ),
      ),
  },
  "sorting and the order of entries": {
    args: [data([4]), data([3, 4], { seed: 2 })],
    corners: true,
    f: (scan) => (x, us) =>
      flat(...scan((x, u) => [x.sort().mul(u).add(x.cumsum(0).mul(0.3)), x.take(x.argsort()).mul(arange(4))], x, us)),
  },
  "gathering and scattering": {
    args: [data([4]), data([3, 2], { seed: 2 })],
    f: (scan) => (x, us) => {
      const places = tensor(
        [
          [0, 2],
          [3, 3],
          [1, 0],
        ],
        { dtype: "int32" },
      );
      const [last, taken] = scan((x, [u, at]) => [x.mul(0.5).add(x.take(at).mul(u).sum()), x.take(at)], x, [
        us,
        places,
      ]);
      return flat(last, taken);
    },
  },
  "joining and slicing": {
    args: [data([4]), data([3, 1], { seed: 2 })],
    f: (scan) => (x, us) =>
      flat(...scan((x, u) => [concat([u.mul(x.slice(0, 0, 1)), x.slice(0, 0, 3)]), x.slice(0, 1, 3)], x, us)),
  },
  "the next carry is a product, a reduction, a permutation, the order of the one before": {
    args: [data([3, 3]), data([3], { seed: 2 })],
    f: (scan) => (w, x) => {
      const start = { product: x, square: w, sum: w.sum(0), turned: w, flipped: x, sorted: x } as const;
      const [last] = scan(
        ({ product, square, sum, turned, flipped, sorted }) => [
          {
            product: w.matmul(product),
            square: square.matmul(square),
            sum: sum.broadcastTo([2, 3]).sum(0),
            turned: turned.transpose(),
            flipped: flipped.flip(0),
            sorted: sorted.sort(),
          },
          null,
        ],
        start,
        null,
        { length: 3 },
      );
      return flat(last.product, last.square, last.sum, last.turned, last.flipped, last.sorted);
    },
  },
  "a scan in a scan": {
    args: [data([2]), data([3, 2, 2], { seed: 2 })],
    f: (scan) => (x, us) => {
      const [last, inner] = scan(
        (x, rows) => {
          const [y, path] = scan((y, row) => [y.mul(row).add(x).sin(), y.mul(x)], x, rows);
          return [y, path.sum(0)];
        },
        x,
        us,
      );
      return flat(last, inner);
    },
  },
  "an optimiser: the gradient of a loss in the body": {
    args: [data([3]), data([3], { seed: 2 })],
    f: (scan) => (x, target) => {
      const loss = (x: Tensor): Tensor => x.sub(target).square().mul(x.sin()).sum();
      const [last, losses] = scan(
        (x) => {
          const [value, gradient] = valueAndGrad(loss)(x);
          return [x.sub(gradient.mul(0.1)), value];
        },
        x,
        null,
        { length: 4 },
      );
      return flat(last, losses);
    },
  },
  "a Jacobian in the body, of what it closes over too": {
    args: [data([2]), data([2, 2], { seed: 2 })],
    f: (scan) => (x, w) => {
      const newton = (x: Tensor): Tensor => w.matmul(x).tanh().add(x.mul(2));
      return scan(
        (x) => [x.sub(jacfwd(newton)(x).matmul(newton(x)).mul(0.1)), jacrev((w: Tensor) => w.matmul(x).sin())(w).sum()],
        x,
        null,
        { length: 2 },
      )
        .map((each) => each.reshape([-1]))
        .reduce((a, b) => concat([a, b]));
    },
  },
  "vmap in the body": {
    args: [data([3, 2]), data([2, 3], { seed: 2 })],
    f: (scan) => (x, us) =>
      flat(
        ...scan(
          (x, u) => [
            vmap((row: Tensor, v: Tensor) => row.mul(v).sin())(x, u),
            vmap(grad((row: Tensor) => row.exp().prod()))(x),
          ],
          x,
          us,
        ),
      ),
  },
};

suite("scan", () => {
  for (const [name, { f, args, single, corners }] of Object.entries(cases)) {
    const rtol = single ? 1e-6 : 1e-11;

    testEach(`${name}: values, derivatives and maps of the loop written out`, () => {
      const [looped, plain] = [f(scan), f(scanUnrolled)];
      assertNear(looped(...args), plain(...args), { what: "value" });
      args.forEach((arg, argnums) => {
        const expected = jacrev(plain, { argnums })(...args);
        assertNear(jacrev(looped, { argnums })(...args), expected, { rtol, what: `jacrev ${argnums}` });
        assertNear(jacfwd(looped, { argnums })(...args), expected, { rtol, what: `jacfwd ${argnums}` });
        const inDims = args.map((_, i) => (i === argnums ? arg.ndim : null));
        const mapped = args.map((each, i) =>
          i === argnums ? stack([each, each.mul(0.7), each.neg()], each.ndim) : each,
        );
        assertNear(vmap(looped, { inDims })(...mapped), loop(plain, mapped, inDims, 3), { what: `vmap ${inDims}` });
      });
      const all = args.map(() => 0);
      const many = args.map((arg) => stack([arg, arg.mul(0.7)]));
      assertNear(vmap(looped, { inDims: all })(...many), loop(plain, many, all, 2), { what: "vmap over all" });
    });

    test(`${name}: second derivatives`, () => {
      const [looped, plain] = [scan, scanUnrolled].map(
        (which) =>
          (...args: Tensor[]): Tensor =>
            f(which)(...args)
              .sin()
              .sum(),
      );
      const expected = hessian(plain)(...args);
      for (const [outer, inner] of [
        [jacfwd, jacrev],
        [jacrev, jacrev],
        [jacfwd, jacfwd],
        [jacrev, jacfwd],
      ] as const) {
        assertNear(outer(inner(looped))(...args), expected, { rtol, what: `${outer.name} of ${inner.name}` });
      }
      if (!single) checkGrads(f(scan), args, { order: corners ? 1 : 2 });
    });
  }

  testEach("third derivatives", () => {
    const { f, args } = cases["a captured matrix"];
    const [looped, plain] = [scan, scanUnrolled].map(
      (which) =>
        (x: Tensor): Tensor =>
          f(which)(args[0], x, args[2]).square().sum(),
    );
    const x = args[1];
    const expected = jacfwd(jacfwd(jacfwd(plain)))(x);
    for (const [a, b, c] of [
      [jacrev, jacrev, jacrev],
      [jacfwd, jacrev, jacfwd],
      [jacrev, jacfwd, jacrev],
    ] as const) {
      assertNear(a(b(c(looped)))(x), expected, { rtol: 1e-10, atol: 1e-10 });
    }
  });

  testEach("maps in maps, over every choice of what is mapped, at every axis", () => {
    const f =
      (which: Scan) =>
      (init: Tensor, us: Tensor, w: Tensor): Tensor => {
        const [last, path] = which((x, u) => [x.mul(w).add(u).sin(), x.mul(u)], init, us);
        return flat(last, path);
      };
    const shapes = [[2], [3, 2], [2]];
    for (let subset = 1; subset < 8; subset++) {
      for (const last of [false, true]) {
        const dims = shapes.map((shape, i) => ((subset >> i) & 1 ? (last ? shape.length : 0) : null));
        // Inside: the others are mapped, or all of them where none is left.
        const inner = dims.map((dim, i) => (dim === null || subset === 7 ? (last ? 0 : shapes[i].length) : null));
        const args: Tensor[] = shapes.map((shape, i) => {
          const full = [...shape];
          const inside = inner[i];
          const outside = dims[i];
          if (inside !== null) full.splice(inside, 0, 2);
          if (outside !== null) full.splice(outside === 0 ? 0 : full.length, 0, 3);
          return data(full, { seed: 5 + i });
        });
        const outer = dims.map((dim, i) => (dim === null ? null : dim === 0 ? 0 : args[i].ndim - 1));
        const what = `inDims ${JSON.stringify(outer)} around ${JSON.stringify(inner)}`;
        const nested = (g: (...args: Tensor[]) => Tensor): Tensor =>
          vmap(vmap(g, { inDims: inner }), { inDims: outer })(...args);
        assertNear(nested(f(scan)), nested(f(scanUnrolled)), { what });
        const slope =
          (g: (...args: Tensor[]) => Tensor) =>
          (...args: Tensor[]): Tensor =>
            flat(
              ...grad((a: Tensor, b: Tensor, c: Tensor) => g(a, b, c).square().sum(), { argnums: [0, 1, 2] })(
                args[0],
                args[1],
                args[2],
              ),
            );
        assertNear(nested(slope(f(scan))), nested(slope(f(scanUnrolled))), { what: `gradient, ${what}` });
      }
    }
  });

  testEach("no iterations: the carry stays, outputs are empty, derivatives are the identity and zeros", () => {
    const f = (x: Tensor, us: Tensor, w: Tensor): [Tensor, Tensor] => scan((x, u) => [x.mul(u).mul(w), x.sum()], x, us);
    const args = [data([2]), zeros([0, 2], { dtype: "float64" }), data([2], { seed: 2 })] as const;
    const [last, path] = f(...args);
    assertNear(last, args[0]);
    assert.deepEqual(path.shape, [0]);
    assert.equal(path.dtype, "float64");
    const [ofLast] = jacrev(f, { argnums: [0, 1, 2] })(...args);
    assertNear(ofLast[0], eye(2, { dtype: "float64" }));
    assert.deepEqual(ofLast[1].shape, [2, 0, 2]);
    assertNear(ofLast[2], zeros([2, 2], { dtype: "float64" }));
    const [forward] = jacfwd(f)(...args);
    assertNear(forward, eye(2, { dtype: "float64" }));
  });

  testEach("numbers and trees as carry, null as output", () => {
    const [{ sum, count }, nothing] = scan(
      ({ sum, count }, x) => [{ sum: sum.add(x), count: count.add(1) }, null],
      { sum: 0, count: tensor(0, { dtype: "int32" }) },
      tensor([1, 2, 3.5]),
    );
    assert.equal(sum.item(), 6.5);
    assert.equal(count.item(), 3);
    assert.equal(nothing, null);
    // A number may come back where a tensor was.
    const [last] = scan((_, x) => [3, x], 0, tensor([1, 2]));
    assert.equal(last.item(), 3);
  });

  testEach("products with the Hessian, and gradients through an optimiser", () => {
    const train =
      (which: Scan) =>
      (rate: Tensor, start: Tensor): Tensor => {
        const loss = (x: Tensor): Tensor =>
          x
            .square()
            .mul(tensor([1, 3], { dtype: "float64" }))
            .sum()
            .add(x.prod().sin());
        const [last] = which((x) => [x.sub(grad(loss)(x).mul(rate)), null], start, null, { length: 5 });
        return loss(last);
      };
    const [rate, start] = [tensor(0.1, { dtype: "float64" }), data([2])];
    const [looped, plain] = [train(scan), train(scanUnrolled)];
    assertNearTree(grad(looped, { argnums: [0, 1] })(rate, start), grad(plain, { argnums: [0, 1] })(rate, start));
    const tangents = [tensor(0.3, { dtype: "float64" }), data([2], { seed: 9 })] as const;
    assertNearTree(hvp(looped, [rate, start], tangents), hvp(plain, [rate, start], tangents), { rtol: 1e-11 });
  });

  testEach("a pullback and a pushforward work again and again, after values were read, and mapped", () => {
    const w = data([2], { seed: 4 });
    const f = (x: Tensor): Tensor => scan((x) => [x.mul(w).sin(), x], x, null, { length: 3 })[1];
    const x = data([2]);
    const [y, pullback] = vjp(f, x);
    y.dataSync();
    const v = data([3, 2], { seed: 6 });
    assertNear(pullback(v), pullback(v));
    const J = jacfwd(f)(x);
    assertNear(
      pullback(v),
      J.reshape([6, 2])
        .transpose()
        .matmul(v.reshape([6])),
    );
    const cotangents = data([4, 3, 2], { seed: 7 });
    assertNear(vmap(pullback)(cotangents), cotangents.reshape([4, 6]).matmul(J.reshape([6, 2])));
    const [, push] = linearize(f, x);
    const tangent = data([2], { seed: 8 });
    assertNear(push(tangent), J.matmul(tangent));
    assertNear(jvp(f, [x], [tangent])[1], J.matmul(tangent));
  });

  testEach("a pullback made outside is used inside a body", () => {
    const f =
      (which: Scan) =>
      (x: Tensor): Tensor => {
        const [, pullback] = vjp(
          (x: Tensor) => which((x, u) => [x.mul(u).sin(), null], x, tensor([0.7, 1.2], { dtype: "float64" }))[0],
          x,
        );
        return which((v) => [pullback(v).add(v), null], x, null, { length: 3 })[0];
      };
    const x = data([2]);
    assertNear(f(scan)(x), f(scanUnrolled)(x));
    assertNear(jacrev(f(scan))(x), jacfwd(f(scanUnrolled))(x));
  });

  testEach("large carries", () => {
    const n = 100_000;
    const x = data([n]);
    const [last, sums] = scan(([x, y]) => [[y.mul(0.5).add(x), x.mul(0.25)], x.sum()], [x, x], null, { length: 4 });
    const [plain, plainSums] = scanUnrolled(([x, y]) => [[y.mul(0.5).add(x), x.mul(0.25)], x.sum()], [x, x], null, {
      length: 4,
    });
    assertNear(last[0], plain[0]);
    assertNear(last[1], plain[1]);
    assertNear(sums, plainSums, { rtol: 1e-11 });
    const slope = (which: Scan): Tensor =>
      grad((x: Tensor) => which((x) => [x.mul(x).mul(0.5), null], x, null, { length: 3 })[0].sum())(x);
    assertNear(slope(scan), slope(scanUnrolled));
  });

  test("what each iteration was given is kept for a derivative, and not otherwise", () => {
    const [last] = scan((x) => [x.sin(), null], ones([2]), null, { length: 4 });
    const results = (of: Tensor): readonly unknown[] => of.node.expression!.inputs[0].picked!.filter(Boolean);
    assert.equal(results(last).length, 1);
    vjp(
      (x: Tensor) => {
        const [last] = scan((x) => [x.sin(), null], x, null, { length: 4 });
        grad((y: Tensor) => y.mul(last).sum())(x);
        assert.equal(results(last).length, 1);
        return last;
      },
      ones([2]),
    )[1](ones([2]));
  });

  test("of constants alone, it runs once and its value is data from then on", () => {
    const table = scan((x) => [x.mul(2), x], ones([2]), null, { length: 3 })[1];
    assert.equal(table.node.literal, false);
    table.dataSync();
    assert.equal(table.node.expression, null);
  });

  test("is compiled once, however long it is and however often it runs", () => {
    const run = (x: number): number => scan((x) => [x.sin().add(1), null], tensor(x), null, { length: 1234 })[0].item();
    run(0.1);
    const before = compilationCount();
    run(0.2);
    run(0.3);
    assert.equal(compilationCount(), before);
  });
});

suite("map", () => {
  testEach("is vmap, one slice at a time", () => {
    const x = data([4, 3]);
    const f = (row: Tensor): { soft: Tensor; sum: Tensor } => ({ soft: row.softmax(0), sum: row.sum() });
    assertNearTree(map(f, x), vmap(f)(x));
    const g = (x: Tensor): Tensor => map((row) => row.sin().mul(x.sum()), x);
    checkGrads(g, [x], { order: 2 });
    const pairs = map(([a, { b }]) => a.mul(b), [x, { b: data([4], { seed: 3 }) }]);
    assertNear(pairs, x.mul(data([4], { seed: 3 }).reshape([4, 1])));
  });
});

suite("forLoop", () => {
  testEach("counts from low to high, in int32", () => {
    const counted = forLoop(2, 6, (i, { seen }) => ({ seen: seen.mul(10).add(i), last: i }), {
      seen: tensor(0, { dtype: "int32" }),
      last: tensor(-1, { dtype: "int32" }),
    });
    assert.equal(counted.seen.item(), 2345);
    assert.equal(counted.last.item(), 5);
    assert.equal(forLoop(3, 3, (_, x) => x.mul(0), tensor(7)).item(), 7);
    assert.equal(forLoop(3, -3, (_, x) => x.mul(0), tensor(7)).item(), 7);
    assert.equal(forLoop(-3, 0, (i, x) => x.add(i), tensor(0)).item(), -6);
  });

  testEach("is differentiable with numbers as bounds", () => {
    const w = data([5], { seed: 2 });
    const f = (x: Tensor, w: Tensor): Tensor => forLoop(1, 4, (i, x) => x.mul(w.take(i.reshape([1]))).sin(), x);
    checkGrads(f, [data([3]), w], { order: 2 });
  });

  testEach("takes tensors as bounds, and then only forward mode", () => {
    const f = (x: Tensor, high: Tensor): Tensor => forLoop(1, high, (i, x) => x.mul(i).sin(), x);
    const x = data([2]);
    for (const count of [0, 1, 2, 5]) {
      const high = tensor(count, { dtype: "int32" });
      const plain = (x: Tensor): Tensor => forLoop(1, count, (i, x) => x.mul(i).sin(), x);
      assertNear(f(x, high), plain(x));
      assertNear(jacfwd(f)(x, high), jacrev(plain)(x));
    }
    const highs = tensor([3, 0, 4], { dtype: "int32" });
    assertNear(vmap(f, { inDims: [null, 0] })(x, highs), loop(f, [x, highs], [null, 0], 3));
    assert.equal(forLoop(tensor(2, { dtype: "int32" }), 5, (i, sum) => sum.add(i), tensor(0)).item(), 9);
  });
});
