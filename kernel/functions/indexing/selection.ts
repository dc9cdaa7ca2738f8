/**
 * @file Results whose shape depends on entries. They need values: inside vmap, where a tensor stands for many, they are an
 * error, while derivatives with respect to what is selected pass through.
 */
import { cast, reshape } from "../../emit.ts";
import { TraceError } from "../../errors.ts";
import { constantNode } from "../../graph/node.ts";
import { requireHost } from "../../remote.ts";
import { withNumbers } from "../../runtime/device-get.ts";
import { broadcastShapes } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { broadcastNode, operand } from "../operands.ts";
import { take } from "./indexing.ts";
import { argsort } from "./sorting.ts";

/** Entries decide the shape of the result, so they must be known. */
function requireValues(name: string, x: Tensor): void {
  const { trace } = x.node;
  if (trace === null) return;
  throw new TraceError(
    `${name}: this is an output of dynamic shape, it depends on entries, but inside ${trace.transform} a tensor of shape ` +
      `[${x.shape.join(", ")}] has none of its own. Keep the shape with where(condition, a, b), or take a fixed number with ` +
      `topK; else call ${name} outside.`,
  );
}

const integers = (values: readonly number[], shape: readonly number[]): Tensor =>
  new Tensor(constantNode({ shape, dtype: "int32" }, Int32Array.from(values)));

/** Flat positions of the entries that are not 0. */
function truePositions(name: string, mask: Tensor): number[] {
  const found: number[] = [];
  requireHost(mask.evaluate().node.value!, name).forEach((value, i) => {
    if (value !== 0) found.push(i);
  });
  return found;
}

/**
 * The positions of the entries that are not 0, in row-major order: `[count, axes]`, int32. As `torch.nonzero`.
 * @example nonzero(tensor([[0, 7], [8, 0]]))   // [[0, 1], [1, 0]]
 */
export const nonzero = (x: Tensor): Tensor => positionsIn("nonzero", x);

function positionsIn(name: string, x: Tensor): Tensor {
  const given = new Tensor(operand(name, x));
  requireValues(name, given);
  const { shape } = given;
  const flat = truePositions(name, given);
  const rows = flat.flatMap((position) => {
    const at = new Array<number>(shape.length);
    let rest = position;
    for (let d = shape.length - 1; d >= 0; d--) {
      at[d] = rest % shape[d];
      rest = (rest - at[d]) / shape[d];
    }
    return at;
  });
  return integers(rows, [flat.length, shape.length]);
}

/** `nonzero` by its other name in PyTorch and NumPy.
 * @example argwhere(x.gt(0))
 */
export const argwhere = (x: Tensor): Tensor => positionsIn("argwhere", x);

/**
 * The entries where `mask` is true, in row-major order, as a vector. The two broadcast. The mask needs values; `x` need
 * not, and its derivative is that of taking these entries.
 * @example maskedSelect(x, x.gt(0)).mean()
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  const [node, test] = [operand("maskedSelect", x), operand("maskedSelect", mask)];
  const shape = broadcastShapes("maskedSelect", node.shape, test.shape);
  const whole = new Tensor(broadcastNode(cast(test, "bool"), shape));
  requireValues("maskedSelect", whole);
  const found = withNumbers("maskedSelect", [new Tensor(test)], () => truePositions("maskedSelect", whole));
  const spread = broadcastNode(node, shape);
  return take(new Tensor(reshape(spread, [spread.size])), integers(found, [found.length]));
}

export interface Unique {
  /** Each value once, from the smallest up. Every NaN is one of its own. */
  readonly values: Tensor;
  /** For each entry the position of its value: `values.take(inverse)` is the tensor. */
  readonly inverse: Tensor;
  /** How often each value occurs. */
  readonly counts: Tensor;
}

/**
 * The different values among the entries, in ascending order. The derivative of a value goes to its first entry.
 * @example unique(tensor([3, 1, 3])).values   // [1, 3]
 */
export function unique(x: Tensor): Unique {
  const node = operand("unique", x);
  const flat = new Tensor(reshape(node, [node.size]));
  requireValues("unique", flat);
  const [data, order] = withNumbers("unique", [new Tensor(node)], () => [flat.dataSync(), argsort(flat).dataSync()]);
  const firsts: number[] = [];
  const counts: number[] = [];
  const inverse = new Array<number>(data.length);
  order.forEach((at, i) => {
    if (i === 0 || data[at] !== data[order[i - 1]]) {
      firsts.push(at);
      counts.push(0);
    }
    counts[counts.length - 1]++;
    inverse[at] = counts.length - 1;
  });
  return {
    values: take(flat, integers(firsts, [firsts.length])),
    inverse: integers(inverse, node.shape),
    counts: integers(counts, [counts.length]),
  };
}
