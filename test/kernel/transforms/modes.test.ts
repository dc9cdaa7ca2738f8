/** @file vjp, jvp, linearize, grad, valueAndGrad, hvp and vhp: trees, aux, repeated use, control flow, closures. */
import assert from "node:assert/strict";
import {
  eye,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  type Tensor,
  tensor,
  valueAndGrad,
  vhp,
  vjp,
  vmap,
  zeros,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { differences } from "../support/differences.ts";
import { assertNear, assertNearTree } from "../support/near.ts";

suite("vjp", () => {
  testEach("one primal gives one cotangent, several give an array", () => {
    const f = (x: Tensor, y: Tensor): Tensor => x.matmul(y);
    const [x, y, c] = [data([2, 3]), data([3, 4], { seed: 2 }), data([2, 4], { seed: 3 })];
    const [out, pullback] = vjp(f, x, y);
    assertNear(out, x.matmul(y));
    assertNearTree(pullback(c), [c.matmul(y.transpose()), x.transpose().matmul(c)], { rtol: 1e-13 });
    const [, single] = vjp((x: Tensor) => f(x, y), x);
    assertNear(single(c), c.matmul(y.transpose()), { rtol: 1e-13 });
  });

  test("trees in and out; a number stands for a scalar cotangent", () => {
    const f = ({ a, b }: { a: Tensor; b: [Tensor] }): { s: Tensor; v: [Tensor] } => ({
      s: a.sum().mul(b[0]),
      v: [a.exp()],
    });
    const [a, b] = [data([3]), data([], { seed: 4 })];
    const [out, pullback] = vjp(f, { a, b: [b] });
    assertNearTree(out, { s: a.sum().mul(b), v: [a.exp()] });
    assertNearTree(pullback({ s: 2, v: [zeros([3], { dtype: "float64" })] }), {
      a: b.mul(2).broadcastTo([3]),
      b: [a.sum().mul(2)],
    });
  });

  testEach("the pullback works many times, after reading, and under vmap", () => {
    const x = data([4]);
    const f = (x: Tensor): Tensor => x.sin().mul(x.square()).slice(0, 0, 3);
    const [out, pullback] = vjp(f, x);
    const J = jacrev(f)(x);
    out.dataSync();
    for (let i = 0; i < 3; i++) {
      const c = eye(3, { dtype: "float64" }).at(i);
      assertNear(pullback(c), J.at(i), { rtol: 1e-13 });
      pullback(c).dataSync();
    }
    assertNear(vmap(pullback)(eye(3, { dtype: "float64" })), J, { rtol: 1e-13 });
    assertNear(vmap(pullback, { inDims: 1, outDims: 1 })(eye(3, { dtype: "float64" })), J.transpose(), { rtol: 1e-13 });
    // And a derivative of what it is: linear.
    const pulled = (c: Tensor): Tensor => pullback(c);
    assertNear(jacrev(pulled)(data([3])), J.transpose(), { rtol: 1e-13 });
    assertNear(jacfwd(pulled)(data([3])), J.transpose(), { rtol: 1e-13 });
  });

  test("one result given back twice takes both cotangents", () => {
    const [, pullback] = vjp(
      (x: Tensor) => {
        const y = x.mul(2);
        return [y, y];
      },
      tensor([1, 2]),
    );
    assertNear(pullback([tensor([1, 10]), tensor([100, 1000])]), tensor([202, 2020]));
  });

  test("a result that is the input, or does not depend on it", () => {
    const [out, pullback] = vjp((x: Tensor) => [x, tensor([5])], tensor([1, 2]));
    assertNearTree(out, [tensor([1, 2]), tensor([5])]);
    assertNear(pullback([tensor([3, 4]), tensor([9])]), tensor([3, 4]));
    const [, none] = vjp((_: Tensor) => tensor(1), tensor([1, 2]));
    assertNear(none(1), zeros([2]));
  });

  test("an integer result takes a cotangent that counts for nothing", () => {
    const [, pullback] = vjp((x: Tensor) => ({ y: x.mul(2), at: x.argmax() }), tensor([1, 3]));
    assertNear(pullback({ y: tensor([1, 1]), at: tensor(0, { dtype: "int32" }) }), tensor([2, 2]));
  });

  test("hasAux", () => {
    const [out, pullback, aux] = vjp((x: Tensor) => [x.square(), "note"] as const, tensor([1, 2]), { hasAux: true });
    assertNear(out, tensor([1, 4]));
    assertNear(pullback(tensor([1, 1])), tensor([2, 4]));
    assert.equal(aux, "note");
  });

  test("an argument that is mutated as an array cannot change what was recorded", () => {
    const list = [tensor(2), tensor(3)];
    const [, pullback] = vjp((pair: Tensor[]) => pair[0].mul(pair[1]), list);
    list[0] = tensor(100);
    assertNearTree(pullback(1), [tensor(3), tensor(2)]);
  });
});

suite("jvp and linearize", () => {
  testEach("are the Jacobian times the tangent", () => {
    const f = (x: Tensor, y: Tensor): Tensor => x.matmul(y.exp()).sin();
    const args = [data([2, 3]), data([3], { seed: 2 })] as const;
    const tangents = [data([2, 3], { seed: 3 }), data([3], { seed: 4 })] as const;
    const [out, dout] = jvp(f, [...args], [...tangents]);
    assertNear(out, f(...args));
    const [jx, jy] = jacrev(f, { argnums: [0, 1] })(...args);
    const expected = jx
      .reshape([2, 6])
      .matmul(tangents[0].reshape([6]))
      .add(jy.matmul(tangents[1]));
    assertNear(dout, expected, { rtol: 1e-12 });
    const [again, push] = linearize(f, ...args);
    assertNear(again, out);
    assertNear(push(...tangents), dout, { rtol: 1e-13 });
    assertNear(push(tangents[0].mul(2), tangents[1].mul(2)), dout.mul(2), { rtol: 1e-13 });
  });

  test("linearize evaluates the function once, and its pushforward works under vmap", () => {
    let calls = 0;
    const x = data([3]);
    const [out, push] = linearize((x: Tensor) => {
      calls++;
      return x.exp().mul(x);
    }, x);
    out.dataSync();
    const columns = vmap(push, { outDims: 1 })(eye(3, { dtype: "float64" }));
    assertNear(columns, jacfwd((x: Tensor) => x.exp().mul(x))(x), { rtol: 1e-13 });
    push(x).dataSync();
    assert.equal(calls, 1);
  });

  test("transforms call the function once per call", () => {
    let calls = 0;
    const f = (x: Tensor): Tensor => {
      calls++;
      return x.square();
    };
    const x = data([3]);
    for (const run of [
      () => jacrev(f)(x),
      () => jacfwd(f)(x),
      () => vmap(f)(x),
      () => grad((x: Tensor) => f(x).sum())(x),
      () => jvp(f, [x], [x]),
      () => hessian(f)(x),
      () => vjp(f, x)[1](x),
    ]) {
      calls = 0;
      run();
      assert.equal(calls, 1, String(run));
    }
  });

  test("trees, aux, and zeros for what does not depend", () => {
    const f = (p: { a: Tensor; b: number }): [{ y: Tensor; z: Tensor }, string] => [
      { y: p.a.mul(p.b), z: tensor([7]) },
      "aux",
    ];
    const result = jvp(f, [{ a: tensor([1, 2]), b: 3 }], [{ a: tensor([1, 0]), b: 10 }], { hasAux: true });
    const [out, tangent, aux] = result;
    assertNearTree(out, { y: tensor([3, 6]), z: tensor([7]) });
    assertNearTree(tangent, { y: tensor([13, 20]), z: tensor([0]) });
    assert.equal(aux, "aux");
  });
});

suite("grad and valueAndGrad", () => {
  testEach("are the differences, for every argument and in trees", () => {
    const loss = (w: Tensor, x: { readonly data: Tensor; readonly shift: Tensor }): Tensor =>
      x.data.matmul(w).add(x.shift).tanh().square().mean();
    const [w, x, s] = [data([3, 2]), data([4, 3], { seed: 2 }), data([2], { seed: 3 })];
    const flat = (w: Tensor, x: Tensor, s: Tensor): Tensor => loss(w, { data: x, shift: s });
    const [gw, gx] = grad(loss, { argnums: [0, 1] })(w, { data: x, shift: s });
    const options = { rtol: 1e-6, atol: 1e-9 };
    assertNear(gw, differences(flat, [w, x, s], 0), options);
    assertNear(gx.data, differences(flat, [w, x, s], 1), options);
    assertNear(gx.shift, differences(flat, [w, x, s], 2), options);
    const [value, gradient] = valueAndGrad(loss)(w, { data: x, shift: s });
    assertNear(value, loss(w, { data: x, shift: s }));
    assertNear(gradient, gw);
    const [, last] = valueAndGrad(loss, { argnums: -1 })(w, { data: x, shift: s });
    assertNearTree(last, gx);
    assertNearTree(grad(loss, { argnums: [1] })(w, { data: x, shift: s }), [gx]);
  });

  test("hasAux", () => {
    const f = (x: Tensor): [Tensor, { n: number }] => [x.square().sum(), { n: 5 }];
    const [g, aux] = grad(f, { hasAux: true })(tensor([1, 2]));
    assertNear(g, tensor([2, 4]));
    assert.deepEqual(aux, { n: 5 });
    const [[value, again], same] = valueAndGrad(f, { hasAux: true })(tensor([1, 2]));
    assert.equal(value.item(), 5);
    assert.deepEqual(again, { n: 5 });
    assertNear(same, g);
  });

  testEach("control flow on values: if, while and item inside grad, jvp, vjp and jacrev", () => {
    const f = (x: Tensor): Tensor => {
      let y = x.sum();
      let steps = 0;
      while (y.item() < 10) {
        y = y.mul(1.5).add(x.at(0));
        steps++;
      }
      if (y.item() > 12 && steps > 1) y = y.square();
      return y;
    };
    const x = data([3], { low: 0.5, high: 1 });
    const expected = differences(f, [x]);
    const options = { rtol: 1e-6 };
    assertNear(grad(f)(x), expected, options);
    assertNear(jacrev(f)(x), expected, options);
    assertNear(jacfwd(f)(x), expected, options);
    assertNear(vjp(f, x)[1](1), expected, options);
    const v = data([3], { seed: 6 });
    assertNear(jvp(f, [x], [v])[1], v.dot(tensor(Float64Array.from(expected.data))), options);
    assertNear(hessian(f)(x), differences(grad(f), [x]), { rtol: 1e-5, atol: 1e-5 });
  });

  test("toArray, dataSync and printing inside are allowed, and change nothing", () => {
    const g = grad((x: Tensor) => {
      const y = x.exp();
      assert.equal(y.toArray().toString(), y.dataSync().toString());
      assert.match(String(y), /^tensor\(/);
      return y.sum();
    })(tensor([0, 1]));
    assertNear(g, tensor([1, Math.E]));
  });

  test("closures see the values they closed over", () => {
    let scale = tensor(2);
    const f = (x: Tensor): Tensor => x.square().mul(scale).sum();
    const g = grad(f);
    assertNear(g(tensor([3])), tensor([12]));
    scale = tensor(5);
    assertNear(g(tensor([3])), tensor([30]));
  });

  test("a tensor kept from inside grad stays a value, without any tie to it", () => {
    let leaked: Tensor | undefined;
    const x = tensor([1, 2]);
    grad((x: Tensor) => {
      leaked = x.square();
      return leaked.sum();
    })(x);
    assertNear(leaked!, tensor([1, 4]));
    assertNear(grad((x: Tensor) => x.mul(leaked!).sum())(x), tensor([1, 4]));
  });

  test("an exception inside leaves nothing behind", () => {
    const f = (x: Tensor): Tensor => {
      x.square().dataSync();
      throw new Error("mine");
    };
    for (const run of [() => grad(f)(tensor(1)), () => vmap(f)(tensor([1])), () => jacfwd(f)(tensor(1))]) {
      assert.throws(run, /mine|inside vmap/);
    }
    assertNear(grad((x: Tensor) => x.square())(tensor(3)), tensor(6));
    let x = tensor(0);
    for (let i = 0; i < 1000; i++) x = x.add(1);
    assert.equal(x.node.depth < 1000, true, "long chains are evaluated again");
  });
});

suite("hvp and vhp", () => {
  testEach("are products with the Hessian", () => {
    const f = (x: Tensor): Tensor => x.matmul(x.transpose()).tanh().sum().mul(x.at(0, 1));
    const [x, v] = [data([2, 3]), data([2, 3], { seed: 2 })];
    const H = hessian(f)(x).reshape([6, 6]);
    const expected = H.matmul(v.reshape([6])).reshape([2, 3]);
    assertNear(hvp(f, [x], [v]), expected, { rtol: 1e-11 });
    assertNear(vhp(f, [x], [v]), expected, { rtol: 1e-11 });
  });

  test("of several arguments take the mixed blocks along", () => {
    const f = (x: Tensor, y: Tensor): Tensor => x.exp().mul(y.square()).sum();
    const [x, y, v, u] = [1, 2, 3, 4].map((seed) => data([3], { seed }));
    const expected = [
      x.exp().mul(y.square()).mul(v).add(x.exp().mul(y).mul(2).mul(u)),
      x.exp().mul(y).mul(2).mul(v).add(x.exp().mul(2).mul(u)),
    ];
    assertNearTree(hvp(f, [x, y], [v, u]), expected, { rtol: 1e-12 });
    assertNearTree(vhp(f, [x, y], [v, u]), expected, { rtol: 1e-12 });
  });

  test("under vmap, over many vectors at once", () => {
    const f = (x: Tensor): Tensor => x.sin().mul(x.roll(1, 0)).sum();
    const x = data([4]);
    const unit = eye(4, { dtype: "float64" });
    assertNear(vmap((v: Tensor) => hvp(f, [x], [v]))(unit), hessian(f)(x), { rtol: 1e-12 });
    assertNear(vmap((v: Tensor) => vhp(f, [x], [v]))(unit), hessian(f)(x), { rtol: 1e-12 });
  });
});
