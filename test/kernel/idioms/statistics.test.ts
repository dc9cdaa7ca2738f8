/** @file Statistics and learning with derivatives inside: Gaussian processes, Laplace's method, attention, a convolutional net. */
import {
  attention,
  cholesky,
  conv2d,
  crossEntropy,
  eye,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jit,
  jvp,
  linspace,
  logSigmoid,
  logsumexp,
  maxPool2d,
  oneHot,
  slogdet,
  solve,
  stack,
  type Tensor,
  tensor,
  triangularSolve,
  tril,
  valueAndGrad,
  vjp,
  vmap,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { differences } from "../support/differences.ts";
import { assertNear } from "../support/near.ts";

const double = (value: number | number[] | number[][]): Tensor => tensor(value, { dtype: "float64" });

suite("idioms of statistics and learning", () => {
  testEach("the marginal likelihood of a Gaussian process: gradient and curvature by the trace formulas", () => {
    const x = linspace(0, 2, 6, { dtype: "float64" });
    const y = x
      .mul(2)
      .sin()
      .add(data([6], { seed: 2, low: -0.1, high: 0.1 }));
    const kernel = (a: Tensor, b: Tensor, p: Tensor): Tensor =>
      a.sub(b).div(p.at(0).exp()).square().mul(-0.5).exp().mul(p.at(1).exp());
    const covariance = (p: Tensor): Tensor =>
      vmap((a: Tensor) => vmap((b: Tensor) => kernel(a, b, p))(x))(x).add(
        eye(6, { dtype: "float64" }).mul(p.at(2).exp()),
      );
    const likelihood = (p: Tensor): Tensor => {
      const L = cholesky(covariance(p));
      const z = triangularSolve(L, y.expandDims(1));
      return z
        .square()
        .sum()
        .mul(-0.5)
        .sub(L.diagonal().log().sum())
        .sub(3 * Math.log(2 * Math.PI));
    };
    const p = double([-0.2, 0.3, -2]);
    // ∂/∂pᵢ = ½ αᵀ Kᵢ α − ½ tr(K⁻¹ Kᵢ), α = K⁻¹ y.
    const K = covariance(p);
    const alpha = solve(K, y);
    const slopes = jacfwd(covariance)(p).moveAxis(2, 0);
    const byTraces = vmap((Ki: Tensor) => alpha.dot(Ki.matmul(alpha)).sub(solve(K, Ki).trace()).mul(0.5))(slopes);
    const [value, gradient] = valueAndGrad(likelihood)(p);
    const direct = y
      .dot(alpha)
      .mul(-0.5)
      .sub(slogdet(K)[1].mul(0.5))
      .sub(3 * Math.log(2 * Math.PI));
    assertNear(value, direct, { rtol: 1e-12 });
    assertNear(gradient, byTraces, { rtol: 1e-10 });
    assertNear(hessian(likelihood)(p), differences(grad(likelihood), [p]), { rtol: 1e-6 });
    assertNear(jit(grad(likelihood))(p), gradient, { rtol: 1e-12 });
  });

  testEach("Laplace's approximation with hessian and slogdet, exact for a normal density", () => {
    const precision = double([
      [2, 0.6],
      [0.6, 1.5],
    ]);
    const mode = double([0.4, -1]);
    const logDensity = (x: Tensor): Tensor =>
      x
        .sub(mode)
        .dot(precision.matmul(x.sub(mode)))
        .mul(-0.5);
    const evidence = (f: (x: Tensor) => Tensor, at: Tensor): Tensor =>
      f(at)
        .add(Math.log(2 * Math.PI))
        .sub(slogdet(hessian(f)(at).neg())[1].mul(0.5));
    assertNear(evidence(logDensity, mode), double(Math.log(2 * Math.PI) - 0.5 * Math.log(2 * 1.5 - 0.36)), {
      rtol: 1e-13,
    });
    // ∫ x^n e^−x dx = n!: Stirling's formula is Laplace's method at x = n.
    const stirling = (n: Tensor): Tensor => {
      const f = (x: Tensor): Tensor => n.mul(x.log()).sub(x);
      return f(n)
        .add(0.5 * Math.log(2 * Math.PI))
        .sub(hessian(f)(n).neg().log().mul(0.5));
    };
    assertNear(stirling(double(10)), double(10 * Math.log(10) - 10 + 0.5 * Math.log(20 * Math.PI)), { rtol: 1e-13 });
    // d/dn (n log n − n + ½ log 2πn) = log n + 1/(2n): a derivative through a Hessian.
    assertNear(grad(stirling)(double(10)), double(Math.log(10) + 1 / 20), { rtol: 1e-12 });
  });

  testEach(
    "logistic regression: gradient, per-example gradients and the product with the Hessian in closed form",
    () => {
      const X = data([7, 3], { seed: 3 });
      const t = double([1, 0, 1, 1, 0, 0, 1]);
      const signs = t.mul(2).sub(1);
      const loss = (w: Tensor): Tensor => logSigmoid(X.matmul(w).mul(signs)).sum().neg();
      const w = data([3], { seed: 4 });
      const v = data([3], { seed: 5 });
      const q = X.matmul(w).sigmoid();
      assertNear(grad(loss)(w), X.transpose().matmul(q.sub(t)), { rtol: 1e-12 });
      const curvature = X.transpose()
        .mul(q.mul(q.neg().add(1)))
        .matmul(X);
      assertNear(hessian(loss)(w), curvature, { rtol: 1e-12 });
      assertNear(hvp(loss, [w], [v]), curvature.matmul(v), { rtol: 1e-12 });
      assertNear(jvp(grad(loss), [w], [v])[1], curvature.matmul(v), { rtol: 1e-12 });
      const one = (p: Tensor, x: Tensor, sign: Tensor): Tensor => logSigmoid(x.dot(p).mul(sign)).neg();
      assertNear(vmap(grad(one), { inDims: [null, 0, 0] })(w, X, signs), X.mul(q.sub(t).expandDims(1)), {
        rtol: 1e-12,
      });
      // The Gauss–Newton product Jᵀ H J v, from a push, a curvature and a pull.
      const scores = (p: Tensor): Tensor => X.matmul(p);
      const [z, pushed] = jvp(scores, [w], [v]);
      const outer = (s: Tensor): Tensor => logSigmoid(s.mul(signs)).sum().neg();
      const [, bent] = jvp(grad(outer), [z], [pushed]);
      assertNear(vjp(scores, w)[1](bent) as Tensor, curvature.matmul(v), { rtol: 1e-12 });
    },
  );

  testEach("a mixture's responsibilities are the gradient of its log likelihood in the scores", () => {
    const scores = data([5, 3], { seed: 6, low: -800, high: 800 });
    const got = grad((s: Tensor) => logsumexp(s, 1).sum())(scores);
    assertNear(got, scores.softmax(1), { atol: 1e-15 });
    assertNear(
      vmap(hessian((s: Tensor) => logsumexp(s)))(scores.div(400)),
      vmap((s: Tensor) => {
        const r = s.softmax(0);
        return r
          .expandDims(1)
          .mul(eye(3, { dtype: "float64" }))
          .sub(r.expandDims(1).mul(r));
      })(scores.div(400)),
      { atol: 1e-15 },
    );
  });

  testEach("masked attention: the past alone counts, in value and in derivative, under vmap over heads", () => {
    const [q, k, v] = [1, 2, 3].map((seed) => data([2, 4, 3], { seed }));
    const mask = tril(
      tensor(
        [
          [1, 1, 1, 1],
          [1, 1, 1, 1],
          [1, 1, 1, 1],
          [1, 1, 1, 1],
        ],
        { dtype: "bool" },
      ),
    );
    const heads = attention(q, k, v, { mask });
    assertNear(vmap((a: Tensor, b: Tensor, c: Tensor) => attention(a, b, c, { causal: true }))(q, k, v), heads, {
      rtol: 1e-13,
    });
    // By hand, row by row over what is seen.
    const byHand = (a: Tensor, b: Tensor, c: Tensor): Tensor =>
      stack(
        [0, 1, 2, 3].map((i) => {
          const weights = b
            .slice(0, 0, i + 1)
            .matmul(a.at(i))
            .div(Math.sqrt(3))
            .softmax(0);
          return weights.matmul(c.slice(0, 0, i + 1));
        }),
      );
    assertNear(heads.at(1), byHand(q.at(1), k.at(1), v.at(1)), { rtol: 1e-13 });
    const J = jacrev((b: Tensor) => attention(q.at(0), b, v.at(0), { mask }))(k.at(0));
    assertNear(J, jacrev((b: Tensor) => byHand(q.at(0), b, v.at(0)))(k.at(0)), { rtol: 1e-11, atol: 1e-13 });
    // No output depends on a later key: exact zeros.
    const future = J.at(1, null, [2, 4]);
    assertNear(future, { shape: [3, 2, 3], data: new Array<number>(18).fill(0) }, { atol: 0 });
  });

  testEach("a convolutional net: gradients of all layers, and per-example ones, against differences", () => {
    const images = data([3, 1, 6, 6], { seed: 4 });
    const labels = tensor([2, 0, 1], { dtype: "int32" });
    const net = {
      filters: data([2, 1, 3, 3], { seed: 5 }),
      weight: data([3, 8], { seed: 6 }),
      bias: data([3], { seed: 7 }),
    };
    type Net = typeof net;
    const logits = ({ filters, weight, bias }: Net, x: Tensor): Tensor =>
      maxPool2d(conv2d(x, filters).relu(), 2).reshape([x.shape[0], -1]).matmul(weight.transpose()).add(bias);
    const loss = (n: Net, x: Tensor, target: Tensor): Tensor => crossEntropy(logits(n, x), target);
    const gradient = grad(loss)(net, images, labels);
    for (const key of ["filters", "weight", "bias"] as const) {
      const wanted = differences((value) => loss({ ...net, [key]: value }, images, labels), [net[key]]);
      assertNear(gradient[key], wanted, { rtol: 1e-6, atol: 1e-9, what: key });
    }
    const each = vmap(
      grad((n: Net, x: Tensor, target: Tensor) => loss(n, x.expandDims(0), target.expandDims(0))),
      { inDims: [null, 0, 0] },
    )(net, images, labels);
    assertNear(each.filters.mean(0), gradient.filters, { rtol: 1e-11, atol: 1e-13 });
    // Which input moves the loss: its gradient with respect to the logits is softmax less the target.
    const fromLogits = grad((z: Tensor) => crossEntropy(z, labels))(logits(net, images));
    const wanted = logits(net, images).softmax(1).sub(oneHot(labels, 3).to("float64")).div(3);
    assertNear(fromLogits, wanted, { rtol: 1e-12, atol: 1e-15 });
    const saliency = vjp((x: Tensor) => logits(net, x), images)[1](fromLogits) as Tensor;
    assertNear(saliency, grad(loss, { argnums: 1 })(net, images, labels), { rtol: 1e-11, atol: 1e-14 });
  });

  testEach("jit of a training step over a tree of parameters gives what the step gives, again and again", () => {
    const X = data([8, 2], { seed: 1 });
    const y = X.at(null, 0).mul(2).sub(X.at(null, 1)).add(0.5);
    const start = { w: double([0, 0]), b: double(0) };
    type P = typeof start;
    const loss = ({ w, b }: P): Tensor => X.matmul(w).add(b).sub(y).square().mean();
    const step = (p: P): P => {
      const slope = grad(loss)(p);
      return { w: p.w.sub(slope.w.mul(0.2)), b: p.b.sub(slope.b.mul(0.2)) };
    };
    const fast = jit(step);
    let [slow, quick] = [start, start];
    for (let i = 0; i < 300; i++) {
      slow = step(slow);
      quick = fast(quick) as P;
    }
    assertNear(quick.w, slow.w, { rtol: 1e-12 });
    assertNear(quick.w, double([2, -1]), { rtol: 1e-6 });
    assertNear(quick.b, double(0.5), { rtol: 1e-6 });
  });

  testEach(
    "per-example Jacobians by both modes are the blocks of the whole Jacobian, and nothing is between them",
    () => {
      const W = data([2, 3], { seed: 8 });
      const f = (x: Tensor): Tensor => W.matmul(x).sin();
      const batch = data([4, 3], { seed: 9 });
      const whole = jacrev((x: Tensor) => vmap(f)(x))(batch);
      const blocks = vmap(jacfwd(f))(batch);
      assertNear(vmap(jacrev(f))(batch), blocks, { rtol: 1e-13 });
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < 4; j++) {
          const block = whole.at(i, null, j);
          if (i === j) assertNear(block, blocks.at(i), { rtol: 1e-13 });
          else assertNear(block, { shape: [2, 3], data: [0, 0, 0, 0, 0, 0] }, { atol: 0 });
        }
      }
    },
  );
});
