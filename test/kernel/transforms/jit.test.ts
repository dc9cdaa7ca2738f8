/** @file jit: the same values and derivatives as without, traced once per signature; and what cannot be traced. */
import assert from "node:assert/strict";
import {
  compilationCount,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  randn,
  type Tensor,
  TraceError,
  tensor,
  vmap,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear, assertNearTree, assertThrows } from "../support/near.ts";

const weight = data([3, 4], { seed: 1 });
const predict = (w: Tensor, x: Tensor): Tensor => w.matmul(x).tanh();
const loss = (w: Tensor, x: Tensor): Tensor => predict(w, x).square().sum();

suite("jit", () => {
  testEach("values and derivatives are those without it, in any order of transforms", () => {
    const x = data([4], { seed: 2 });
    const rows = data([5, 4], { seed: 3 });
    assertNear(jit(predict)(weight, x), predict(weight, x));
    assertNear(jit(grad(loss))(weight, x), grad(loss)(weight, x));
    assertNear(grad(jit(loss))(weight, x), grad(loss)(weight, x));
    assertNear(jacrev(jit(predict), { argnums: 1 })(weight, x), jacrev(predict, { argnums: 1 })(weight, x));
    assertNear(jit(jacfwd(predict, { argnums: 1 }))(weight, x), jacfwd(predict, { argnums: 1 })(weight, x));
    assertNear(hessian(jit(loss))(weight, x), hessian(loss)(weight, x), { rtol: 1e-11 });
    const inDims = [null, 0];
    assertNear(vmap(jit(predict), { inDims })(weight, rows), vmap(predict, { inDims })(weight, rows));
    assertNear(jit(vmap(grad(loss), { inDims }))(weight, rows), vmap(grad(loss), { inDims })(weight, rows));
    assertNearTree(jvp(jit(predict), [weight, x], [weight, x]), jvp(predict, [weight, x], [weight, x]));
    assertNear(jit(jit(loss))(weight, x), loss(weight, x));
  });

  test("the function runs once per nesting, shapes and types, and nothing is compiled again", () => {
    let runs = 0;
    const f = jit(({ a, b }: { a: Tensor; b: Tensor }) => {
      runs++;
      return [a.mul(b).sum(), { twice: a.add(a) }] as const;
    });
    const first = f({ a: data([3]), b: data([3], { seed: 2 }) });
    assertNear(first[1].twice, data([3]).mul(2));
    const before = compilationCount();
    for (let i = 0; i < 5; i++) f({ a: data([3], { seed: i }), b: data([3]) })[0].item();
    assert.equal(runs, 1);
    assert.equal(compilationCount(), before);
    f({ a: data([2]), b: data([2]) });
    f({ a: data([3], { dtype: "float32" }), b: data([3]) });
    assert.equal(runs, 3);
  });

  test("numbers are arguments like others: a loop over rates is traced once", () => {
    let runs = 0;
    const f = jit((x: Tensor, rate: number | Tensor) => {
      runs++;
      return x.mul(rate);
    });
    const x = data([2]);
    for (const rate of [0.1, 0.25, 3]) assertNear(f(x, rate), x.mul(rate), { rtol: 1e-7 });
    assert.equal(runs, 1);
  });

  test("static arguments are seen as they are; each value is a trace of its own", () => {
    let runs = 0;
    const f = jit(
      (x: Tensor, count: number, kind: string, g: (t: Tensor) => Tensor) => {
        runs++;
        let y = x;
        for (let i = 0; i < count; i++) y = g(y);
        return kind === "sum" ? y.sum() : y;
      },
      { staticArgnums: [1, 2, -1] },
    );
    const x = data([3]);
    const [twice, third] = [(t: Tensor) => t.mul(2), (t: Tensor) => t.div(3)];
    assertNear(f(x, 3, "sum", twice), x.mul(8).sum());
    assertNear(f(x.add(1), 3, "sum", twice), x.add(1).mul(8).sum());
    assert.equal(runs, 1);
    assertNear(f(x, 2, "all", third), x.div(9));
    assertNear(f(x, 2, "all", twice), x.mul(4));
    assert.equal(runs, 3);
    assertNear(grad((t: Tensor) => f(t, 2, "sum", twice))(x), { shape: [3], data: [4, 4, 4] });
  });

  test("static arguments and nestings that look alike are told apart", () => {
    const x = data([3]);
    const lengths = jit((a: string, b: string, t: Tensor) => t.mul(10 * a.length + b.length), {
      staticArgnums: [0, 1],
    });
    assertNear(lengths("a|string b", "c", x), x.mul(101));
    assertNear(lengths("a", "b|string c", x), x.mul(20));
    assertNear(lengths('a"|"b', "c", x), x.mul(51));
    assertNear(lengths("a", 'b"|"c', x), x.mul(15));
    const over = jit((n: number, t: Tensor) => t.mul(1 / n), { staticArgnums: 0 });
    assertNear(over(0, tensor(1)), { shape: [], data: [Number.POSITIVE_INFINITY] });
    assertNear(over(-0, tensor(1)), { shape: [], data: [Number.NEGATIVE_INFINITY] });
    const keys = jit((tree: Record<string, Tensor | null>) =>
      x.mul(Object.keys(tree).length).add(Object.values(tree).at(-1)!),
    );
    assertNear(keys({ a: null, b: x }), x.mul(3));
    assertNear(keys({ "a: null, b": x }), x.mul(2));
  });

  test("an argument may be returned as it is, and results do not share memory", () => {
    const f = jit((x: Tensor, y: Tensor) => [x, x, x.add(y)]);
    const x = tensor([1, 2]);
    const [a, b, c] = f(x, tensor([1, 1]));
    assert.notEqual(a.dataSync(), x.dataSync());
    assert.notEqual(a.dataSync(), b.dataSync());
    assert.deepEqual(
      [a.toArray(), b.toArray(), c.toArray()],
      [
        [1, 2],
        [1, 2],
        [2, 3],
      ],
    );
  });

  test("what it closes over is a constant of the trace; inside a transform it is differentiated", () => {
    let scale = tensor(2);
    const f = jit((x: Tensor) => x.mul(scale));
    assert.equal(f(tensor(3)).item(), 6);
    scale = tensor(5);
    assert.equal(f(tensor(3)).item(), 6);
    // A value that a running transform watches is not kept for later calls.
    const g = (s: Tensor, inner: (x: Tensor) => Tensor): Tensor => inner(s).add(s);
    const outer = (s: Tensor): Tensor => {
      const h = jit((x: Tensor) => x.mul(s));
      return g(s, h).add(h(tensor(1, { dtype: "float64" })));
    };
    // s² + 2s
    const at = tensor(3, { dtype: "float64" });
    assert.equal(grad(outer)(at).item(), 8);
    assert.equal(grad(grad(outer))(at).item(), 2);
    const shared: { current?: Tensor } = {};
    const k = jit((x: Tensor) => x.mul(shared.current ?? 1));
    const through = (s: Tensor): Tensor => {
      shared.current = s;
      return k(s);
    };
    assert.equal(grad(through)(at).item(), 6);
    assert.equal(grad(through)(tensor(4, { dtype: "float64" })).item(), 8);
  });

  test("values cannot be read and nothing random drawn inside; the message says what to do", () => {
    const x = tensor([1, 2]);
    assertThrows(
      () => jit((t: Tensor) => (t.sum().item() > 0 ? t : t.neg()))(x),
      TraceError,
      "item()",
      "jit",
      "where(",
      "cond(",
    );
    assertThrows(() => jit((t: Tensor) => t.add(randn([2])))(x), TraceError, "randn", "jit");
    let kept: Tensor | undefined;
    jit((t: Tensor) => {
      kept = t;
      return t;
    })(x);
    assertThrows(() => kept?.add(1).toArray(), TraceError, "jit", "ended");
  });

  test("axes keep their names", () => {
    const jacobian = jit(jacrev(predict, { argnums: 1 }))(weight, data([4]));
    assert.deepEqual(jacobian.provenance?.inputs, [{ name: "x", axes: 1 }]);
    assert.equal(jacobian.provenance?.of, "predict");
  });
});
