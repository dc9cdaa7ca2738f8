/** @file Products of tensors: matmul and its relatives. */
import { type DotParams, dot as dotNodes, permute, reshape } from "../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { broadcastShapes, distinctAxes, normalizeAxis, range } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { add } from "./elementwise.ts";
import { spelledOut } from "./ellipsis.ts";
import { roll } from "./joining.ts";
import { broadcastNode, describe, promotedPair, requireTensor } from "./operands.ts";

/**
 * Vector product in three dimensions, of vectors that lie along `axis`; the other axes broadcast.
 * @example cross(tensor([1, 0, 0]), tensor([0, 1, 0]))   // [0, 0, 1]
 */
export function cross(x: Tensor, y: Tensor, axis = -1): Tensor {
  const [a, b] = promotedPair("cross", x, y);
  const shape = broadcastShapes("cross", a.shape, b.shape);
  const d = normalizeAxis("cross", axis, shape.length);
  const [p, q] = [new Tensor(broadcastNode(a, shape)), new Tensor(broadcastNode(b, shape))];
  if (shape[d] !== 3) {
    throw new ShapeError(
      `cross: expected vectors of 3 entries along axis ${axis}, got shapes ${showShape(a.shape)} and ${showShape(b.shape)}.`,
    );
  }
  // Entry i takes entries i + 1 and i + 2, counted round.
  const [p1, p2, q1, q2] = [roll(p, -1, d), roll(p, -2, d), roll(q, -1, d), roll(q, -2, d)];
  return p1.mul(q2).sub(p2.mul(q1));
}

/**
 * Matrix product as in PyTorch: vectors are rows on the left and columns on the right, and leading axes broadcast.
 * @example weight.matmul(x)   // [m, k] · [k] → [m]
 */
export function matmul(x: Tensor, y: Tensor): Tensor {
  const [a, b] = promotedPair("matmul", x, y);
  if (a.shape.length === 0 || b.shape.length === 0) {
    throw new ShapeError(
      `matmul: expected at least one axis each, got ${showShape(a.shape)} and ${showShape(b.shape)}. Use mul for scalars.`,
    );
  }
  const contractA = a.shape.length - 1;
  const contractB = Math.max(0, b.shape.length - 2);
  if (a.shape[contractA] !== b.shape[contractB]) {
    throw new ShapeError(
      `matmul: shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not fit: the last axis of the first has extent ` +
        `${a.shape[contractA]}, the ${b.shape.length === 1 ? "axis" : "second to last axis"} of the second ${b.shape[contractB]}. ` +
        "They must be equal; transpose one of them?",
    );
  }
  const leadA = a.shape.slice(0, -2);
  const leadB = b.shape.slice(0, -2);
  // A plain matrix on one side: its product with a whole stack is one product.
  if (leadA.length === 0 || leadB.length === 0) {
    const product = dotNodes(a, b, { contract: [[contractA], [contractB]], batch: [[], []] });
    if (leadA.length > 0 || leadB.length === 0 || a.shape.length === 1) return new Tensor(product);
    // [m, lead…, n] → [lead…, m, n]
    const rank = product.shape.length;
    return new Tensor(
      permute(product, [...range(leadB.length, 1), 0, ...range(rank - 1 - leadB.length, 1 + leadB.length)]),
    );
  }
  const lead = broadcastShapes("matmul", leadA, leadB);
  const spread = (node: Node): Node => broadcastNode(node, [...lead, ...node.shape.slice(-2)]);
  const axes = range(lead.length);
  const n = lead.length;
  return new Tensor(dotNodes(spread(a), spread(b), { contract: [[n + 1], [n]], batch: [axes, axes] }));
}

/**
 * `x · weightᵀ + bias` as `torch.nn.functional.linear`: x `[…, in]`, weight `[out, in]`, bias `[out]`.
 * @example linear(tensor([1, 2]), tensor([[3, 4]]), tensor([5]))   // [16]
 */
export function linear(x: Tensor, weight: Tensor, bias?: TensorLike): Tensor {
  const [a, w] = promotedPair("linear", x, weight);
  if (w.shape.length !== 2 || a.shape.length === 0 || a.shape[a.shape.length - 1] !== w.shape[1]) {
    throw new ShapeError(
      `linear: expected x [..., in] and weight [out, in], got ${showShape(a.shape)} and ${showShape(w.shape)}. ` +
        "The last axes must be equal; transpose the weight?",
    );
  }
  const product = new Tensor(dotNodes(a, w, { contract: [[a.shape.length - 1], [1]], batch: [[], []] }));
  return bias === undefined ? product : add(product, bias);
}

/**
 * Inner product of two vectors.
 * @example dot(tensor([1, 2]), tensor([3, 4]))   // 11
 */
export function dot(x: Tensor, y: Tensor): Tensor {
  const [a, b] = promotedPair("dot", x, y);
  if (a.shape.length !== 1 || b.shape.length !== 1) {
    throw new ShapeError(
      `dot: expected two vectors, got ${showShape(a.shape)} and ${showShape(b.shape)}. Use matmul or tensordot.`,
    );
  }
  if (a.shape[0] !== b.shape[0]) {
    throw new ShapeError(
      `dot: expected vectors of one length, got ${showShape(a.shape)} and ${showShape(b.shape)}. Use outer for all products.`,
    );
  }
  return new Tensor(dotNodes(a, b, { contract: [[0], [0]], batch: [[], []] }));
}

/**
 * All products of an entry of `x` and one of `y`, `[...x.shape, ...y.shape]`.
 * @example outer(tensor([1, 2]), tensor([3, 4]))   // [[3, 4], [6, 8]]
 */
export function outer(x: Tensor, y: Tensor): Tensor {
  const [a, b] = promotedPair("outer", x, y);
  return new Tensor(dotNodes(a, b, { contract: [[], []], batch: [[], []] }));
}

/**
 * Kronecker product: every entry of `x` times the whole of `y`, in its place; extents multiply.
 * @example kron(tensor([1, 10]), tensor([1, 2]))   // [1, 2, 10, 20]
 */
export function kron(x: Tensor, y: Tensor): Tensor {
  const [a, b] = promotedPair("kron", x, y);
  const rank = Math.max(a.shape.length, b.shape.length);
  const full = ({ shape }: Node): number[] => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const [left, right] = [full(a), full(b)];
  const product = dotNodes(reshape(a, left), reshape(b, right), { contract: [[], []], batch: [[], []] });
  // [i…, j…] → [i, j, …] → [i · j, …]
  const mixed = permute(
    product,
    range(rank).flatMap((d) => [d, rank + d]),
  );
  return new Tensor(
    reshape(
      mixed,
      left.map((extent, d) => extent * right[d]),
    ),
  );
}

/**
 * Sums over pairs of axes: the last `axes` of `x` with the first of `y`, or the given lists.
 * @example tensordot(zeros([2, 3, 4]), zeros([4, 3, 5]), [[1, 2], [1, 0]]).shape   // [2, 5]
 */
export function tensordot(
  x: Tensor,
  y: Tensor,
  axes: number | readonly [readonly number[], readonly number[]] = 2,
): Tensor {
  const [a, b] = promotedPair("tensordot", x, y);
  const [left, right] = typeof axes === "number" ? [range(axes, a.shape.length - axes), range(axes)] : axes;
  if (left.length !== right.length)
    throw new ArgumentError(
      `tensordot: expected as many axes of the first as of the second, got ${left.length} and ${right.length}.`,
    );
  const contract: DotParams["contract"] = [
    distinctAxes("tensordot", left, a.shape.length),
    distinctAxes("tensordot", right, b.shape.length),
  ];
  const odd = contract[0].findIndex((axis, i) => a.shape[axis] !== b.shape[contract[1][i]]);
  if (odd >= 0) {
    throw new ShapeError(
      `tensordot: axis ${contract[0][odd]} of ${showShape(a.shape)} and axis ${contract[1][odd]} of ${showShape(b.shape)} ` +
        "are summed together and must be equal. Check the axes.",
    );
  }
  return new Tensor(dotNodes(a, b, { contract, batch: [[], []] }));
}

const EINSUM = /^[A-Za-z]*(\.{3})?[A-Za-z]*(,[A-Za-z]*(\.{3})?[A-Za-z]*)*(->[A-Za-z]*(\.{3})?[A-Za-z]*)?$/;

/**
 * Einstein summation over two or more operands, or one: `einsum("bij,bjk->bik", x, y)`. Every letter is an axis; letters
 * that the result does not have are summed over. Without "->" the result has the letters that occur once, in order. "..."
 * stands for the axes that a term does not name; they broadcast, and are summed over if the result does not have them.
 * @example einsum("ij,ij->i", tensor([[1, 2], [3, 4]]), tensor([[1, 1], [2, 2]]))   // [3, 14]
 */
export function einsum(formula: string, ...operands: readonly Tensor[]): Tensor {
  if (typeof formula !== "string") {
    throw new ArgumentError(
      `einsum: expected a formula such as "ij,jk->ik" first, got ${describe(formula)}. The operands come after it.`,
    );
  }
  const compact = formula.replaceAll(" ", "");
  if (!EINSUM.test(compact)) {
    throw new ArgumentError(
      `einsum: expected letters and at most one "..." for each operand, "," between operands and at most one "->", got ` +
        `"${formula}". Give each axis a letter.`,
    );
  }
  const spelled = compact.includes("...") ? spelledOut(compact, operands) : { formula: compact, tensors: operands };
  const { tensors } = spelled;
  const [left, right] = spelled.formula.split("->");
  const terms = left.split(",");
  if (terms.length !== tensors.length) {
    throw new ArgumentError(
      `einsum: "${formula}" has ${terms.length} operands, but ${tensors.length} were given. Give them one by one.`,
    );
  }
  for (const each of tensors) requireTensor("einsum", each);
  const letters = [...left.replaceAll(",", "")];
  const result =
    right ??
    [...new Set(letters)]
      .filter((letter) => letters.filter((each) => each === letter).length === 1)
      .sort()
      .join("");
  const unknown = [...result].find((letter) => !letters.includes(letter));
  if (unknown !== undefined)
    throw new ArgumentError(`einsum: "${unknown}" is in the result of "${formula}" but in no operand.`);
  if (new Set(result).size !== result.length) {
    throw new ArgumentError(`einsum: the result of "${formula}" names a letter twice; give each letter once.`);
  }
  const extents = new Map<string, number>();
  terms.forEach((term, i) => {
    const { shape } = tensors[i];
    if (term.length !== shape.length) {
      throw new ShapeError(
        `einsum: "${term}" of "${formula}" names ${term.length} axes, but the operand has shape ${showShape(shape)}.`,
      );
    }
    [...term].forEach((letter, d) => {
      const extent = extents.get(letter) ?? shape[d];
      if (extent !== shape[d]) {
        throw new ShapeError(
          `einsum: "${letter}" of "${formula}" stands for extent ${extent} and for ${shape[d]}, with operands of shapes ` +
            `${tensors.map((each) => showShape(each.shape)).join(" and ")}. A letter has one extent.`,
        );
      }
      extents.set(letter, extent);
    });
  });
  let [term, value] = prepared(terms[0], tensors[0]);
  for (let i = 1; i < terms.length; i++) {
    const [nextTerm, next] = prepared(terms[i], tensors[i]);
    const wanted = new Set([...result, ...terms.slice(i + 1).join("")]);
    [term, value] = contracted(term, value, nextTerm, next, wanted);
  }
  const summed = [...term].flatMap((letter, d) => (result.includes(letter) ? [] : [d]));
  const rest = [...term].filter((letter) => result.includes(letter));
  const total = summed.length === 0 ? value : value.sum(summed);
  return total.permute([...result].map((letter) => rest.indexOf(letter)));
}

/** An operand whose repeated letters have been replaced by a diagonal. */
function prepared(term: string, tensor: Tensor): [string, Tensor] {
  let letters = [...term];
  let value = tensor;
  for (let p = 0; p < letters.length; ) {
    const q = letters.indexOf(letters[p], p + 1);
    if (q < 0) {
      p++;
      continue;
    }
    // The diagonal goes last.
    value = value.diagonal(p, q);
    letters = [...letters.filter((_, d) => d !== p && d !== q), letters[p]];
    p = 0;
  }
  return [letters.join(""), value];
}

function contracted(left: string, x: Tensor, right: string, y: Tensor, wanted: ReadonlySet<string>): [string, Tensor] {
  // What neither the result nor a later operand has is summed: alone first, together in the product.
  const alone = (term: string, other: string, tensor: Tensor): [string, Tensor] => {
    const axes = [...term].flatMap((letter, d) => (wanted.has(letter) || other.includes(letter) ? [] : [d]));
    return axes.length === 0
      ? [term, tensor]
      : [[...term].filter((_, d) => !axes.includes(d)).join(""), tensor.sum(axes)];
  };
  const [l, p] = alone(left, right, x);
  const [r, q] = alone(right, left, y);
  const shared = [...l].filter((letter) => r.includes(letter));
  const batch = shared.filter((letter) => wanted.has(letter));
  const contract = shared.filter((letter) => !wanted.has(letter));
  const places = (term: string, list: readonly string[]): number[] => list.map((letter) => term.indexOf(letter));
  const [a, b] = promotedPair("einsum", p, q);
  const product = dotNodes(a, b, {
    contract: [places(l, contract), places(r, contract)],
    batch: [places(l, batch), places(r, batch)],
  });
  const free = (term: string): string[] => [...term].filter((letter) => !shared.includes(letter));
  return [[...batch, ...free(l), ...free(r)].join(""), new Tensor(product)];
}
