/** @file Arithmetic on factors along labels, each operation with what it costs. */
import type { DType } from "../dtype.ts";
import { add, binary, cast, dot, full, fullLike, mul, neg, select, sum } from "../emit.ts";
import type { Node } from "../graph/node.ts";
import { sizeOf } from "../shape.ts";
import { along, Factor, type Tally } from "./factor.ts";
import type { Label } from "./label.ts";

/** Labels of one or both, those of the larger first. */
function union(a: Factor, b: Factor): { labels: Label[]; shape: number[] } {
  const [large, small] = a.size >= b.size ? [a, b] : [b, a];
  const labels = [...large.labels];
  const shape = [...large.shape];
  small.labels.forEach((label, d) => {
    if (large.has(label)) return;
    labels.push(label);
    shape.push(small.shape[d]);
  });
  return { labels, shape };
}

const widest = (a: DType, b: DType): DType => (a === "bool" ? b : b === "bool" ? a : a === "float64" ? a : b);

function productNode(x: Node, y: Node): Node {
  if (x.dtype === "bool" && y.dtype === "bool") return binary("and", x, y);
  if (x.dtype === "bool") return select(x, y, fullLike(0, y));
  if (y.dtype === "bool") return select(y, x, fullLike(0, x));
  const dtype = widest(x.dtype, y.dtype);
  return mul(cast(x, dtype), cast(y, dtype));
}

/** `a · b`, entry by entry along the labels of both. */
export function product(a: Factor, b: Factor, tally: Tally): Factor {
  const { labels, shape } = union(a, b);
  const size = sizeOf(shape);
  if (a.dtype !== "bool" && b.dtype !== "bool") tally.multiplications += size;
  tally.written += size;
  return new Factor(labels, shape, widest(a.dtype, b.dtype), [a, b], () =>
    productNode(along(a, labels, shape), along(b, labels, shape)),
  );
}

const asNumbers = (factor: Factor, dtype: DType): Factor =>
  factor.dtype === dtype
    ? factor
    : new Factor(factor.labels, factor.shape, dtype, [factor], () => cast(factor.node, dtype));

/** Σ over `labels` of one factor. */
export function summed(factor: Factor, labels: readonly Label[], dtype: DType, tally: Tally): Factor {
  const numbers = asNumbers(factor, factor.dtype === "bool" ? dtype : factor.dtype);
  const kept = numbers.labels.filter((label) => !labels.includes(label));
  const shape = numbers.shape.filter((_, d) => !labels.includes(numbers.labels[d]));
  tally.written += sizeOf(shape) + factor.size / 4;
  return new Factor(kept, shape, numbers.dtype, [numbers], () =>
    sum(
      numbers.node,
      numbers.labels.flatMap((label, d) => (labels.includes(label) ? [d] : [])),
    ),
  );
}

/** Σ over `labels`, which both have, of `a · b`. */
export function contracted(a: Factor, b: Factor, labels: readonly Label[], dtype: DType, tally: Tally): Factor {
  const common = widest(widest(a.dtype, b.dtype), a.dtype === "bool" && b.dtype === "bool" ? dtype : "bool");
  const [x, y] = [asNumbers(a, common), asNumbers(b, common)];
  const batch = x.labels.filter((label) => y.has(label) && !labels.includes(label));
  const isFree = (label: Label): boolean => !labels.includes(label) && !batch.includes(label);
  const result = [...batch, ...x.labels.filter(isFree), ...y.labels.filter(isFree)];
  const extent = (label: Label): number => {
    const d = x.labels.indexOf(label);
    return d >= 0 ? x.shape[d] : y.shape[y.labels.indexOf(label)];
  };
  const shape = result.map(extent);
  const written = sizeOf(shape);
  tally.multiplications += labels.reduce((count, label) => count * extent(label), written);
  tally.written += written;
  const places = (factor: Factor, of: readonly Label[]): number[] => of.map((label) => factor.labels.indexOf(label));
  return new Factor(result, shape, common, [x, y], () =>
    dot(x.node, y.node, {
      contract: [places(x, labels), places(y, labels)],
      batch: [places(x, batch), places(y, batch)],
    }),
  );
}

/** `a + b` along the labels of both, each times its scale; null stands for 1. */
export function added(
  a: readonly [Factor | null, number],
  b: readonly [Factor | null, number],
  dtype: DType,
  tally: Tally,
): Factor {
  const first = (a[0] ?? b[0])!;
  const second = (b[0] ?? a[0])!;
  const { labels, shape } = union(first, second);
  tally.written += sizeOf(shape);
  const numbers = widest(first.dtype, second.dtype);
  const common = numbers === "bool" ? dtype : numbers;
  const term = ([factor, scale]: readonly [Factor | null, number]): Node => {
    if (factor === null) return full(scale, shape, common);
    return along(asNumbers(scaledBy(factor, scale, dtype, tally), common), labels, shape);
  };
  const parts = [a[0], b[0]].filter((factor) => factor !== null);
  return new Factor(labels, shape, common, parts, () => add(term(a), term(b)));
}

/** A factor times a number that is part of the program. */
export function scaledBy(factor: Factor, scale: number, dtype: DType, tally: Tally): Factor {
  if (scale === 1) return factor;
  const numbers = asNumbers(factor, factor.dtype === "bool" ? dtype : factor.dtype);
  if (scale !== -1) tally.multiplications += factor.size;
  return new Factor(factor.labels, factor.shape, numbers.dtype, [numbers], () =>
    scale === -1 ? neg(numbers.node) : mul(numbers.node, fullLike(scale, numbers.node)),
  );
}
