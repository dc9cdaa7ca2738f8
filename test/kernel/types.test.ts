/**
 * @file What the types of the public API promise, checked by the compiler: a wrong type here fails `npm run check`. The
 * one test that runs makes sure that the values are what the types say.
 */
import assert from "node:assert/strict";
import {
  type Complex,
  checkGrads,
  checkpoint,
  cond,
  customJvp,
  customVjp,
  type Explanation,
  explain,
  eye,
  forLoop,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacobian,
  jacrev,
  jit,
  jvp,
  linear,
  linearize,
  makeGraph,
  map,
  ones,
  rfft,
  type Shape,
  scan,
  svd,
  Tensor,
  type TracedGraph,
  tensor,
  topK,
  valueAndGrad,
  vhp,
  vjp,
  vmap,
  whileLoop,
  zeros,
} from "../../kernel/index.ts";

/** Exactly the same type: neither wider nor narrower, and not `any`. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** The same once readonly marks and tuple spellings are set aside: each can stand for the other. */
type Alike<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
function check<_T extends true>(): void {}
/** `any` is whatever one asks for; nothing else both has and lacks a property. */
type IsAny<T> = 0 extends 1 & T ? true : false;
type Not<T extends boolean> = T extends true ? false : true;

const predict = (weight: Tensor, bias: Tensor, x: Tensor): Tensor => linear(x, weight, bias).tanh();
const total = (x: Tensor): Tensor => x.sum();
interface Layer {
  weight: Tensor;
  bias: Tensor;
}
const layered = (layer: Layer, x: Tensor): { out: Tensor; parts: [Tensor, number] } => ({
  out: linear(x, layer.weight, layer.bias),
  parts: [x.sum(), 3],
});

const [w, b, x] = [ones([2, 3]), ones([2]), ones([3])];

suite("types", () => {
  test("are those of the values", () => {
    const ofX = jacrev(predict, { argnums: 2 })(w, b, x);
    check<Equal<typeof ofX, Tensor>>();
    const ofFirst = jacfwd(predict)(w, b, x);
    check<Equal<typeof ofFirst, Tensor>>();
    const ofBoth = jacrev(predict, { argnums: [0, 1] })(w, b, x);
    check<Alike<typeof ofBoth, readonly [Tensor, Tensor]>>();
    const [ofWeight, ofBias] = ofBoth;
    check<Equal<typeof ofWeight, Tensor>>();
    const alone = jacfwd(predict, { argnums: [2] })(w, b, x);
    check<Alike<typeof alone, readonly [Tensor]>>();
    const negative = jacrev(predict, { argnums: -1 })(w, b, x);
    check<Equal<typeof negative, Tensor>>();
    assert.ok([ofX, ofFirst, ofWeight, ofBias, alone[0], negative].every((each) => each instanceof Tensor));

    const H = hessian(predict, { argnums: 2 })(w, b, x);
    check<Equal<typeof H, Tensor>>();
    const blocks = hessian(predict, { argnums: [0, 1] })(w, b, x);
    check<Alike<typeof blocks, readonly [readonly [Tensor, Tensor], readonly [Tensor, Tensor]]>>();
    assert.deepEqual(blocks[0][1].shape, [2, 2, 3, 2]);

    const g = grad(total)(x);
    check<Equal<typeof g, Tensor>>();
    const gs = grad((a: Tensor, b: Tensor) => a.mul(b).sum(), { argnums: [0, 1] })(x, x);
    check<Alike<typeof gs, readonly [Tensor, Tensor]>>();
    const [value, gradient] = valueAndGrad(total)(x);
    check<Equal<typeof value, Tensor>>();
    check<Equal<typeof gradient, Tensor>>();
    const tree = grad((layer: Layer) => linear(x, layer.weight, layer.bias).sum())({ weight: w, bias: b });
    check<Alike<typeof tree, Layer>>();
    assert.deepEqual(Object.keys(tree), ["weight", "bias"]);

    const J = jacrev(layered)({ weight: w, bias: b }, x);
    check<Alike<typeof J.out, Layer>>();
    check<Alike<(typeof J.parts)[0], Layer>>();
    assert.deepEqual(J.parts[1].weight.shape, [2, 3]);

    const mapped = vmap(layered, { inDims: [null, 0] })({ weight: w, bias: b }, ones([4, 3]));
    check<Alike<typeof mapped, { out: Tensor; parts: [Tensor, Tensor] }>>();
    assert.deepEqual(mapped.parts[1].shape, [4]);
    const mappedJacobian = vmap(jacrev(predict, { argnums: 2 }), { inDims: [null, null, 0] })(w, b, ones([4, 3]));
    check<Equal<typeof mappedJacobian, Tensor>>();
    const nested = vmap(vmap(jacrev(total)))(ones([2, 2, 3]));
    check<Equal<typeof nested, Tensor>>();

    const [y, pullback] = vjp(total, x);
    check<Equal<typeof y, Tensor>>();
    const pulled = pullback(1);
    check<Equal<typeof pulled, Tensor>>();
    const [, pullBoth] = vjp((a: Tensor, b: Tensor) => a.mul(b), x, x);
    const [pa, pb] = pullBoth(x);
    check<Equal<typeof pa, Tensor>>();
    check<Equal<typeof pb, Tensor>>();
    const [out, , aux] = vjp((x: Tensor): [Tensor, string] => [x, "note"], x, { hasAux: true });
    check<Equal<typeof out, Tensor>>();
    check<Equal<typeof aux, string>>();
    assert.equal(aux, "note");
    const rows = vmap(vjp((x: Tensor) => x.exp(), x)[1])(eye(3));
    check<Equal<typeof rows, Tensor>>();

    const [primal, tangent] = jvp(layered, [{ weight: w, bias: b }, x], [{ weight: w, bias: b }, x]);
    check<Equal<typeof primal.out, Tensor>>();
    check<Alike<typeof tangent, { out: Tensor; parts: [Tensor, Tensor] }>>();
    const [, push] = linearize(total, x);
    const pushed = push(x);
    check<Equal<typeof pushed, Tensor>>();
    const product = hvp(total, [x], [x]);
    check<Equal<typeof product, Tensor>>();
    const products = vhp((a: Tensor, b: Tensor) => a.mul(b).sum(), [x, x], [x, x]);
    check<Alike<typeof products, [Tensor, Tensor]>>();

    const [J2, extra] = jacrev((x: Tensor): [Tensor, { n: number }] => [x, { n: 1 }], { hasAux: true })(x);
    check<Equal<typeof J2, Tensor>>();
    check<Equal<typeof extra, { n: number }>>();
    const [g2, note] = grad((x: Tensor): [Tensor, string] => [x.sum(), "note"], { hasAux: true })(x);
    check<Equal<typeof g2, Tensor>>();
    check<Equal<typeof note, string>>();
    const [[v3, a3], g3] = valueAndGrad((x: Tensor): [Tensor, string] => [x.sum(), "note"], { hasAux: true })(x);
    check<Equal<typeof v3, Tensor>>();
    check<Equal<typeof a3, string>>();
    check<Equal<typeof g3, Tensor>>();
    const [H2, aux2] = hessian((x: Tensor): [Tensor, string] => [x.sum(), "note"], { hasAux: true })(x);
    check<Equal<typeof H2, Tensor>>();
    check<Equal<typeof aux2, string>>();
    const [, t4, a4] = jvp((x: Tensor): [Tensor, string] => [x, "note"], [x], [x], { hasAux: true });
    check<Equal<typeof t4, Tensor>>();
    check<Equal<typeof a4, string>>();
    // Without a word of type: a function that returns several values is known to.
    const several = jacrev((a: Tensor, b: Tensor) => [a.log(), b.sum()], { argnums: [0, 1] })(x, x);
    check<Alike<typeof several, readonly [readonly [Tensor, Tensor], readonly [Tensor, Tensor]]>>();
    const [g5, { count }] = grad((x: Tensor) => [x.sum(), { count: 2 }], { hasAux: true })(x);
    check<Equal<typeof g5, Tensor>>();
    assert.equal(count, 2);
    assert.deepEqual([extra.n, note, a3, aux2, a4], [1, "note", "note", "note", "note"]);

    check<Equal<typeof x.shape, Shape>>();
    const chained = x.matmul(w.transpose()).add(b).tanh().sum(0, { keepDims: true }).at(0);
    check<Equal<typeof chained, Tensor>>();
    const parts = w.split(3, 1);
    check<Equal<typeof parts, Tensor[]>>();
    check<Equal<ReturnType<typeof x.item>, number>>();
  });

  test("of argnums: tuples, negatives, trees inside trees", () => {
    interface Model {
      readonly layers: readonly [Layer, Layer];
      readonly scale: Tensor;
    }
    const forward = (model: Model, x: Tensor, gain: number): { out: Tensor; norms: [Tensor, Tensor] } => {
      const [first, second] = model.layers.map((layer) => linear(x, layer.weight, layer.bias).mul(model.scale));
      return { out: first.add(second).mul(gain), norms: [first.norm(), second.norm()] };
    };
    const layer: Layer = { weight: ones([2, 3]), bias: ones([2]) };
    const model: Model = { layers: [layer, { weight: ones([2, 3]).mul(2), bias: ones([2]) }], scale: tensor(0.5) };

    const J = jacrev(forward, { argnums: [0, -2] })(model, x, 2);
    check<Alike<typeof J.out, readonly [Model, Tensor]>>();
    check<Alike<(typeof J.norms)[1][0]["layers"][0], Layer>>();
    check<Not<IsAny<(typeof J.norms)[1][0]["layers"][0]["weight"]>>>();
    assert.deepEqual(J.out[0].layers[1].weight.shape, [2, 2, 3]);
    assert.deepEqual(J.norms[1][0].scale.shape, []);

    const places = [1, 2] as const;
    const both = jacfwd(predict, { argnums: places })(w, b, x);
    check<Alike<typeof both, readonly [Tensor, Tensor]>>();
    assert.deepEqual(
      both.map(({ shape }) => shape),
      [
        [2, 2],
        [2, 3],
      ],
    );
    const chosen = jacobian(predict, { argnums: [0, 1] })(w, b, x);
    check<Alike<typeof chosen, readonly [Tensor, Tensor]>>();
    const ofTree = jacobian(layered)({ weight: w, bias: b }, x);
    check<Alike<typeof ofTree, { out: Layer; parts: [Layer, Layer] }>>();
    const counted = grad((l: Layer, x: Tensor) => linear(x, l.weight, l.bias).sum(), { argnums: [-1, -2] })(
      { weight: w, bias: b },
      x,
    );
    check<Alike<typeof counted, readonly [Tensor, Layer]>>();
    assert.deepEqual(counted[1].weight.shape, [2, 3]);
    const last = grad((a: Layer, b: Tensor) => a.bias.sum().mul(b).sum(), { argnums: [-1] })(layer, tensor(1));
    check<Alike<typeof last, readonly [Tensor]>>();
    assert.equal(last.length, 1);
    // A number is a leaf like a tensor.
    const slope = grad((scale: number, x: Tensor) => x.mul(scale).sum())(2, x);
    check<Equal<typeof slope, Tensor>>();
    assert.equal(slope.item(), 3);
    const curved = hessian((layer: Layer) => linear(x, layer.weight, layer.bias).square().sum())(layer);
    check<Alike<typeof curved, { weight: Layer; bias: Layer }>>();
    assert.deepEqual(curved.weight.bias.shape, [2, 3, 2]);
    const [tree, note] = jacobian((l: Layer): [Layer, Map<string, number>] => [l, new Map([["a", 1]])], {
      hasAux: true,
    })(layer);
    check<Alike<typeof tree, { weight: Layer; bias: Layer }>>();
    check<Equal<typeof note, Map<string, number>>>();
    assert.equal(note.get("a"), 1);
    assert.deepEqual(tree.bias.weight.shape, [2, 2, 3]);
  });

  test("of composed transforms", () => {
    const batched = vmap(vmap(jacrev(layered), { inDims: [null, 0] }), { inDims: [null, 0] });
    check<Alike<Parameters<typeof batched>, [layer: Layer, x: Tensor]>>();
    const J = batched({ weight: w, bias: b }, ones([4, 5, 3]));
    check<Alike<typeof J, { out: Layer; parts: [Layer, Layer] }>>();
    check<Not<IsAny<typeof J.out.weight>>>();
    assert.deepEqual(J.out.weight.shape, [4, 5, 2, 2, 3]);

    const [out, pullback] = vjp(layered, { weight: w, bias: b }, x);
    check<Equal<typeof out.out, Tensor>>();
    const [ofLayer, ofX] = pullback({ out: ones([2]), parts: [1, 0] });
    check<Alike<typeof ofLayer, Layer>>();
    check<Equal<typeof ofX, Tensor>>();
    assert.deepEqual([ofLayer.weight.shape, ofX.shape], [[2, 3], [3]]);

    const [y, push] = linearize(layered, { weight: w, bias: b }, x);
    check<Alike<typeof y, { out: Tensor; parts: [Tensor, Tensor] }>>();
    const pushed = push({ weight: w, bias: b }, x);
    check<Alike<typeof pushed, { out: Tensor; parts: [Tensor, Tensor] }>>();
    // @ts-expect-error: a tangent for each argument
    assert.throws(() => push({ weight: w, bias: b }));

    const [value, gradient] = valueAndGrad((l: Layer, x: Tensor) => linear(x, l.weight, l.bias).sum(), {
      argnums: [0, 1],
    })({ weight: w, bias: b }, x);
    check<Equal<typeof value, Tensor>>();
    check<Alike<typeof gradient, readonly [Layer, Tensor]>>();
    assert.deepEqual(gradient[0].bias.shape, [2]);
    const twice = grad((x: Tensor) => grad((x: Tensor) => x.pow(3).sum())(x).sum())(x);
    check<Equal<typeof twice, Tensor>>();
    assert.equal(twice.at(0).item(), 6);
  });

  test("of jit, checkpoint and custom rules: those of the function", () => {
    const fast = jit(layered);
    check<Alike<Parameters<typeof fast>, [layer: Layer, x: Tensor]>>();
    check<Alike<ReturnType<typeof fast>, { out: Tensor; parts: [Tensor, Tensor] }>>();
    check<Not<IsAny<ReturnType<typeof fast>>>>();
    assert.deepEqual(fast({ weight: w, bias: b }, x).out.shape, [2]);
    const both = jit(grad((a: Tensor, b: Tensor) => a.mul(b).sum(), { argnums: [0, 1] }));
    check<Alike<ReturnType<typeof both>, readonly [Tensor, Tensor]>>();
    assert.equal(both(x, x).length, 2);

    const kept = checkpoint(layered);
    check<Alike<Parameters<typeof kept>, [layer: Layer, x: Tensor]>>();
    check<Alike<ReturnType<typeof kept>, { out: Tensor; parts: [Tensor, Tensor] }>>();
    assert.equal(kept({ weight: w, bias: b }, x).parts[1].item(), 3);

    const scaled = customJvp(
      (layer: Layer, x: Tensor) => linear(x, layer.weight, layer.bias),
      ([layer, x], [dLayer, dx]) => {
        check<Alike<typeof layer, Layer>>();
        check<Alike<typeof dLayer, Layer>>();
        check<Equal<typeof dx, Tensor>>();
        const out = linear(x, layer.weight, layer.bias);
        return [out, linear(dx, layer.weight).add(linear(x, dLayer.weight, dLayer.bias))];
      },
    );
    check<Alike<Parameters<typeof scaled>, [layer: Layer, x: Tensor]>>();
    check<Equal<ReturnType<typeof scaled>, Tensor>>();
    assert.deepEqual(jacrev(scaled)({ weight: w, bias: b }, x).weight.shape, [2, 2, 3]);

    const root = customVjp(
      (x: Tensor) => x.sqrt(),
      (x) => {
        check<Equal<typeof x, Tensor>>();
        const y = x.sqrt();
        return [y, { y }];
      },
      (residuals, cotangent) => {
        check<Equal<typeof residuals, { y: Tensor }>>();
        check<Equal<typeof cotangent, Tensor>>();
        return [cotangent.div(residuals.y.mul(2))];
      },
    );
    check<Equal<ReturnType<typeof root>, Tensor>>();
    assert.equal(grad(root)(tensor(4)).item(), 0.25);
  });

  test("of control flow: those of what is carried", () => {
    const [last, path] = scan(
      (carry, u) => {
        check<Alike<typeof carry, { readonly x: Tensor; readonly v: Tensor }>>();
        check<Alike<typeof u, readonly [Tensor, Tensor]>>();
        return [{ x: carry.x.add(carry.v), v: carry.v.add(u[0]) }, { energy: carry.v.square() }];
      },
      { x: tensor(0), v: tensor(1) },
      [ones([3]), ones([3])],
    );
    check<Equal<typeof last.x, Tensor>>();
    check<Equal<typeof path.energy, Tensor>>();
    check<Not<IsAny<typeof path>>>();
    assert.deepEqual([last.v.item(), path.energy.shape], [4, [3]]);

    const mapped = map(({ a, b }) => [a.mul(b), a.sum()], { a: ones([4, 2]), b: ones([4]) });
    check<Alike<typeof mapped, readonly [Tensor, Tensor]>>();
    assert.deepEqual(mapped[0].shape, [4, 2]);
    const [n, total] = forLoop(
      0,
      3,
      (i, [count, sum]) => {
        check<Equal<typeof i, Tensor>>();
        return [count.add(1), sum.add(i)];
      },
      [tensor(0), tensor(0)],
    );
    check<Equal<typeof n, Tensor>>();
    assert.deepEqual([n.item(), total.item()], [3, 3]);
    const found = whileLoop(
      ({ low }) => low.lt(10),
      ({ low }) => ({ low: low.mul(2) }),
      { low: tensor(1) },
    );
    check<Equal<typeof found.low, Tensor>>();
    assert.equal(found.low.item(), 16);
    const either = cond(
      tensor(true),
      (a, { b }) => ({ sum: a.add(b) }),
      (a) => ({ sum: a }),
      tensor(1),
      { b: tensor(2) },
    );
    check<Equal<typeof either.sum, Tensor>>();
    assert.equal(either.sum.item(), 3);
  });

  test("of functions with several results, and of what describes a function", () => {
    const [u, s, vt] = svd(ones([2, 3]));
    check<Equal<typeof u | typeof s | typeof vt, Tensor>>();
    const [values, indices] = topK(x, 2);
    check<Equal<typeof values | typeof indices, Tensor>>();
    const spectrum = rfft(x);
    check<Equal<typeof spectrum, Complex>>();
    const ofSpectrum = jacrev(rfft)(x);
    check<Alike<typeof ofSpectrum, { readonly real: Tensor; readonly imag: Tensor }>>();
    const graph = makeGraph(predict)(w, b, x);
    check<Equal<typeof graph, TracedGraph>>();
    const told = explain(predict)(w, b, x);
    check<Equal<typeof told, Explanation>>();
    const nothing = checkGrads(total, [zeros([2], { dtype: "float64" })]);
    check<Equal<typeof nothing, void>>();
    assert.deepEqual(ofSpectrum.real.shape, [2, 3]);
  });

  test("refuse what would fail", () => {
    // Each of these lines is an error to the compiler; the function is never called.
    const mistakes = (): void => {
      // @ts-expect-error: too few arguments
      jacrev(predict, { argnums: 2 })(w, b);
      // @ts-expect-error: an argument of another kind
      grad(total)("text");
      // @ts-expect-error: no such option
      vmap(total, { indims: 0 });
      // @ts-expect-error: no such type
      ones([2], { dtype: "float16" });
      // @ts-expect-error: a shape, not a number
      tensor([1]).reshape(3);
      // @ts-expect-error: no such method
      x.foo();
      // @ts-expect-error: primals and tangents of two lengths
      jvp(predict, [w, b, x], [w, b]);
      // @ts-expect-error: strings are no tensors
      x.add("1");
    };
    assert.equal(typeof mistakes, "function");
  });
});
