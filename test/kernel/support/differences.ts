/** @file Derivatives by central finite differences in float64: slow, inexact, and independent of every rule. */
import { stack, type Tensor } from "../../../kernel/index.ts";
import { moved } from "./data.ts";
import type { Grid } from "./grid.ts";

/**
 * The Jacobian of `f` with respect to argument `argnum`, `[...output, ...input]`. All differences are evaluated as one
 * program.
 */
export function differences(f: (...args: Tensor[]) => Tensor, args: readonly Tensor[], argnum = 0, step = 1e-5): Grid {
  const x = args[argnum];
  const around = (entry: number, by: number): Tensor =>
    f(...args.map((arg, i) => (i === argnum ? moved(x, entry, by) : arg)));
  const rows: Tensor[] = [];
  let shape: readonly number[] | undefined;
  for (let entry = 0; entry < x.size; entry++) {
    const [after, before] = [around(entry, step), around(entry, -step)];
    shape = after.shape;
    rows.push(after.sub(before).reshape([-1]));
  }
  if (shape === undefined) shape = f(...args).shape;
  const values = rows.length === 0 ? new Float64Array(0) : stack(rows, 1).dataSync();
  return { shape: [...shape, ...x.shape], data: Array.from(values, (difference) => difference / (2 * step)) };
}

/** The loop that vmap stands for: `f` on each example, results stacked in front. `dims` has an axis or null per argument. */
export function loop(
  f: (...args: Tensor[]) => Tensor,
  args: readonly Tensor[],
  dims: readonly (number | null)[],
  size: number,
): Grid {
  const parts: Tensor[] = [];
  for (let i = 0; i < size; i++) {
    const example = args.map((arg, a) => {
      const axis = dims[a];
      if (axis === null) return arg;
      const at = new Array<number | null>(arg.ndim).fill(null);
      at[axis < 0 ? axis + arg.ndim : axis] = i;
      return arg.at(...at);
    });
    parts.push(f(...example));
  }
  const values = parts.map((part) => part.dataSync());
  return { shape: [size, ...parts[0].shape], data: values.flatMap((each) => Array.from(each)) };
}
