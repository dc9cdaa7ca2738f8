/**
 * @file The Helmholtz energy of a mixed fluid by the equation of Peng and Robinson, the classic example of A. Griewank, "On
 * Automatic Differentiation", 1989: f = RT Σ xᵢ log(xᵢ / (1 − bᵀx)) − xᵀAx / (√8 bᵀx) · log((1 + (1+√2) bᵀx) / (1 + (1−√2) bᵀx)).
 */
import { grad, hessian, hvp, jacfwd, jacrev, type Tensor, vmap } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertClosedForm } from "./closed-form.ts";
import { dot, f64, matrix, matvec, numbers, times, total, type Vector } from "./plain.ts";

const N = 6;
const RT = 2.4;
const ROOT8 = Math.sqrt(8);
const b = numbers(N, 1, 0.2, 0.9);
const half = matrix(N, N, 2, 0.1, 1);
const A = half.map((row, i) => row.map((each, j) => each + half[j][i]));

function helmholtz(A: Tensor, b: Tensor, x: Tensor): Tensor {
  const volume = b.dot(x);
  const ideal = x
    .mul(x.div(volume.neg().add(1)).log())
    .sum()
    .mul(RT);
  const ratio = volume
    .mul(1 + Math.SQRT2)
    .add(1)
    .div(volume.mul(1 - Math.SQRT2).add(1));
  return ideal.sub(x.dot(A.matmul(x)).div(volume.mul(ROOT8)).mul(ratio.log()));
}

/** What multiplies xᵀAx, as a function of s = bᵀx, with two derivatives. The ratio's logarithm has slope √8 / (1 + 2s − s²). */
function attraction(s: number): readonly [number, number, number] {
  const log = Math.log((1 + (1 + Math.SQRT2) * s) / (1 + (1 - Math.SQRT2) * s)) / ROOT8;
  const slope = 1 / (1 + 2 * s - s ** 2);
  const bend = -(2 - 2 * s) * slope ** 2;
  return [log / s, slope / s - log / s ** 2, bend / s - (2 * slope) / s ** 2 + (2 * log) / s ** 3];
}

function gradient(x: Vector): number[] {
  const s = dot(b, x);
  const Ax = matvec(A, x);
  const [phi, slope] = attraction(s);
  return x.map(
    (each, i) =>
      RT * (Math.log(each / (1 - s)) + 1 + (b[i] * total(x)) / (1 - s)) - 2 * Ax[i] * phi - dot(x, Ax) * slope * b[i],
  );
}

function curvature(x: Vector): number[][] {
  const s = dot(b, x);
  const Ax = matvec(A, x);
  const [phi, slope, bend] = attraction(s);
  return times(N, (i) =>
    times(N, (j) => {
      const own = i === j ? 1 / x[i] : 0;
      const ideal = own + (b[i] + b[j]) / (1 - s) + (b[i] * b[j] * total(x)) / (1 - s) ** 2;
      const mixed = 2 * A[i][j] * phi + 2 * slope * (Ax[i] * b[j] + Ax[j] * b[i]) + dot(x, Ax) * bend * b[i] * b[j];
      return RT * ideal - mixed;
    }),
  );
}

const points = [numbers(N, 3, 0.02, 0.15), times(N, (i) => 0.3 / (i + 2))];

suite("the Helmholtz energy", () => {
  const energy = (x: Tensor): Tensor => helmholtz(f64(A), f64(b), x);

  testEach("gradient", () => {
    for (const point of points) {
      assertClosedForm(grad(energy)(f64(point)), gradient(point), "grad");
      assertClosedForm(jacfwd(energy)(f64(point)), gradient(point), "jacfwd");
    }
    const mapped = vmap(grad(helmholtz, { argnums: 2 }), { inDims: [null, null, 0] });
    assertClosedForm(mapped(f64(A), f64(b), f64(points)), points.map(gradient), "vmap of grad");
  });

  testEach("Hessian, and products with it", () => {
    for (const point of points) {
      const x = f64(point);
      const expected = curvature(point);
      assertClosedForm(hessian(energy)(x), expected, "hessian");
      assertClosedForm(jacfwd(grad(energy))(x), expected, "jacfwd of grad");
      assertClosedForm(jacrev(jacrev(energy))(x), expected, "jacrev of jacrev");
      const v = numbers(N, 4);
      assertClosedForm(hvp(energy, [x], [f64(v)]), matvec(expected, v), "hvp");
    }
  });

  testEach("with respect to the constants", () => {
    const [point] = points;
    const [phi] = attraction(dot(b, point));
    const expected = point.map((xi) => point.map((xj) => -phi * xi * xj));
    assertClosedForm(grad(helmholtz)(f64(A), f64(b), f64(point)), expected, "grad");
    assertClosedForm(jacfwd(helmholtz)(f64(A), f64(b), f64(point)), expected, "jacfwd");
  });
});
