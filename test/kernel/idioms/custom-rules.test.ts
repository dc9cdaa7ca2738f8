/** @file Derivatives of one's own, as in JAX's guide: a stable log(1 + eˣ), clipped gradients, implicit differentiation. */
import {
  checkGrads,
  checkpoint,
  customJvp,
  customVjp,
  grad,
  jacfwd,
  jacrev,
  jit,
  norm,
  scan,
  solve,
  stopGradient,
  type Tensor,
  tensor,
  vjp,
  vmap,
  where,
  whileLoop,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear } from "../support/near.ts";

const double = (value: number | number[]): Tensor => tensor(value, { dtype: "float64" });

suite("idioms of custom derivatives", () => {
  testEach("log(1 + eˣ) whose slope does not overflow", () => {
    const naive = (x: Tensor): Tensor => x.exp().add(1).log();
    const stable = customJvp(naive, ([x], [dx]) => [naive(x), dx.mul(double(1).sub(double(1).div(x.exp().add(1))))]);
    assertNear(grad(naive)(double(800)), double(Number.NaN));
    assertNear(grad(stable)(double(800)), double(1));
    assertNear(grad(stable)(double(3)), double(1 / (1 + Math.exp(-3))), { rtol: 1e-14 });
    assertNear(vmap(grad(stable))(double([0, 800])), double([0.5, 1]));
    assertNear(vmap(jit(grad(stable)))(double([0, 800])), double([0.5, 1]));
  });

  testEach("the identity that clips its gradient, with bounds that are arguments", () => {
    const clipGradient = customVjp(
      (_low: number, _high: number, x: Tensor) => x,
      (low, high, x) => [x, { low, high }],
      ({ low, high }, cotangent) => [null, null, cotangent.clip(low, high)],
    );
    const f = (x: Tensor): Tensor => clipGradient(-0.25, 0.75, x).sin();
    const x = double([0, 1, Math.PI, 2]);
    assertNear(vmap(grad(f))(x), double([0.75, Math.cos(1), -0.25, -0.25]), { rtol: 1e-14 });
    assertNear(f(x), x.sin());
  });

  testEach("the slope of a norm at 0, guarded twice", () => {
    const safe = (x: Tensor): Tensor => {
      const zero = x.square().sum().eq(0);
      return where(zero, 0, norm(where(zero, 1, x)));
    };
    assertNear(grad(safe)(double([0, 0])), double([0, 0]));
    assertNear(grad(safe)(double([3, 4])), double([0.6, 0.8]), { rtol: 1e-14 });
    // The kernel's own takes that slope as well.
    assertNear(grad((x: Tensor) => norm(x))(double([0, 0])), double([0, 0]));
  });

  testEach("a fixed point found by whileLoop, differentiated by the implicit function theorem", () => {
    type Map = (a: Tensor, x: Tensor) => Tensor;
    const iterate = (f: Map, a: Tensor, start: Tensor): Tensor =>
      whileLoop(
        ([previous, x]: readonly [Tensor, Tensor]) => previous.sub(x).abs().gt(1e-14),
        ([, x]: readonly [Tensor, Tensor]): [Tensor, Tensor] => [x, f(a, x)],
        [start, f(a, start)],
      )[1];
    const fixedPoint = (f: Map) =>
      customVjp(
        (a: Tensor, guess: Tensor) => iterate(f, a, guess),
        (a, guess) => {
          const x = iterate(f, a, guess);
          return [x, { a, x }];
        },
        ({ a, x }, cotangent) => {
          const [, pullA] = vjp((v: Tensor) => f(v, x), a);
          // u = v + (∂f/∂x)ᵀ u is a fixed point itself.
          const [, pullX] = vjp((v: Tensor) => f(a, v), x);
          const adjoint = iterate((v, u) => v.add(pullX(u) as Tensor), cotangent, cotangent);
          return [pullA(adjoint) as Tensor, null];
        },
      );
    const root = fixedPoint((a, x) => a.div(x).add(x).mul(0.5));
    const squareRoot = (a: Tensor): Tensor => root(a, a);
    assertNear(squareRoot(double(2)), double(Math.SQRT2), { rtol: 1e-14 });
    assertNear(grad(squareRoot)(double(2)), double(0.5 / Math.SQRT2), { rtol: 1e-12 });
    assertNear(vmap(grad(squareRoot))(double([1, 4, 9])), double([1 / 2, 1 / 4, 1 / 6]), { rtol: 1e-12 });

    // Kepler's equation E = M + e sin E: ∂E/∂e = sin E / (1 − e cos E).
    const kepler = fixedPoint((e, E) => e.mul(E.sin()).add(0.8));
    const E = kepler(double(0.3), double(0.8));
    const slope = E.sin().div(double(1).sub(E.cos().mul(0.3)));
    assertNear(grad((e: Tensor) => kepler(e, double(0.8)))(double(0.3)), slope, { rtol: 1e-12 });
  });

  testEach("a solver whose tangent is one linear solve", () => {
    // The root x(θ) of x³ + A x = θ by Newton steps; A is positive definite.
    const A = data([3, 3], { seed: 4 })
      .matmul(data([3, 3], { seed: 4 }).transpose())
      .add(
        tensor(
          [
            [2, 0, 0],
            [0, 2, 0],
            [0, 0, 2],
          ],
          { dtype: "float64" },
        ),
      );
    const residual = (x: Tensor, theta: Tensor): Tensor => x.pow(3).add(A.matmul(x)).sub(theta);
    const newton = (theta: Tensor): Tensor => {
      let x = theta.mul(0);
      for (let step = 0; step < 30; step++) x = x.sub(solve(jacfwd(residual)(x, theta), residual(x, theta)));
      return x;
    };
    const root = customJvp(newton, ([theta], [dtheta]) => {
      const x = newton(stopGradient(theta));
      return [x, solve(jacfwd(residual)(x, theta), dtheta)];
    });
    const theta = data([3], { seed: 6 });
    const x = root(theta);
    assertNear(residual(x, theta), double([0, 0, 0]), { atol: 1e-13 });
    const wanted = solve(
      jacfwd(residual)(x, theta),
      tensor(
        [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
        { dtype: "float64" },
      ),
    );
    for (const jacobian of [jacfwd, jacrev]) assertNear(jacobian(root)(theta), wanted, { rtol: 1e-11, atol: 1e-13 });
  });

  testEach("straight through: a rounding whose slope is that of the identity", () => {
    const through = (x: Tensor): Tensor => x.add(stopGradient(x.round().sub(x)));
    assertNear(through(double([0.4, 1.6])), double([0, 2]));
    assertNear(grad((x: Tensor) => through(x).square().sum())(double([0.4, 1.6])), double([0, 4]));
  });

  testEach("checkpointed layers in a scan have the derivatives of plain ones", () => {
    const weights = data([6, 3, 3], { seed: 8 });
    const layer = (x: Tensor, w: Tensor): Tensor => w.matmul(x).tanh();
    const run =
      (each: (x: Tensor, w: Tensor) => Tensor) =>
      (ws: Tensor): Tensor =>
        scan((x: Tensor, w: Tensor) => [each(x, w), null], double([1, -0.5, 0.3]), ws)[0].sum();
    assertNear(grad(run(checkpoint(layer)))(weights), grad(run(layer))(weights), { rtol: 1e-13 });
    checkGrads(run(checkpoint(layer)), [weights]);
  });
});
