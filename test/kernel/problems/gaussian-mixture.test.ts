/**
 * @file The log-likelihood of a Gaussian mixture with a Wishart prior as in ADBench (F. Šrajer, Z. Kukelova, A. Fitzgibbon,
 * "A Benchmark of Selected Algorithmic Differentiation Tools on Some Problems in Computer Vision and Machine Learning",
 * 2018). A component has a weight α, a mean μ, and the triangular root Q of its precision: exp(q) on the diagonal, l below.
 */
import { concat, diag, grad, hessian, jacfwd, jacrev, type Tensor, tensor, vmap } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertClosedForm } from "./closed-form.ts";
import { dot, f64, matrix, matvec, numbers, times, total, transposed } from "./plain.ts";

const [EXAMPLES, DIMENSIONS, COMPONENTS] = [8, 3, 4];
const LOWER = (DIMENSIONS * (DIMENSIONS - 1)) / 2;
const PRIOR = { gamma: 0.7, m: 2 };

const alpha = numbers(COMPONENTS, 1);
const means = matrix(COMPONENTS, DIMENSIONS, 2, -2, 2);
const q = matrix(COMPONENTS, DIMENSIONS, 3, -0.6, 0.6);
const l = matrix(COMPONENTS, LOWER, 4);
const xs = matrix(EXAMPLES, DIMENSIONS, 5, -2.5, 2.5);

/** Where an entry below the diagonal lies in `l`, column by column; `LOWER` for all others, where a zero is. */
const place = (row: number, column: number): number =>
  row > column ? column * DIMENSIONS - (column * (column + 1)) / 2 + row - column - 1 : LOWER;
const places = tensor(
  times(DIMENSIONS, (row) => times(DIMENSIONS, (column) => place(row, column))),
  { dtype: "int32" },
);

function logLikelihood(alpha: Tensor, means: Tensor, q: Tensor, l: Tensor, xs: Tensor): Tensor {
  const scales = q.exp();
  const below = l.pad([
    [0, 0],
    [0, 1],
  ]);
  const roots = below.take(places, 1).add(vmap(diag)(scales));
  const offsets = xs.expandDims(1).sub(means);
  const whitened = roots.matmul(offsets.expandDims(-1)).squeeze(-1);
  const inner = alpha.add(q.sum(1)).sub(whitened.square().sum(-1).div(2));
  const wishart = scales
    .square()
    .sum()
    .add(l.square().sum())
    .mul(PRIOR.gamma ** 2 / 2)
    .sub(q.sum().mul(PRIOR.m));
  return inner.logsumexp(1).sum().sub(alpha.logsumexp().mul(xs.shape[0])).sub(wishart);
}

const softmax = (z: readonly number[]): number[] => {
  const powers = z.map(Math.exp);
  return powers.map((each) => each / total(powers));
};

const roots = times(COMPONENTS, (k) =>
  times(DIMENSIONS, (i) => times(DIMENSIONS, (j) => (i === j ? Math.exp(q[k][i]) : i > j ? l[k][place(i, j)] : 0))),
);
/** Per example and component: the offset from the mean, the same whitened, and the responsibility. */
const parts = xs.map((x) => {
  const offsets = means.map((mean) => x.map((each, d) => each - mean[d]));
  const whitened = offsets.map((offset, k) => matvec(roots[k], offset));
  const share = softmax(alpha.map((each, k) => each + total(q[k]) - dot(whitened[k], whitened[k]) / 2));
  return { offsets, whitened, share };
});
/** The sum over examples of what a component gets, weighted by its responsibility. */
const shared = (k: number, f: (part: (typeof parts)[number]) => number): number =>
  total(parts.map((part) => part.share[k] * f(part)));

const mixing = softmax(alpha);
const expected = {
  alpha: alpha.map((_, k) => shared(k, () => 1) - EXAMPLES * mixing[k]),
  means: means.map((mean, k) =>
    mean.map((_, d) => shared(k, ({ whitened }) => matvec(transposed(roots[k]), whitened[k])[d])),
  ),
  q: q.map((row, k) =>
    row.map((each, d) => {
      const data = shared(k, ({ whitened, offsets }) => 1 - whitened[k][d] * offsets[k][d] * Math.exp(each));
      return data - PRIOR.gamma ** 2 * Math.exp(2 * each) + PRIOR.m;
    }),
  ),
  l: l.map((row, k) => {
    const gradient = row.map((each) => -(PRIOR.gamma ** 2) * each);
    for (let j = 0; j < DIMENSIONS; j++) {
      for (let i = j + 1; i < DIMENSIONS; i++) {
        gradient[place(i, j)] += shared(k, ({ whitened, offsets }) => -whitened[k][i] * offsets[k][j]);
      }
    }
    return gradient;
  }),
};

suite("a Gaussian mixture", () => {
  const args = (): [Tensor, Tensor, Tensor, Tensor, Tensor] => [f64(alpha), f64(means), f64(q), f64(l), f64(xs)];
  const byParameters = { argnums: [0, 1, 2, 3] } as const;

  testEach("gradient", () => {
    for (const [name, derivative] of [
      ["grad", grad(logLikelihood, byParameters)],
      ["jacfwd", jacfwd(logLikelihood, byParameters)],
    ] as const) {
      const [forAlpha, forMeans, forQ, forL] = derivative(...args());
      assertClosedForm(forAlpha, expected.alpha, `${name} by the weights`);
      assertClosedForm(forMeans, expected.means, `${name} by the means`);
      assertClosedForm(forQ, expected.q, `${name} by the diagonals`);
      assertClosedForm(forL, expected.l, `${name} by the entries below the diagonals`);
    }
  });

  testEach("all parameters in one vector", () => {
    const sizes = [COMPONENTS, COMPONENTS * DIMENSIONS, COMPONENTS * DIMENSIONS, COMPONENTS * LOWER];
    const packed = (all: Tensor): Tensor => {
      const [a, m, d, b] = all.split(sizes);
      const byComponent = (part: Tensor): Tensor => part.reshape([COMPONENTS, -1]);
      return logLikelihood(a, byComponent(m), byComponent(d), byComponent(b), f64(xs));
    };
    const all = concat([f64(alpha), f64(means).flatten(), f64(q).flatten(), f64(l).flatten()]);
    const wanted = [expected.alpha, expected.means, expected.q, expected.l].flat(2);
    assertClosedForm(grad(packed)(all), wanted, "grad");
    const H = hessian(packed)(all);
    const other = jacrev(grad(packed))(all);
    assertClosedForm(H, other.toArray() as number[][], "hessian and jacrev of grad");
    assertClosedForm(H, H.transpose().toArray() as number[][], "symmetry");
  });

  testEach("Hessian by the weights", () => {
    const wanted = alpha.map((_, j) =>
      alpha.map((_, k) => {
        const own = (share: readonly number[]): number => share[j] * ((j === k ? 1 : 0) - share[k]);
        return total(parts.map(({ share }) => own(share))) - EXAMPLES * own(mixing);
      }),
    );
    assertClosedForm(hessian(logLikelihood)(...args()), wanted, "hessian");
    assertClosedForm(jacfwd(jacfwd(logLikelihood))(...args()), wanted, "jacfwd of jacfwd");
  });

  testEach("responsibilities are the derivatives of each example's log-likelihood", () => {
    const [a, m, d, b, x] = args();
    const ofOne = (a: Tensor, x: Tensor): Tensor => logLikelihood(a, m, d, b, x.expandDims(0));
    const wanted = parts.map(({ share }) => share.map((each, k) => each - mixing[k]));
    assertClosedForm(vmap(grad(ofOne), { inDims: [null, 0] })(a, x), wanted, "vmap of grad");
    assertClosedForm(vmap(jacfwd(ofOne), { inDims: [null, 0] })(a, x), wanted, "vmap of jacfwd");
  });
});
