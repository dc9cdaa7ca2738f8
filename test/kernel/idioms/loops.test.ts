/** @file Loops as JAX's users write them: recurrences, filters, integrators, optimizers, each against another way to say it. */
import {
  cholesky,
  concat,
  cond,
  cumsum,
  expm,
  forLoop,
  grad,
  hessian,
  inv,
  jacfwd,
  jacrev,
  jit,
  linspace,
  map,
  scan,
  solve,
  stack,
  type Tensor,
  tensor,
  vmap,
  whileLoop,
  zeros,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { differences } from "../support/differences.ts";
import { assertNear } from "../support/near.ts";

const double = (value: number | number[] | number[][]): Tensor => tensor(value, { dtype: "float64" });
type Field = (y: Tensor, p: Tensor) => Tensor;

/** One step of the classical method of Runge and Kutta. */
function rungeKutta(f: Field, y: Tensor, p: Tensor, h: number): Tensor {
  const k1 = f(y, p);
  const k2 = f(y.add(k1.mul(h / 2)), p);
  const k3 = f(y.add(k2.mul(h / 2)), p);
  const k4 = f(y.add(k3.mul(h)), p);
  return y.add(
    k1
      .add(k2.mul(2))
      .add(k3.mul(2))
      .add(k4)
      .mul(h / 6),
  );
}

suite("idioms of loops", () => {
  testEach("a recurrent network as a scan: values and gradients of the loop written out", () => {
    const inputs = data([6, 2], { seed: 1 });
    const p = { w: data([3, 3], { seed: 2 }), u: data([3, 2], { seed: 3 }), b: data([3], { seed: 4 }) };
    type P = typeof p;
    const cell = ({ w, u, b }: P, h: Tensor, x: Tensor): Tensor => w.matmul(h).add(u.matmul(x)).add(b).tanh();
    const start = zeros([3], { dtype: "float64" });
    const scanned = (params: P): Tensor =>
      scan((h: Tensor, x: Tensor) => [cell(params, h, x), h.sum()], start, inputs)[0]
        .square()
        .sum();
    const written = (params: P): Tensor => {
      let h = start;
      for (let t = 0; t < 6; t++) h = cell(params, h, inputs.at(t));
      return h.square().sum();
    };
    assertNear(scanned(p), written(p), { rtol: 1e-13 });
    const [got, wanted] = [grad(scanned)(p), grad(written)(p)];
    for (const key of ["w", "u", "b"] as const) assertNear(got[key], wanted[key], { rtol: 1e-12, atol: 1e-14 });
    assertNear(jit(grad(scanned))(p).w, wanted.w, { rtol: 1e-12, atol: 1e-14 });
    // A batch of sequences: vmap of the scan.
    const many = data([4, 6, 2], { seed: 9 });
    const last = (sequence: Tensor): Tensor =>
      scan((h: Tensor, x: Tensor) => [cell(p, h, x), null], start, sequence)[0];
    assertNear(vmap(last)(many), map(last, many), { rtol: 1e-13 });
  });

  testEach("cumulative functions as scans: sum, maximum, and an exponential average forwards and backwards", () => {
    const x = data([7], { seed: 3 });
    const running = scan(
      (total: Tensor, each: Tensor) => [total.add(each), total.add(each)],
      tensor(0),
      x.to("float32"),
    );
    assertNear(running[1], cumsum(x.to("float32"), 0), { rtol: 1e-5, atol: 1e-6 });
    const [, maxima] = scan((m: Tensor, each: Tensor) => [m.maximum(each), m.maximum(each)], double(-1 / 0), x);
    let best = -1 / 0;
    const wantedMaxima = Array.from(x.dataSync(), (value) => {
      best = Math.max(best, value);
      return best;
    });
    assertNear(maxima, double(wantedMaxima));
    const smooth = (reverse: boolean) => (v: Tensor) =>
      scan((m: Tensor, each: Tensor) => [m.mul(0.8).add(each.mul(0.2)), m.mul(0.8).add(each.mul(0.2))], double(0), v, {
        reverse,
      })[1];
    // Linear: its Jacobian is 0.2 · 0.8^(i − j) below the diagonal; the reversed one is that transposed.
    const wanted = double(
      Array.from({ length: 7 }, (_, i) => Array.from({ length: 7 }, (_u, j) => (j > i ? 0 : 0.2 * 0.8 ** (i - j)))),
    );
    for (const jacobian of [jacfwd, jacrev]) {
      assertNear(jacobian(smooth(false))(x), wanted, { rtol: 1e-13 });
      assertNear(jacobian(smooth(true))(x), wanted.transpose(), { rtol: 1e-13 });
    }
  });

  testEach("projected gradient descent in forLoop finds the nearest point of the simplex, and its Jacobian", () => {
    const a = double([0.9, 0.6, -0.5]);
    // The projection is (max(aᵢ − τ, 0)) with τ = 0.25 here.
    const project = (x: Tensor): Tensor => {
      const tau = forLoop(
        0,
        60,
        (_, [low, high]: readonly [Tensor, Tensor]): [Tensor, Tensor] => {
          const middle = low.add(high).mul(0.5);
          const tooMuch = x.sub(middle).relu().sum().gt(1);
          return [
            cond(
              tooMuch,
              () => middle,
              () => low,
            ),
            cond(
              tooMuch,
              () => high,
              () => middle,
            ),
          ];
        },
        [double(-2), double(2)] as const,
      );
      return x.sub(tau[0]).relu();
    };
    const descend = (target: Tensor): Tensor =>
      forLoop(0, 40, (_, x: Tensor) => project(x.sub(x.sub(target).mul(0.5))), double([1, 0, 0]));
    assertNear(descend(a), double([0.65, 0.35, 0]), { atol: 1e-9 });
  });

  testEach("Newton's method with hessian and solve, in a whileLoop and under jit", () => {
    const A = data([3, 3], { seed: 5 });
    const f = (x: Tensor): Tensor => A.matmul(x).sub(1).square().sum().add(x.pow(4).sum());
    const minimize = (start: Tensor): Tensor =>
      whileLoop(
        (x: Tensor) => grad(f)(x).abs().max().gt(1e-10),
        (x: Tensor) => x.sub(solve(hessian(f)(x), grad(f)(x), { check: false })),
        start,
      );
    const x = minimize(double([1, 1, 1]));
    assertNear(grad(f)(x), double([0, 0, 0]), { atol: 1e-9 });
    assertNear(jit(minimize)(double([1, 1, 1])), x, { rtol: 1e-12 });
    // From many starts at once: a convex function has one minimum.
    const starts = data([4, 3], { seed: 7 });
    assertNear(vmap(minimize)(starts), stack([x, x, x, x]), { rtol: 1e-9, atol: 1e-10 });
  });

  testEach("a Kalman filter as a scan gives the likelihood of the joint normal distribution", () => {
    const F = double([
      [1, 0.5],
      [-0.2, 0.9],
    ]);
    const H = double([[1, 0.3]]);
    const P0 = double([
      [1, 0.2],
      [0.2, 0.8],
    ]);
    const Q = double([
      [0.3, 0.1],
      [0.1, 0.2],
    ]);
    const y = data([4, 1], { seed: 11 });
    const eye2 = double([
      [1, 0],
      [0, 1],
    ]);
    const likelihood = (r: Tensor): Tensor => {
      const step = ([m, P]: readonly [Tensor, Tensor], observed: Tensor): [[Tensor, Tensor], Tensor] => {
        const S = H.matmul(P).matmul(H.transpose()).add(r);
        const error = observed.sub(H.matmul(m));
        const K = P.matmul(H.transpose()).div(S);
        const filtered = m.add(K.matmul(error));
        const spread = eye2.sub(K.matmul(H)).matmul(P);
        const logp = error
          .square()
          .div(S)
          .sum()
          .add(S.log().sum())
          .add(Math.log(2 * Math.PI))
          .mul(-0.5);
        return [[F.matmul(filtered), F.matmul(spread).matmul(F.transpose()).add(Q)], logp];
      };
      return scan(step, [zeros([2], { dtype: "float64" }), P0] as const, y)[1].sum();
    };
    const joint = (r: Tensor): Tensor => {
      // Cov(yₛ, yₜ) = H F^(s−t) Pₜ Hᵀ for s ≥ t, and r on the diagonal.
      const rows: Tensor[][] = [[], [], [], []];
      let P = P0;
      for (let t = 0; t < 4; t++) {
        let cross = P;
        for (let s = t; s < 4; s++) {
          const value = H.matmul(cross).matmul(H.transpose()).reshape([]);
          rows[s][t] = s === t ? value.add(r) : value;
          rows[t][s] = rows[s][t];
          cross = F.matmul(cross);
        }
        P = F.matmul(P).matmul(F.transpose()).add(Q);
      }
      const L = cholesky(stack(rows.map((row) => stack(row))));
      const z = solve(L, y.reshape([4]));
      return z
        .square()
        .sum()
        .mul(-0.5)
        .sub(L.diagonal().log().sum())
        .sub(2 * Math.log(2 * Math.PI));
    };
    const r = double(0.4);
    assertNear(likelihood(r), joint(r), { rtol: 1e-12 });
    assertNear(grad(likelihood)(r), grad(joint)(r), { rtol: 1e-11 });
    assertNear(hessian(likelihood)(r), hessian(joint)(r), { rtol: 1e-10 });
  });

  testEach("leapfrog steps of Hamiltonian Monte Carlo: reversible, and they keep volume and nearly the energy", () => {
    const precision = double([
      [2, 0.5],
      [0.5, 1],
    ]);
    const potential = (q: Tensor): Tensor => q.dot(precision.matmul(q)).mul(0.5).add(q.pow(4).sum().mul(0.1));
    const leapfrog = (q: Tensor, p: Tensor, steps: number, h: number): readonly [Tensor, Tensor] => {
      const step = ([x, v]: readonly [Tensor, Tensor]): [[Tensor, Tensor], null] => {
        const half = v.sub(grad(potential)(x).mul(h / 2));
        const next = x.add(half.mul(h));
        return [[next, half.sub(grad(potential)(next).mul(h / 2))], null];
      };
      return scan(step, [q, p] as const, null, { length: steps })[0];
    };
    const [q, p] = [double([1, -0.5]), double([0.3, 0.8])];
    const energy = (x: Tensor, v: Tensor): Tensor => potential(x).add(v.square().sum().mul(0.5));
    const [q1, p1] = leapfrog(q, p, 25, 0.05);
    assertNear(energy(q1, p1), energy(q, p), { rtol: 2e-3 });
    const [q0, p0] = leapfrog(q1, p1.neg(), 25, 0.05);
    assertNear(q0, q, { rtol: 1e-12 });
    assertNear(p0.neg(), p, { rtol: 1e-12 });
    const flow = (state: Tensor): Tensor => {
      const [a, b] = leapfrog(state.slice(0, 0, 2), state.slice(0, 2, 4), 25, 0.05);
      return concat([a, b]);
    };
    const J = jacrev(flow)(double([1, -0.5, 0.3, 0.8]));
    assertNear(J.det(), double(1), { rtol: 1e-11 });
    assertNear(jacfwd(flow)(double([1, -0.5, 0.3, 0.8])), J, { rtol: 1e-11 });
  });

  testEach(
    "an integrator of Runge and Kutta, differentiated: the exponential of a matrix, and the adjoint equation",
    () => {
      const A = double([
        [-0.3, 1],
        [-1.2, -0.1],
      ]);
      const linearField: Field = (y, p) => p.matmul(y);
      const solveTo = (f: Field, y0: Tensor, p: Tensor, steps: number, h: number): Tensor =>
        scan((y: Tensor) => [rungeKutta(f, y, p, h), null], y0, null, { length: steps })[0];
      const y0 = double([1, 0.5]);
      assertNear(solveTo(linearField, y0, A, 100, 0.01), expm(A).matmul(y0), { rtol: 1e-9 });
      assertNear(jacrev((y: Tensor) => solveTo(linearField, y, A, 100, 0.01))(y0), expm(A), { rtol: 1e-9 });

      // Lotka and Volterra; dL/dp by the continuous adjoint λ' = −(∂f/∂y)ᵀ λ, integrated backwards with the state.
      const field: Field = (y, p) => {
        const [prey, hunters] = [y.at(0), y.at(1)];
        const met = prey.mul(hunters);
        return stack([prey.mul(p.at(0)).sub(met.mul(p.at(1))), met.mul(p.at(2)).sub(hunters.mul(p.at(3)))]);
      };
      const p = double([1.1, 0.4, 0.1, 0.4]);
      const loss = (parameters: Tensor): Tensor =>
        solveTo(field, double([3, 2]), parameters, 200, 0.01)
          .square()
          .sum();
      const discrete = grad(loss)(p);
      const end = solveTo(field, double([3, 2]), p, 200, 0.01);
      const backwards = (state: Tensor): Tensor => {
        const f: Field = (s, q) => {
          const [y, lambda] = [s.slice(0, 0, 2), s.slice(0, 2, 4)];
          const along = (v: Tensor, w: Tensor): Tensor => field(v, w).dot(lambda);
          const [dy, dp] = [grad(along)(y, q), grad(along, { argnums: 1 })(y, q)];
          return concat([field(y, q).neg(), dy, dp]);
        };
        return solveTo(f, state, p, 200, 0.01);
      };
      const adjoint = backwards(concat([end, end.mul(2), zeros([4], { dtype: "float64" })]));
      assertNear(adjoint.slice(0, 4, 8), discrete, { rtol: 1e-6 });
      assertNear(discrete, differences(loss, [p]), { rtol: 1e-6 });
    },
  );

  testEach("batched functions of time: map over a grid of a closed-over solution", () => {
    const A = double([
      [0, 1],
      [-1, 0],
    ]);
    const times = linspace(0, 3, 4, { dtype: "float64" });
    const positions = map(
      (t: Tensor) =>
        expm(A.mul(t))
          .matmul(double([1, 0]))
          .at(0),
      times,
    );
    assertNear(positions, times.cos(), { rtol: 1e-13 });
    const speeds = vmap(
      grad((t: Tensor) =>
        expm(A.mul(t))
          .matmul(double([1, 0]))
          .at(0),
      ),
    )(times);
    assertNear(speeds, times.sin().neg(), { atol: 1e-13 });
    assertNear(inv(expm(A)), expm(A.neg()), { rtol: 1e-13 });
  });
});
