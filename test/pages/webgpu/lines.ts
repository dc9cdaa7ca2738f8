/** @file Totals, extremes, orders and searches along lines on the graphics processor: of every length that has code of its own. */
import {
  argmax,
  argmin,
  argsort,
  cumsum,
  grad,
  scatter,
  searchsorted,
  sort,
  type Tensor,
  take,
  tensor,
} from "../../../kernel/index.ts";
import { noise, whole } from "./noise.ts";

const ODD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1.5, -1.5, 2, 1e-42, -3e38];

/** As sorted lines are: NaN last. */
const rising = (a: number, b: number): number => Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || a - b;

/** Numbers of which many are equal, with NaN, infinities and both zeros among them. */
const odd = (shape: readonly number[]): Tensor => take(tensor(ODD, { dtype: "float32" }), whole(shape, ODD.length));

export const lines: Record<string, () => Tensor> = {};
export const orders: typeof lines = {};
for (const [axis, ...shape] of [
  [1, 5, 7],
  [1, 3, 40],
  [1, 2, 300, 3],
  [1, 1, 2048],
  [1, 3, 5000],
  [0, 9001, 2],
  [1, 1, 70_000],
] as const) {
  const along = `of [${shape}] along axis ${axis}`;
  lines[`totals ${along}`] = () => cumsum(noise(shape), axis);
  lines[`totals of whole numbers ${along}`] = () => cumsum(whole(shape, 2 ** 30), axis);
  lines[`largest ${along}`] = () => argmax(noise(shape), axis);
  lines[`smallest, with ties and NaN, ${along}`] = () => argmin(odd(shape), axis);
  lines[`largest, with ties and NaN, ${along}`] = () => argmax(odd(shape), axis);
  if (shape[axis] > 40) continue;
  orders[`order with ties and NaN ${along}`] = () => argsort(odd(shape), axis);
  orders[`falling order with ties and NaN ${along}`] = () => argsort(odd(shape), axis, { descending: true });
  orders[`order of whole numbers ${along}`] = () => argsort(whole(shape, 100).sub(50), axis);
  orders[`falling order of bools ${along}`] = () => argsort(noise(shape).gt(0.3), axis, { descending: true });
}
// Emulated, these take seconds each to compile.
orders["falling order of [2, 300, 3], with ties and NaN"] = () => argsort(odd([2, 300, 3]), 1, { descending: true });
orders["falling order of [9000, 2], with ties and NaN"] = () => argsort(odd([9000, 2]), 0, { descending: true });
lines["totals over more chunks than one workgroup takes"] = () => cumsum(noise([4_300_000]), 0);
lines["totals over many lines"] = () => cumsum(noise([70_000, 40]), 1);
lines["the gradient of totals"] = () =>
  grad((x: Tensor) =>
    cumsum(x, 1)
      .mul(noise([3, 4100], 5))
      .square()
      .sum(),
  )(noise([3, 4100]));
orders["places in a sorted line"] = () =>
  searchsorted(tensor(ODD.toSorted(rising), { dtype: "float32" }), odd([70, 4]));
orders["places on the right in sorted lines"] = () =>
  searchsorted(sort(noise([6, 50])), noise([6, 33], 3), { side: "right" });
orders["the last of several writers"] = () =>
  scatter(noise([4, 60, 3]), 1, whole([4, 500, 3], 60).sub(20), noise([4, 500, 3], 2));
