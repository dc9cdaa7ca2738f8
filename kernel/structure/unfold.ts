/**
 * @file Taking values apart again: a factor that is a product of matrices becomes its two factors and a label that is
 * summed over. Where only some of its entries are wanted, a diagonal say, the product is then never formed.
 */
import type { Node } from "../graph/node.ts";
import { range, sizeOf } from "../shape.ts";
import { type Factor, known } from "./factor.ts";
import { freshLabel, type Label } from "./label.ts";
import type { Term } from "./term.ts";

/** Sums are multiplied out into no more terms than this. */
const MOST_TERMS = 32;

interface Piece {
  readonly node: Node;
  readonly labels: readonly Label[];
}

/** One product of a sum: pieces, and labels that only they have. */
interface Product {
  readonly scale: number;
  readonly pieces: readonly Piece[];
  readonly summed: readonly (readonly [Label, number])[];
}

/** What a value is the product of, one step down; null where it is nothing simpler. */
function opened({ node, labels }: Piece): Product[] | null {
  if (node.expression === null || node.value !== null) return null;
  const { op, inputs, params } = node.expression;
  const alone = (scale: number, input: Node, own = labels): Product => ({
    scale,
    pieces: [{ node: input, labels: own }],
    summed: [],
  });
  switch (op.name) {
    case "neg":
      return [alone(-1, inputs[0])];
    case "add":
    case "sub":
      return [alone(1, inputs[0]), alone(op.name === "add" ? 1 : -1, inputs[1])];
    case "mul":
      return [{ scale: 1, pieces: inputs.map((input) => ({ node: input, labels })), summed: [] }];
    case "full":
      return [{ scale: params.value as number, pieces: [], summed: [] }];
    case "permute": {
      const own: Label[] = [];
      (params.axes as readonly number[]).forEach((axis, d) => {
        own[axis] = labels[d];
      });
      return [alone(1, inputs[0], own)];
    }
    case "broadcast": {
      const axes = params.axes as readonly number[];
      if (inputs[0].shape.some((extent, d) => extent !== node.shape[axes[d]])) return null;
      const own = axes.map((axis) => labels[axis]);
      return [alone(1, inputs[0], own)];
    }
    case "where": {
      const [test, yes, no] = inputs;
      const isMasked = no.expression?.op.name === "full" && no.expression.params.value === 0;
      if (!isMasked) return null;
      return [{ scale: 1, pieces: [test, yes].map((input) => ({ node: input, labels })), summed: [] }];
    }
    case "dot":
      return [openedDot(inputs, labels, params as never)];
    default:
      return null;
  }
}

type Axes = readonly [readonly number[], readonly number[]];

function openedDot([a, b]: readonly Node[], labels: readonly Label[], at: { contract: Axes; batch: Axes }): Product {
  const summed = at.contract[0].map((axis): [Label, number] => [freshLabel(), a.shape[axis]]);
  const shared = at.batch[0].length;
  let next = shared;
  const pieces = [a, b].map((node, side): Piece => {
    const own = range(node.shape.length).map((axis) => {
      const contracted = at.contract[side].indexOf(axis);
      if (contracted >= 0) return summed[contracted][0];
      const batched = at.batch[side].indexOf(axis);
      return batched >= 0 ? labels[batched] : labels[next++];
    });
    return { node, labels: own };
  });
  return { scale: 1, pieces, summed };
}

const isKept = (factor: Factor, most: number): boolean => factor.size <= most || factor.dtype === "bool";

/** A sum of terms equal to the one given, in which values with more than `most` entries are taken apart as far as they can be. */
export function unfolded(given: Term, most: number): Term[] {
  const large = given.factors.filter((factor) => !isKept(factor, most));
  if (large.length === 0) return [given];
  let products: Product[] = [
    { scale: given.scale, pieces: large.map(({ node, labels }) => ({ node, labels })), summed: [] },
  ];
  const closed = new Set<Piece>();
  for (;;) {
    const i = products.findIndex(({ pieces }) => pieces.some((piece) => !closed.has(piece)));
    if (i < 0) break;
    const { scale, pieces, summed } = products[i];
    const piece = pieces.find((each) => !closed.has(each))!;
    const found = sizeOf(piece.node.shape) <= most ? null : opened(piece);
    if (found === null || products.length + found.length > MOST_TERMS) {
      closed.add(piece);
      continue;
    }
    const others = pieces.filter((each) => each !== piece);
    const replaced = found.map((each) => ({
      scale: scale * each.scale,
      pieces: [...others, ...each.pieces],
      summed: [...summed, ...each.summed],
    }));
    products = [...products.slice(0, i), ...replaced, ...products.slice(i + 1)];
  }
  const small = given.factors.filter((factor) => isKept(factor, most));
  return products.map(({ scale, pieces, summed }) => ({
    ...given,
    extents: new Map([...given.extents, ...summed]),
    scale,
    factors: [...small, ...pieces.map(({ node, labels }) => known(node, labels))],
  }));
}
