/**
 * @file The 35 least-squares problems of Moré, Garbow and Hillstrom: every way to their first and second derivatives gives
 * the closed forms, at the standard start and at a second point, and their minima are the published ones.
 */
import assert from "node:assert/strict";
import { grad, hessian, hvp, jacfwd, jacobian, jacrev, jit, type Tensor, vhp, vmap } from "../../../kernel/index.ts";
import { on, testEach } from "../support/backends.ts";
import { uniform } from "../support/data.ts";
import { assertClosedForm } from "./closed-form.ts";
import { anyDimension } from "./more-garbow-hillstrom/any-dimension.ts";
import { fourAndMore } from "./more-garbow-hillstrom/four-and-more.ts";
import { minimise } from "./more-garbow-hillstrom/levenberg-marquardt.ts";
import { linearAndChebyquad } from "./more-garbow-hillstrom/linear-and-chebyquad.ts";
import { denseCurvature, halfSquaresHessian, type Problem } from "./more-garbow-hillstrom/problem.ts";
import { threeVariables } from "./more-garbow-hillstrom/three-variables.ts";
import { twoVariables } from "./more-garbow-hillstrom/two-variables.ts";
import { dot, f64, times, type Vector } from "./plain.ts";

const problems = [...twoVariables, ...threeVariables, ...fourAndMore, ...anyDimension, ...linearAndChebyquad];

/** The start, and a point near it where no two variables are equal. */
function pointsOf({ number, start }: Problem): readonly Vector[] {
  const next = uniform(number);
  return [start, start.map((each) => each + 0.1 * Math.max(Math.abs(each), 0.5) * (2 * next() - 1))];
}

const values = (x: Tensor): number[] => Array.from(x.dataSync());
const sumOfSquares = (r: Vector): number => dot(r, r);

suite("Moré, Garbow and Hillstrom's problems", () => {
  test("all 35 are here, once", () => {
    assert.deepEqual(
      problems.map(({ number }) => number),
      times(35, (i) => i + 1),
    );
  });

  for (const problem of problems) {
    const { number, name, n, m, start, residuals, known = [], minimum, startNorm } = problem;
    const title = `${number}. ${name}`;
    const half = (x: Tensor): Tensor => residuals(x).square().sum().div(2);

    testEach(`${title}: Jacobian`, () => {
      const compiled = jit(jacrev(residuals));
      for (const point of pointsOf(problem)) {
        const x = f64(point);
        const expected = problem.jacobian(point);
        assert.deepEqual([expected.length, expected[0].length, x.shape[0]], [m, n, n]);
        assertClosedForm(jacrev(residuals)(x), expected, "jacrev");
        assertClosedForm(jacfwd(residuals)(x), expected, "jacfwd");
        assertClosedForm(jacobian(residuals)(x), expected, "jacobian");
        assertClosedForm(jacrev(residuals, { strategy: "vmap" })(x), expected, "jacrev without structure");
        assertClosedForm(compiled(x), expected, "jit of jacrev");
        const r = values(residuals(x));
        const gradient = times(n, (j) => expected.reduce((sum, row, i) => sum + row[j] * r[i], 0));
        assertClosedForm(grad(half)(x), gradient, "grad");
      }
    });

    testEach(`${title}: Hessian`, () => {
      const compiled = jit(hessian(half));
      for (const point of pointsOf(problem)) {
        const x = f64(point);
        const curved = denseCurvature(problem, point);
        assertClosedForm(hessian(residuals)(x), curved, "hessian of the residuals");
        assertClosedForm(jacrev(jacfwd(residuals))(x), curved, "jacrev of jacfwd of the residuals");
        const expected = halfSquaresHessian(problem, point, values(residuals(x)));
        assertClosedForm(hessian(half)(x), expected, "hessian");
        assertClosedForm(compiled(x), expected, "jit of hessian");
        assertClosedForm(jacrev(grad(half))(x), expected, "jacrev of grad");
        const next = uniform(number + 100);
        const v = times(n, () => 2 * next() - 1);
        const product = expected.map((row) => row.reduce((sum, each, k) => sum + each * v[k], 0));
        assertClosedForm(hvp(half, [x], [f64(v)]), product, "hvp");
        assertClosedForm(vhp(half, [x], [f64(v)]), product, "vhp");
      }
    });

    test(`${title}: known values`, () => {
      for (const { at, sum } of known) {
        const got = sumOfSquares(values(residuals(f64(at))));
        assert.ok(Math.abs(got - sum) <= 1e-12 * Math.max(1, sum), `at [${at}] got ${got}, expected ${sum}`);
      }
      if (startNorm !== undefined) {
        const got = Math.sqrt(sumOfSquares(values(residuals(f64(start)))));
        assert.ok(Math.abs(got - startNorm) <= 1e-6 * startNorm, `norm at the start: ${got}, expected ${startNorm}`);
      }
      if (minimum !== undefined) {
        const found = minimise(
          (x) => values(residuals(f64(x))),
          (x) => jacrev(residuals)(f64(x)).toArray() as number[][],
          start,
        );
        const error = Math.abs(found.sum - minimum);
        assert.ok(
          error <= 1e-12 + 5e-6 * minimum,
          `minimum: ${found.sum} at [${found.x}] in ${found.steps} steps, expected ${minimum}`,
        );
      }
    });
  }

  test("vmap maps a problem's derivatives over points", () => {
    for (const problem of problems) {
      const points = pointsOf(problem);
      const batch = f64(points.flat()).reshape([2, problem.n]);
      const jacobians = points.map((point) => problem.jacobian(point));
      assertClosedForm(vmap(jacrev(problem.residuals))(batch), jacobians, `${problem.name}: vmap of jacrev`);
      on("reference", () => {
        assertClosedForm(vmap(jacfwd(problem.residuals))(batch), jacobians, `${problem.name}: vmap of jacfwd`);
      });
    }
  });
});
