/**
 * @file Factors: values along labels. They are made only when they are needed, so an order of elimination can be tried and
 * counted without a node being appended for it.
 */
import type { DType } from "../dtype.ts";
import { broadcastInDim, permute, reshape } from "../emit.ts";
import type { Node } from "../graph/node.ts";
import { inThisWalk } from "../graph/origin.ts";
import { type Shape, sizeOf } from "../shape.ts";
import type { Label } from "./label.ts";

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
