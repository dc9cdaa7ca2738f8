/** @file What every differentiable function must pass: values, types, both derivatives, curvature, every way to map it. */
import assert from "node:assert/strict";
import { grad, hessian, jacfwd, jacrev, type Tensor, vmap } from "../../../kernel/index.ts";
import { data, moved } from "./data.ts";
import { differences, loop } from "./differences.ts";
import { type Grid, gridOf } from "./grid.ts";
import { assertNear } from "./near.ts";

export interface Checked {
  readonly f: (...args: Tensor[]) => Tensor;
  /** float64, or integers, which are not differentiated. */
  readonly args: readonly Tensor[];
  /** The value by other means. */
  readonly expected: (...args: Grid[]) => Grid;
}

/** Differences of a gradient, evaluated one by one: a large program is compiled once, not joined from many copies. */
function curvature(gradient: (...args: Tensor[]) => Tensor, args: readonly Tensor[], argnum: number): Grid {
  const x = args[argnum];
  const step = 1e-5;
  const at = (entry: number, by: number): ArrayLike<number> =>
    gradient(...args.map((arg, i) => (i === argnum ? moved(x, entry, by) : arg))).dataSync();
  const rows = Array.from({ length: x.size }, (_, entry) => {
    const [after, before] = [at(entry, step), at(entry, -step)];
    return Array.from(after, (value, i) => (value - before[i]) / (2 * step));
  });
  // Row by row: which is column by column too, for what is symmetric.
  return { shape: [...x.shape, ...x.shape], data: rows.flat() };
}

/** Calls on the backend in use. */
export function check(name: string, { f, args, expected }: Checked): void {
  const value = f(...args);
  assertNear(value, expected(...args.map(gridOf)), { rtol: 1e-13, what: name, dtype: "float64" });

  const single = args.map((arg) => (arg.dtype === "float64" ? arg.to("float32") : arg));
  const wanted = expected(...single.map(gridOf));
  assertNear(f(...single), wanted, { rtol: 2e-6, what: `${name} in float32`, dtype: "float32" });

  args.forEach((arg, argnums) => {
    if (arg.dtype !== "float64") return;
    const what = `${name}, argument ${argnums}`;
    const fwd = jacfwd(f, { argnums })(...args);
    assertNear(fwd, differences(f, args, argnums), { rtol: 2e-8, what: `jacfwd of ${what}`, dtype: "float64" });
    const rev = jacrev(f, { argnums })(...args);
    assertNear(rev, fwd, { rtol: 1e-12, what: `jacrev of ${what}` });
    assert.equal(jacrev(f, { argnums })(...single).dtype, "float32", `jacrev of ${what} in float32`);
    if (arg.size <= 8) {
      const curved = (...given: Tensor[]): Tensor => {
        const out = f(...given);
        return out.mul(out.sin()).sum();
      };
      const slopes = curvature(grad(curved, { argnums }), args, argnums);
      assertNear(hessian(curved, { argnums })(...args), slopes, { rtol: 5e-7, what: `hessian of ${what}` });
    }
  });

  const size = 3;
  for (let subset = 1; subset < 2 ** args.length; subset++) {
    for (const last of [false, true]) {
      const inDims = args.map((arg, i) => ((subset >> i) & 1 ? (last ? arg.ndim : 0) : null));
      const mapped = args.map((arg, i) => {
        const axis = inDims[i];
        if (axis === null) return arg;
        // Integers stay what they are: other ones may be out of range.
        const scale = data([size, ...arg.shape.map(() => 1)], { seed: 40 + i, low: 0.6, high: 1 });
        const many = arg.dtype === "int32" ? arg.broadcastTo([size, ...arg.shape]) : arg.mul(scale);
        return many.moveAxis(0, axis);
      });
      const what = `vmap of ${name}, inDims ${JSON.stringify(inDims)}`;
      assertNear(vmap(f, { inDims })(...mapped), loop(f, mapped, inDims, size), { rtol: 1e-12, what });
    }
  }
}
