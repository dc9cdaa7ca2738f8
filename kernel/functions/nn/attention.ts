/** @file Sequences: embeddings, the vectors that stand for integers, and attention among them. */
import { emit } from "../../emit.ts";
import { ShapeError, showShape } from "../../errors.ts";
import { Tensor } from "../../tensor.ts";
import { where } from "../choice.ts";
import { ones } from "../creation.ts";
import { tril } from "../diagonals.ts";
import { add } from "../elementwise.ts";
import { positionsNode } from "../indexing/positions.ts";
import { operand } from "../operands.ts";
import { matmul } from "../product.ts";
import { softmax } from "../reduction.ts";
import { transpose } from "../shape.ts";

/**
 * The rows of `weight` `[count, features]` at integer positions of any shape: `[…indices.shape, features]`.
 * @example embedding(tensor([[1, 2], [3, 4]]), [1, 0, 1])   // [[3, 4], [1, 2], [3, 4]]
 */
export function embedding(weight: Tensor, indices: Tensor | readonly number[]): Tensor {
  const node = operand("embedding", weight);
  if (node.shape.length !== 2) {
    throw new ShapeError(
      `embedding: expected a weight [count, features], got ${showShape(node.shape)}. Give the weight first, then the indices.`,
    );
  }
  return new Tensor(emit("take", [node, positionsNode("embedding", indices, node, 0, 0)], { axis: 0 }));
}

export interface AttentionOptions {
  /** Position i sees the positions up to i. */
  readonly causal?: boolean;
  /** Broadcasts to `[…, queries, keys]`. Truth values: true takes part. Numbers: added to the scores. */
  readonly mask?: Tensor;
  /** Of the scores. Default `1 / √features`. */
  readonly scale?: number;
}

/**
 * Scaled dot-product attention, `softmax(query · keyᵀ · scale) · value`: query `[…, L, E]`, key `[…, S, E]`, value
 * `[…, S, V]`, result `[…, L, V]`. Leading axes broadcast.
 * @example attention(zeros([2, 3]), zeros([4, 3]), ones([4, 5]))   // [[1, 1, 1, 1, 1], [1, 1, 1, 1, 1]]
 */
export function attention(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor {
  const shapes = [query, key, value].map((each) => operand("attention", each).shape);
  const fits =
    shapes.every((shape) => shape.length >= 2) &&
    shapes[0].at(-1) === shapes[1].at(-1) &&
    shapes[1].at(-2) === shapes[2].at(-2);
  if (!fits) {
    throw new ShapeError(
      "attention: expected query [..., L, E], key [..., S, E] and value [..., S, V], got " +
        `${shapes.map(showShape).join(", ")}. Check the last two axes of each.`,
    );
  }
  const { causal = false, mask, scale = 1 / Math.sqrt(query.shape.at(-1) ?? 1) } = options;
  let scores = matmul(query, transpose(key, -2, -1)).mul(scale);
  const keep = (test: Tensor): void => {
    scores = where(test, scores, Number.NEGATIVE_INFINITY);
  };
  if (causal) keep(tril(ones(scores.shape.slice(-2), { dtype: "bool" })));
  if (mask?.dtype === "bool") keep(mask);
  else if (mask !== undefined) scores = add(scores, mask);
  return matmul(softmax(scores, -1), value);
}
