/**
 * @file Factors: values along labels. They are made only when they are needed, so an order of elimination can be tried and
 * counted without a node being appended for it.
 */
import type { DType } from "../dtype.ts";
import {
  add,
  binary,
  broadcastInDim,
  cast,
  dot,
  emit,
  full,
  fullLike,
  iota,
  mul,
  neg,
  permute,
  reshape,
  select,
  sum,
} from "../emit.ts";
import type { Node } from "../graph/node.ts";
import { inThisWalk } from "../graph/origin.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { type Extents, type Form, type Label, labelsOf, rangeOf, strideOf } from "./label.ts";

/** A node along labels that is `scale` times a factor, repeated where the factor lacks a label. */
export interface Stated {
  readonly node: Node;
  readonly labels: readonly Label[];
  readonly scale: number;
}

/** A value with one axis per label. Of type bool it is a mask: a product with it selects. */
export class Factor {
  readonly labels: readonly Label[];
  readonly shape: Shape;
  readonly dtype: DType;
  /** What a primitive stated, where this is what lies behind it. */
  readonly stated: Stated | null;
  /** What it is made of, and how. */
  #parts: readonly Factor[];
  #make: (() => Node) | null;
  #node: Node | null = null;

  /** @param make may read the nodes of `parts` */
  constructor(
    labels: readonly Label[],
    shape: Shape,
    dtype: DType,
    parts: readonly Factor[],
    make: () => Node,
    stated: Stated | null = null,
  ) {
    this.labels = labels;
    this.shape = shape;
    this.dtype = dtype;
    this.stated = stated;
    this.#parts = parts;
    this.#make = inThisWalk(make);
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  get node(): Node {
    // Without recursion: a product of a thousand slopes is no deeper than one.
    const stack: Factor[] = [this];
    for (let factor = stack.at(-1); factor !== undefined; factor = stack.at(-1)) {
      const missing = factor.#node === null ? factor.#parts.filter((part) => part.#node === null) : [];
      if (missing.length > 0) stack.push(...missing);
      else {
        factor.#settle();
        stack.pop();
      }
    }
    return this.#node!;
  }

  #settle(): void {
    this.#node ??= this.#make!();
    this.#make = null;
    this.#parts = [];
  }

  has(label: Label): boolean {
    return this.labels.includes(label);
  }

  /** Without axes of extent 1. */
  squeezed(): Factor {
    const shape = this.shape.filter((extent) => extent !== 1);
    const labels = this.labels.filter((_, d) => this.shape[d] !== 1);
    return new Factor(labels, shape, this.dtype, [this], () => reshape(this.node, shape), this.stated);
  }

  /** The same values along other labels of the same extents. */
  renamed(labels: readonly Label[]): Factor {
    return new Factor(labels, this.shape, this.dtype, [this], () => this.node);
  }
}

/** What an operation on factors costs. */
export class Tally {
  multiplications = 0;
  /** Entries written to memory. */
  written = 0;
  /** Vectors taken through operations without structure: colours, where one serves several positions. */
  vectors = 0;

  add(other: Tally): void {
    this.multiplications += other.multiplications;
    this.written += other.written;
    this.vectors += other.vectors;
  }
}

/** What is seen behind repetitions and negations: a value with fewer axes has fewer products to take part in. */
export function factorOf(node: Node, labels: readonly Label[]): { factor: Factor | null; scale: number } {
  let [at, axes, scale] = [node, [...labels], 1];
  for (;;) {
    const { expression } = at;
    if (expression === null) break;
    const { op, params, inputs } = expression;
    if (op.name === "full") return { factor: null, scale: scale * (params.value as number) };
    if (op.name === "neg") scale = -scale;
    else if (op.name === "broadcast") {
      const placed = params.axes as readonly number[];
      const [input] = inputs;
      if (input.shape.some((extent, d) => extent !== at.shape[placed[d]])) break;
      axes = placed.map((axis) => axes[axis]);
    } else break;
    [at] = inputs;
  }
  const stated = { node, labels, scale };
  return { factor: new Factor(axes, at.shape, at.dtype, [], () => at, stated), scale };
}

export const known = (node: Node, labels: readonly Label[]): Factor =>
  new Factor(labels, node.shape, node.dtype, [], () => node);

/** The node of a factor with axes in the order of `labels`, repeated along those that it lacks. */
export function along(factor: Factor, labels: readonly Label[], shape: Shape): Node {
  const own = labels.filter((label) => factor.has(label));
  const ordered = permute(
    factor.node,
    own.map((label) => factor.labels.indexOf(label)),
  );
  return broadcastInDim(
    ordered,
    shape,
    own.map((label) => labels.indexOf(label)),
  );
}

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

/** int32, the value of `form` along `labels`. */
export function formNode(form: Form, labels: readonly Label[], shape: Shape): Node {
  if (form.table !== null) return along(form.table, labels, shape);
  return form.parts.reduce<Node>(
    (total, { label, stride }) => {
      const counted = iota(shape, labels.indexOf(label));
      return add(total, stride === 1 ? counted : mul(counted, full(stride, shape, "int32")));
    },
    full(form.offset, shape, "int32"),
  );
}

/** Where `0 ≤ form < extent`. */
export function inside(form: Form, extent: number, extents: Extents): Factor {
  const labels = labelsOf(form);
  const shape = labels.map((label) => extents.get(label)!);
  return new Factor(labels, shape, "bool", form.table === null ? [] : [form.table], () => {
    const position = formNode(form, labels, shape);
    return binary(
      "and",
      binary("ge", position, full(0, shape, "int32")),
      binary("lt", position, full(extent, shape, "int32")),
    );
  });
}

/** `factor` where `form` stands for `label`. Positions outside of it have the value 0. */
export function gathered(factor: Factor, label: Label, form: Form, extents: Extents): Factor {
  const axis = factor.labels.indexOf(label);
  const before = factor.labels.slice(0, axis);
  const after = factor.labels.slice(axis + 1);
  const others = [...before, ...after];
  const fresh = labelsOf(form).filter((each) => !others.includes(each));
  const labels = [...before, ...fresh, ...after];
  const shape = labels.map((each) =>
    factor.has(each) && each !== label ? factor.shape[factor.labels.indexOf(each)] : extents.get(each)!,
  );
  const extent = factor.shape[axis];
  const isSame = form.table === null && form.offset === 0 && form.parts.length === 1 && form.parts[0].stride === 1;
  if (isSame && fresh.length === 1 && extents.get(fresh[0]) === extent) return factor.renamed(labels);
  // Known now: the extents may belong to a product that goes on to be solved.
  const [low, high] = rangeOf(form, extents);
  const parts = form.table === null ? [factor] : [factor, form.table];
  return new Factor(labels, shape, factor.dtype, parts, () => {
    let source = factor.node;
    let offset = form.offset;
    if (form.table === null) {
      if (low < 0 || high >= extent) {
        const start = Math.max(0, -low);
        const starts = factor.shape.map((_, d) => (d === axis ? start : 0));
        const padded = factor.shape.map((each, d) => (d === axis ? start + Math.max(extent, high + 1) : each));
        source = emit("embed", [source], { starts, steps: starts.map(() => 1), shape: padded });
        offset += start;
      }
    }
    const forms = factor.labels.map((each, d) => {
      const strides = labels.map((other) => (d === axis ? strideOf(form, other) : other === each ? 1 : 0));
      return [d === axis ? offset : 0, ...strides];
    });
    if (form.table === null) return emit("pick", [source], { shape, forms });
    return emit("pickAt", [source, along(form.table, labels, shape)], { shape, forms, tables: [axis] });
  });
}
