/**
 * @file What the types of the public API promise, checked by the compiler: a wrong type here fails `npm run check`. The
 * one test that runs makes sure that the values are what the types say.
 */
import assert from "node:assert/strict";
import {
  eye,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linear,
  linearize,
  ones,
  type Shape,
  Tensor,
  tensor,
  valueAndGrad,
  vhp,
  vjp,
  vmap,
} from "../../kernel/index.ts";

/** Exactly the same type: neither wider nor narrower, and not `any`. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** The same once readonly marks and tuple spellings are set aside: each can stand for the other. */
type Alike<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
function check<_T extends true>(): void {}

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
