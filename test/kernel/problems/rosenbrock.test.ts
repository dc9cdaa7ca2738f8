/**
 * @file Rosenbrock's function in n variables (H. H. Rosenbrock, 1960; the chained form): its Hessian has three diagonals, and
 * its third derivatives are known too.
 */
import { eye, grad, hessian, hvp, jacfwd, jacrev, type Tensor, vhp, vmap } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertClosedForm } from "./closed-form.ts";
import { f64, matvec, numbers, times, type Vector } from "./plain.ts";

const N = 7;

function rosenbrock(x: Tensor): Tensor {
  const [here, next] = [x.at([0, -1]), x.at([1])];
  return next.sub(here.square()).square().mul(100).add(here.neg().add(1).square()).sum();
}

/** A term of `f` holds x[i] and x[i + 1]: `first` is where a variable stands first, `second` where it stands second. */
const gradient = (x: Vector): number[] =>
  x.map((each, i) => {
    const first = i < N - 1 ? -400 * each * (x[i + 1] - each ** 2) - 2 * (1 - each) : 0;
    const second = i > 0 ? 200 * (each - x[i - 1] ** 2) : 0;
    return first + second;
  });

const curvature = (x: Vector): number[][] =>
  times(N, (i) =>
    times(N, (j) => {
      if (Math.abs(i - j) === 1) return -400 * x[Math.min(i, j)];
      if (i !== j) return 0;
      return (i < N - 1 ? -400 * (x[i + 1] - 3 * x[i] ** 2) + 2 : 0) + (i > 0 ? 200 : 0);
    }),
  );

const third = (x: Vector): number[][][] =>
  times(N, (i) =>
    times(N, (j) =>
      times(N, (k) => {
        const [low, middle, high] = [i, j, k].sort((a, b) => a - b);
        if (low !== middle || low === N - 1) return 0;
        if (high === low) return 2400 * x[low];
        return high === low + 1 ? -400 : 0;
      }),
    ),
  );

const standard = times(N, (i) => (i % 2 === 0 ? -1.2 : 1));
const points: readonly Vector[] = [standard, numbers(N, 5, -2, 2), times(N, () => 1)];

suite("Rosenbrock's function", () => {
  for (const point of points) {
    const at = `at [${point.map((each) => each.toFixed(2))}]`;

    testEach(`gradient ${at}`, () => {
      const x = f64(point);
      const expected = gradient(point);
      assertClosedForm(grad(rosenbrock)(x), expected, "grad");
      assertClosedForm(jacfwd(rosenbrock)(x), expected, "jacfwd");
      assertClosedForm(vmap(grad(rosenbrock))(f64(points)), points.map(gradient), "vmap of grad");
    });

    testEach(`Hessian ${at}`, () => {
      const x = f64(point);
      const expected = curvature(point);
      assertClosedForm(hessian(rosenbrock)(x), expected, "hessian");
      assertClosedForm(jacfwd(grad(rosenbrock))(x), expected, "jacfwd of grad");
      assertClosedForm(jacrev(grad(rosenbrock))(x), expected, "jacrev of grad");
      assertClosedForm(jacfwd(jacfwd(rosenbrock))(x), expected, "jacfwd of jacfwd");
      assertClosedForm(jacrev(jacfwd(rosenbrock), { chunkSize: 2 })(x), expected, "jacrev of jacfwd, two rows at once");
      const columns = vmap((v: Tensor) => hvp(rosenbrock, [x], [v]))(eye(N, { dtype: "float64" }));
      assertClosedForm(columns, expected, "hvp of all unit vectors");
    });

    testEach(`products with the Hessian ${at}`, () => {
      const v = numbers(N, 9);
      const expected = matvec(curvature(point), v);
      assertClosedForm(hvp(rosenbrock, [f64(point)], [f64(v)]), expected, "hvp");
      assertClosedForm(vhp(rosenbrock, [f64(point)], [f64(v)]), expected, "vhp");
    });

    testEach(`third derivatives ${at}`, () => {
      const expected = third(point);
      assertClosedForm(jacfwd(hessian(rosenbrock))(f64(point)), expected, "jacfwd of hessian");
      assertClosedForm(jacrev(hessian(rosenbrock))(f64(point)), expected, "jacrev of hessian");
    });
  }
});
