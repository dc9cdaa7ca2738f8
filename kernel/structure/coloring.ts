/**
 * @file Colouring of sparsity patterns: columns of one colour have no row in common, so one product with their sum gives
 * all of them (Curtis, Powell and Reid 1974); of a symmetric matrix, star colouring needs fewer (Gebremedhin, Manne and
 * Pothen, What color is your Jacobian?, SIAM Review 2005, Algorithm 4.1 for the star). All are greedy, largest degree first.
 */
import { ArgumentError } from "../errors.ts";
import { isSymmetric, type Pattern, transposed } from "./pattern.ts";

export interface Coloring {
  /** How many. */
  readonly count: number;
  /** `0 … count − 1` per column, row or vertex. */
  readonly colors: Int32Array;
}

const UNCOLORED = -1;

/** `0 … n − 1` by falling length of its row; those of one length stay in order. */
function largestFirst({ rows, rowStarts }: Pattern): Int32Array {
  const degree = (row: number): number => rowStarts[row + 1] - rowStarts[row];
  let most = 0;
  for (let row = 0; row < rows; row++) most = Math.max(most, degree(row));
  const starts = new Int32Array(most + 2);
  for (let row = 0; row < rows; row++) starts[most - degree(row) + 1]++;
  for (let i = 0; i <= most; i++) starts[i + 1] += starts[i];
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[starts[most - degree(row)]++] = row;
  return order;
}

/** Gives each vertex in `order` the least colour that `forbid` leaves. */
function greedy(
  order: Int32Array,
  forbid: (vertex: number, colors: Int32Array, mark: (color: number) => void) => void,
): Coloring {
  const colors = new Int32Array(order.length).fill(UNCOLORED);
  // A colour is forbidden for the vertex that its stamp names, so nothing has to be cleared.
  const stamps = new Int32Array(order.length).fill(UNCOLORED);
  let count = 0;
  for (const vertex of order) {
    forbid(vertex, colors, (color) => {
      if (color !== UNCOLORED) stamps[color] = vertex;
    });
    let color = 0;
    while (stamps[color] === vertex) color++;
    colors[vertex] = color;
    count = Math.max(count, color + 1);
  }
  return { count, colors };
}

/** Rows of one colour have no column in common. */
export function rowColoring(pattern: Pattern): Coloring {
  const other = transposed(pattern);
  return greedy(largestFirst(pattern), (row, colors, mark) => {
    for (let at = pattern.rowStarts[row]; at < pattern.rowStarts[row + 1]; at++) {
      const column = pattern.columnOf[at];
      for (let i = other.rowStarts[column]; i < other.rowStarts[column + 1]; i++) mark(colors[other.columnOf[i]]);
    }
  });
}

/** Columns of one colour have no row in common. */
export const columnColoring = (pattern: Pattern): Coloring => rowColoring(transposed(pattern));

/**
 * Columns of a symmetric matrix, so coloured that neighbours differ and every path of four vertices has three colours:
 * each entry can then be read from one of the products, or its mirror image can.
 */
export function starColoring(pattern: Pattern): Coloring {
  if (!isSymmetric(pattern)) {
    throw new ArgumentError(
      `star colouring: expected a symmetric pattern, got ${pattern.rows} × ${pattern.columns} that is not. Use a column colouring.`,
    );
  }
  const { rowStarts, columnOf } = pattern;
  return greedy(largestFirst(pattern), (v, colors, mark) => {
    for (let i = rowStarts[v]; i < rowStarts[v + 1]; i++) {
      const w = columnOf[i];
      if (w === v) continue;
      mark(colors[w]);
      for (let j = rowStarts[w]; j < rowStarts[w + 1]; j++) {
        const x = columnOf[j];
        if (x === v || x === w || colors[x] === UNCOLORED) continue;
        if (colors[w] === UNCOLORED || hasOtherNeighbour(pattern, colors, x, w)) mark(colors[x]);
      }
    }
  });
}

/** Whether `x` has a neighbour besides `w` of the colour of `w`. */
function hasOtherNeighbour({ rowStarts, columnOf }: Pattern, colors: Int32Array, x: number, w: number): boolean {
  for (let i = rowStarts[x]; i < rowStarts[x + 1]; i++) {
    const y = columnOf[i];
    if (y !== w && y !== x && colors[y] === colors[w]) return true;
  }
  return false;
}
