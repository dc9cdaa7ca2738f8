/** @file Every way in which the graphics processor folds, multiplies, scatters and repeats, against WebAssembly. */
import {
  backendName,
  cond,
  conv2d,
  gather,
  grad,
  hessian,
  indexAdd,
  jacrev,
  matmul,
  maxPool2d,
  scan,
  scatterAdd,
  setDefaultBackend,
  softmax,
  sort,
  type Tensor,
  useBackend,
  vmap,
  whileLoop,
} from "../../../kernel/index.ts";
import type { Finding } from "./checks.ts";
import { lines, orders } from "./lines.ts";
import { noise, whole } from "./noise.ts";
import { steps } from "./tutorial.ts";

type Case = () => Tensor;

/** Folds in all directions: long and short rows, long and short columns, one number of all, several axes. */
const folds: Record<string, Case> = {};
for (const shape of [
  [3, 5],
  [300, 7],
  [7, 300],
  [2, 40_000],
  [9000, 2],
  [1, 300_000],
  [300, 513],
] as const) {
  folds[`sum of [${shape}] along rows`] = () => noise(shape).sum(1);
  folds[`sum of [${shape}] along columns`] = () => noise(shape).sum(0);
  folds[`sum of all of [${shape}]`] = () => noise(shape).sum();
  folds[`largest of [${shape}] along rows`] = () => noise(shape).max(1);
  if (shape[0] < 1000) folds[`smallest of [${shape}] along columns`] = () => noise(shape).min(0);
}
folds["sum of the middle axis of [20, 30, 40]"] = () => noise([20, 30, 40]).sum(1);
folds["sum of the outer axes of [20, 30, 40]"] = () => noise([20, 30, 40]).sum([0, 2]);
folds["product of [9, 11] along rows"] = () => noise([9, 11]).add(1.5).prod(1);
folds["sum of nothing"] = () => noise([3, 0]).sum(1);
folds["softmax of [17, 1000]"] = () => softmax(noise([17, 1000]), 1);
folds["sum of 70 000 int32"] = () => whole([70_000], 1000).sum();
folds["more points than one row of workgroups"] = () =>
  noise([17_000_000 / 4])
    .mul(2)
    .add(noise([1], 2));

const products: Record<string, Case> = {};
for (const [m, k, n] of [
  [1, 1, 1],
  [3, 4, 5],
  [33, 65, 40],
  [128, 70, 100],
  [1, 5000, 3],
  [2, 700, 300],
  [400, 17, 2],
  [1030, 9, 1020],
] as const) {
  products[`[${m}, ${k}] times [${k}, ${n}]`] = () => matmul(noise([m, k]), noise([k, n], 2));
  if (m * n < 10_000)
    products[`the transposes of [${m}, ${k}] and [${n}, ${k}]`] = () =>
      matmul(noise([k, m]).transpose(), noise([n, k], 2).transpose());
}
products["batches of [5, 40, 33] and [5, 33, 50]"] = () => matmul(noise([5, 40, 33]), noise([5, 33, 50], 2));
products["a batch over one matrix"] = () => matmul(noise([5, 40, 33]), noise([33, 50], 2));
products["a convolution of images"] = () =>
  conv2d(noise([2, 3, 17, 19]), noise([8, 3, 3, 5], 2), { padding: 1, stride: 2 });
products["the gradient of a convolution"] = () =>
  grad((w: Tensor, x: Tensor) => conv2d(x, w).square().sum())(noise([4, 3, 3, 3], 2), noise([2, 3, 9, 11]));
products["the gradient of a convolution by the image"] = () =>
  grad((x: Tensor, w: Tensor) => conv2d(x, w, { padding: 1 }).square().sum())(
    noise([2, 3, 9, 11]),
    noise([4, 3, 3, 3], 2),
  );

const positions: Record<string, Case> = {
  "entries by positions": () => gather(noise([40, 50]), 1, whole([40, 9], 50)),
  "adding to few places, in order": () => scatterAdd(noise([7, 5]), 0, whole([90, 5], 7), noise([90, 5], 2)),
  "adding to few places from many threads": () =>
    scatterAdd(noise([60, 50]), 0, whole([900, 50], 60), noise([900, 50], 2)),
  "adding whole numbers": () => indexAdd(whole([30, 4], 9), 0, whole([5000], 30), whole([5000, 4], 100)),
  "the gradient of overlapping windows": () =>
    grad((x: Tensor) => maxPool2d(x, 3, { stride: 2 }).square().sum())(noise([2, 3, 30, 31])),
  "sorted rows": () => sort(noise([20, 33]).mul(3), 1),
};

const repetitions: Record<string, Case> = {
  "a scan": () => {
    const [last, path] = scan(
      (x: Tensor, u: Tensor) => [x.mul(0.9).add(u.tanh()), x.sum()],
      noise([6]),
      noise([40, 6], 2),
    ) as [Tensor, Tensor];
    return last.mul(path.sum());
  },
  "the gradient of a scan": () =>
    grad((x: Tensor, us: Tensor) => (scan((y: Tensor, u: Tensor) => [y.mul(u).sin(), y], x, us)[0] as Tensor).sum())(
      noise([5]),
      noise([30, 5], 2),
    ),
  "a loop until it is enough": () =>
    whileLoop(
      (x: Tensor) => x.sum().lt(1000),
      (x: Tensor) => x.mul(1.7).add(1),
      noise([4]).abs(),
    ) as Tensor,
  "one of two sides": () =>
    cond(
      noise([4]).sum().gt(0),
      (x: Tensor) => x.exp(),
      (x: Tensor) => x.neg(),
      noise([4]),
    ) as Tensor,
  "the other side": () =>
    cond(
      noise([4]).sum().lt(0),
      (x: Tensor) => x.exp(),
      (x: Tensor) => x.neg(),
      noise([4]),
    ) as Tensor,
  "a scan with a routine of this machine in it": () =>
    scan((x: Tensor, u: Tensor) => [sort(x.mul(u)), x.sum()], noise([6]), noise([9, 6], 2))[1] as Tensor,
};

const layer = (w: Tensor, b: Tensor, x: Tensor): Tensor => matmul(w, x).add(b).tanh();
const derivatives: Record<string, Case> = {
  "the Jacobian of a layer": () =>
    jacrev(layer, { argnums: 2 })(noise([40, 24]), noise([40], 2), noise([24], 3)) as Tensor,
  "batched Jacobians of a layer": () =>
    vmap(jacrev(layer, { argnums: 2 }), { inDims: [null, null, 0] })(
      noise([9, 7]),
      noise([9], 2),
      noise([20, 7], 3),
    ) as Tensor,
  "batched Hessians of a layer": () =>
    vmap(
      hessian((w: Tensor, b: Tensor, x: Tensor) => layer(w, b, x).square().sum(), { argnums: 2 }),
      {
        inDims: [null, null, 0],
      },
    )(noise([9, 7]), noise([9], 2), noise([20, 7], 3)) as Tensor,
};

export const FAMILIES: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  folds,
  products,
  positions,
  lines,
  orders,
  repetitions,
  derivatives,
  tutorial: steps,
};

/** Where two results differ by more than rounding, in words; null if they do not. */
export function difference(got: ArrayLike<number>, expected: ArrayLike<number>): string | null {
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  for (let i = 0; i < Math.max(got.length, expected.length); i++) {
    if (got[i] === expected[i] || Math.abs(got[i] - expected[i]) <= 2e-5 * scale) continue;
    return `entry ${i} of ${expected.length} is ${got[i]}, expected ${expected[i]}`;
  }
  return null;
}

/** Every case of a family on WebAssembly and on the graphics processor. */
export async function family(name: string): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [what, make] of Object.entries(FAMILIES[name])) {
    await setDefaultBackend("wasm");
    const expected = make().dataSync().slice();
    await setDefaultBackend("webgpu");
    try {
      const out = make();
      if (backendName() !== "webgpu") throw new Error("it is not computed on the graphics processor");
      const problem = difference(await out.data(), expected);
      if (problem !== null) found.push({ what, problem });
    } catch (error) {
      found.push({ what, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    } finally {
      useBackend("wasm");
    }
  }
  return found;
}
