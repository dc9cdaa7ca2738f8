/** @file The idioms of torch.func's guides: per-sample gradients, ensembles, Jacobians and Hessians, tangent kernels, MAML. */
import {
  crossEntropy,
  einsum,
  eye,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linear,
  stack,
  type Tensor,
  tensor,
  tensordot,
  vjp,
  vmap,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { differences } from "../support/differences.ts";
import { assertNear } from "../support/near.ts";

interface Params {
  readonly w1: Tensor;
  readonly b1: Tensor;
  readonly w2: Tensor;
  readonly b2: Tensor;
}

const initial = (seed: number, inputs = 3, hidden = 4, outputs = 2): Params => ({
  w1: data([hidden, inputs], { seed }),
  b1: data([hidden], { seed: seed + 1 }),
  w2: data([outputs, hidden], { seed: seed + 2 }),
  b2: data([outputs], { seed: seed + 3 }),
});
const apply = ({ w1, b1, w2, b2 }: Params, x: Tensor): Tensor => linear(linear(x, w1, b1).tanh(), w2, b2);
const moved = (p: Params, by: Params, rate: number): Params => ({
  w1: p.w1.sub(by.w1.mul(rate)),
  b1: p.b1.sub(by.b1.mul(rate)),
  w2: p.w2.sub(by.w2.mul(rate)),
  b2: p.b2.sub(by.b2.mul(rate)),
});

suite("idioms of torch.func", () => {
  const params = initial(1);
  const x = data([5, 3], { seed: 9 });
  const classes = tensor([0, 1, 1, 0, 1], { dtype: "int32" });

  testEach("per-sample gradients: vmap of grad over examples, with the parameters not mapped", () => {
    const loss = (p: Params, one: Tensor, target: Tensor): Tensor =>
      crossEntropy(apply(p, one.expandDims(0)), target.expandDims(0));
    const each = vmap(grad(loss), { inDims: [null, 0, 0] })(params, x, classes) as Params;
    for (let i = 0; i < 5; i++) {
      const alone = grad(loss)(params, x.at(i), classes.at(i));
      for (const key of ["w1", "b1", "w2", "b2"] as const) {
        assertNear(each[key].at(i), alone[key], { what: `${key} of example ${i}`, atol: 1e-13 });
      }
    }
    // Their mean is the gradient of the mean.
    const whole = grad((p: Params) => crossEntropy(apply(p, x), classes))(params);
    assertNear(each.w1.mean(0), whole.w1, { atol: 1e-13 });
    // The outer product that the chain rule gives for the last layer.
    const hidden = linear(x, params.w1, params.b1).tanh();
    const error = apply(params, x)
      .softmax(-1)
      .sub(eye(2, { dtype: "float64" }).take(classes));
    assertNear(each.w2, einsum("no,nh->noh", error, hidden), { atol: 1e-13 });
  });

  testEach("an ensemble: vmap over stacked parameters, with one batch for all or one for each", () => {
    const models = [initial(1), initial(20), initial(40)];
    const stacked: Params = {
      w1: stack(models.map(({ w1 }) => w1)),
      b1: stack(models.map(({ b1 }) => b1)),
      w2: stack(models.map(({ w2 }) => w2)),
      b2: stack(models.map(({ b2 }) => b2)),
    };
    const shared = vmap(apply, { inDims: [0, null] })(stacked, x);
    const batches = data([3, 2, 3], { seed: 5 });
    const own = vmap(apply)(stacked, batches);
    models.forEach((model, i) => {
      assertNear(shared.at(i), apply(model, x), { atol: 1e-13 });
      assertNear(own.at(i), apply(model, batches.at(i)), { atol: 1e-13 });
    });
  });

  testEach("a Jacobian is vmap of a pullback over the identity, and jacfwd and jacrev agree with it", () => {
    const weight = data([4, 3], { seed: 2 });
    const bias = data([4], { seed: 3 });
    const f = (v: Tensor): Tensor => linear(v, weight, bias).tanh();
    const point = x.at(0);
    const [out, pull] = vjp(f, point);
    const byHand = vmap((row: Tensor) => pull(row) as Tensor)(eye(4, { dtype: "float64" }));
    const closed = out.square().neg().add(1).expandDims(1).mul(weight);
    for (const jacobian of [byHand, jacrev(f)(point), jacfwd(f)(point)]) assertNear(jacobian, closed, { atol: 1e-14 });
    // Batched: per-example Jacobians, which the Jacobian of the sum over examples holds too.
    const batched = vmap(jacrev(f))(x);
    assertNear(batched, jacrev((many: Tensor) => f(many).sum(0))(x).moveAxis(1, 0), { atol: 1e-14 });
  });

  testEach("a Hessian four ways, and its product with a vector without forming it", () => {
    const f = (v: Tensor): Tensor => v.sin().mul(v.sum()).sum();
    const point = x.at(1);
    const direction = x.at(2);
    const ways = [jacfwd, jacrev].flatMap((outer) => [jacfwd, jacrev].map((inner) => outer(inner(f))(point)));
    const wanted = hessian(f)(point);
    for (const way of ways) assertNear(way, wanted, { atol: 1e-14 });
    const product = wanted.matmul(direction);
    assertNear(jvp(grad(f), [point], [direction])[1], product, { atol: 1e-13 });
    assertNear(grad((v: Tensor) => grad(f)(v).dot(direction))(point), product, { atol: 1e-13 });
    assertNear(vjp(grad(f), point)[1](direction) as Tensor, product, { atol: 1e-13 });
    assertNear(hvp(f, [point], [direction]), product, { atol: 1e-13 });
  });

  testEach("the empirical tangent kernel: Jacobian contraction, and vector products through vmap", () => {
    const other = data([2, 3], { seed: 31 });
    const f = (p: Params, one: Tensor): Tensor => apply(p, one);
    const jacobians = (inputs: Tensor): Params =>
      vmap(jacrev(f), { inDims: [null, 0] })(params, inputs) as unknown as Params;
    const [left, right] = [jacobians(x), jacobians(other)];
    const contracted = (["w1", "b1", "w2", "b2"] as const)
      .map((key) => {
        const flat = (j: Tensor): Tensor => j.reshape([j.shape[0], j.shape[1], -1]);
        return einsum("naf,mbf->nmab", flat(left[key]), flat(right[key]));
      })
      .reduce((a, b) => a.add(b));
    // The same by pulling each unit vector back at x2 and pushing it forward at x1.
    const entry = (one: Tensor, two: Tensor): Tensor => {
      const [, pull] = vjp((p: Params) => f(p, two), params);
      const column = (unit: Tensor): Tensor => jvp((p: Params) => f(p, one), [params], [pull(unit) as Params])[1];
      return vmap(column, { outDims: 1 })(eye(2, { dtype: "float64" }));
    };
    const products = vmap(vmap(entry, { inDims: [null, 0] }), { inDims: [0, null] })(x, other);
    assertNear(products, contracted, { rtol: 1e-11, atol: 1e-12 });
  });

  testEach("MAML: the gradient through an inner step of gradient descent", () => {
    const inner = (p: Params, inputs: Tensor, targets: Tensor): Tensor => apply(p, inputs).sub(targets).square().mean();
    const [supports, queries] = [data([4, 5, 3], { seed: 50 }), data([4, 6, 3], { seed: 51 })];
    const [supportY, queryY] = [data([4, 5, 2], { seed: 52 }), data([4, 6, 2], { seed: 53 })];
    const task = (p: Params, sx: Tensor, sy: Tensor, qx: Tensor, qy: Tensor): Tensor => {
      const adapted = moved(p, grad(inner)(p, sx, sy), 0.1);
      return inner(adapted, qx, qy);
    };
    const outer = (p: Params): Tensor =>
      vmap(task, { inDims: [null, 0, 0, 0, 0] })(p, supports, supportY, queries, queryY).mean();
    const got = grad(outer)(params);
    for (const key of ["w1", "b2"] as const) {
      const wanted = differences((value) => outer({ ...params, [key]: value }), [params[key]]);
      assertNear(got[key], wanted, { rtol: 1e-7, atol: 1e-9, what: key });
    }
    // A line through the origin has a gradient by hand: with loss (w x − y)², one step of rate r and one example.
    const scalar = (w: Tensor): Tensor => {
      const line = (v: Tensor): Tensor => v.mul(2).sub(1).square();
      return line(w.sub(grad(line)(w).mul(0.05)));
    };
    // w' = w − 0.2 (2w − 1) = 0.6 w + 0.2; d/dw (2w' − 1)² = 2 (2w' − 1) · 2 · 0.6
    const w = tensor(0.7, { dtype: "float64" });
    assertNear(grad(scalar)(w), tensor(2.4 * (2 * 0.62 - 1), { dtype: "float64" }), { rtol: 1e-12 });
  });

  testEach("vmap with inDims nested like its arguments, and outDims likewise", () => {
    const f = ({ a, b }: { a: Tensor; b: [Tensor, Tensor] }, scale: Tensor): { sum: Tensor; parts: Tensor } => ({
      sum: a.mul(b[0]).sum(),
      parts: b[1].mul(scale),
    });
    const a = data([3, 4], { seed: 1 });
    const b0 = data([4], { seed: 2 });
    const b1 = data([2, 3], { seed: 3 });
    const scale = tensor(3, { dtype: "float64" });
    const got = vmap(f, { inDims: [{ a: 0, b: [null, 1] }, null], outDims: { sum: 0, parts: 1 } })(
      { a, b: [b0, b1] },
      scale,
    );
    assertNear(got.sum, a.matmul(b0), { atol: 1e-14 });
    assertNear(got.parts, b1.mul(3), { atol: 1e-14 });
  });

  testEach("compositions: the Laplacian as a trace of jvps, and a divergence", () => {
    const f = (v: Tensor): Tensor => v.square().sum().mul(v.at(0)).exp();
    const point = tensor([0.3, -0.2, 0.5], { dtype: "float64" });
    const along = (unit: Tensor): Tensor => jvp(grad(f), [point], [unit])[1].dot(unit);
    const laplacian = vmap(along)(eye(3, { dtype: "float64" })).sum();
    // With g = r² x: f = exp g, Δf = (|∇g|² + Δg) f, ∇g = (r² + 2x², 2xy, 2xz), Δg = 10 x.
    const [px, py, pz] = [0.3, -0.2, 0.5];
    const r2 = px ** 2 + py ** 2 + pz ** 2;
    const slope = (r2 + 2 * px * px) ** 2 + (2 * px * py) ** 2 + (2 * px * pz) ** 2;
    assertNear(laplacian, tensor((slope + 10 * px) * Math.exp(r2 * px), { dtype: "float64" }), { rtol: 1e-12 });
    assertNear(tensordot(hessian(f)(point), eye(3, { dtype: "float64" }), 2), laplacian, { rtol: 1e-12 });
  });
});
