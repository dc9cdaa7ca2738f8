/** @file The values of a structured matrix, one per position of its sparsity pattern; and what is read from there. */
import { add, cast, emit, full, reshape } from "../../emit.ts";
import { concat } from "../../functions/joining.ts";
import { constantNode, type Node } from "../../graph/node.ts";
import { sizeOf } from "../../shape.ts";
import { entriesNode } from "../../structure/dense.ts";
import type { PlacedPattern } from "../../structure/pattern.ts";
import { isInjective, type Structured } from "../../structure/term.ts";
import { Tensor } from "../../tensor.ts";

const isInOrder = (slots: Int32Array): boolean => slots.every((slot, i) => slot === i);

/** `[nnz]`: entries at one position are summed. */
export function entryValues(matrix: Structured, { columnOf, slots }: PlacedPattern): Node {
  const { terms, dtype } = matrix;
  const shape = [columnOf.length];
  if (columnOf.length === 0) return full(0, shape, dtype);
  const pieces = terms.map((term) => entriesNode(term, dtype).node);
  // What has an entry at every position, in order, is added as it is.
  const isWhole = pieces.map((node, i) => node.size === columnOf.length && isInOrder(slots[i]));
  const whole = pieces.filter((_, i) => isWhole[i]).map((node) => reshape(node, shape));
  const placed = pieces.flatMap((node, i) =>
    isWhole[i] ? [] : [{ node, table: constantNode({ shape: node.shape, dtype: "int32" }, slots[i]), term: terms[i] }],
  );
  if (placed.length === 0) return whole.reduce(add);
  const first = whole.length > 0 ? [{ nodes: [whole.reduce(add)], forms: [[0, 1]], tables: [] as number[] }] : [];
  const all = [
    ...first,
    ...placed.map(({ node, table }) => ({
      nodes: [node, table],
      forms: [[0, ...node.shape.map(() => 0)]],
      tables: [0],
    })),
  ];
  const [{ term }] = placed;
  return emit(
    "place",
    all.flatMap(({ nodes }) => nodes),
    {
      shape,
      forms: all.map(({ forms }) => forms),
      tables: all.map(({ tables }) => tables),
      covers: whole.length > 0,
      stores: whole.length > 0 || isInjective(term, matrix.shape),
    },
  );
}

/** The entry at each of the given (row, column), 0 where there is none. */
export function entriesAt(
  values: Node,
  { rowStarts, columnOf }: PlacedPattern,
  shape: readonly number[],
  columnAt: (row: number) => number,
): Node {
  const places = new Int32Array(sizeOf(shape));
  for (let row = 0; row < places.length; row++) {
    const column = columnAt(row);
    // Behind the last stands a zero.
    places[row] = columnOf.length;
    for (let at = rowStarts[row]; at < rowStarts[row + 1]; at++) if (columnOf[at] === column) places[row] = at;
  }
  const zero = full(0, [1], values.dtype);
  const padded = concat([new Tensor(values), new Tensor(zero)]).node;
  const table = constantNode({ shape, dtype: "int32" }, places);
  return cast(
    emit("pickAt", [padded, table], { shape, forms: [[0, ...shape.map(() => 0)]], tables: [0] }),
    values.dtype,
  );
}
