/**
 * @file The sparsity pattern of a structured matrix: compressed sparse rows, each position once, and for every entry of
 * every term the place in it that the entry adds to. Two passes of counting, so time and memory grow with the entries.
 */
import { matrixExtents, NOWHERE, positionsOf } from "./positions.ts";
import type { Structured } from "./term.ts";

/** Positions of a sparse matrix, sorted by row and then by column, each once. */
export interface Pattern {
  readonly rows: number;
  readonly columns: number;
  /** Where each row begins in `columnOf`, and at last their number. */
  readonly rowStarts: Int32Array;
  readonly columnOf: Int32Array;
}

export interface PlacedPattern extends Pattern {
  /** Per term, the place of each of its entries in `columnOf`; 0 for one that a guard excludes. */
  readonly slots: readonly Int32Array[];
}

export function patternOf(given: Structured, split: number): PlacedPattern {
  const [rows, columns] = matrixExtents(given.shape, split);
  const placed = given.terms.map((each) => positionsOf(each, given, split));
  const starts = new Int32Array(rows + 1);
  for (const each of placed) for (const row of each.rows) if (row !== NOWHERE) starts[row + 1]++;
  for (let row = 0; row < rows; row++) starts[row + 1] += starts[row];
  // Entries by row: their column, and which of all entries they are.
  const count = starts[rows];
  const columnOf = new Int32Array(count);
  const entryOf = new Int32Array(count);
  const next = starts.slice(0, rows);
  let first = 0;
  for (const each of placed) {
    for (let i = 0; i < each.rows.length; i++) {
      const row = each.rows[i];
      if (row === NOWHERE) continue;
      const at = next[row]++;
      columnOf[at] = each.columns[i];
      entryOf[at] = first + i;
    }
    first += each.rows.length;
  }
  const slotOf = new Int32Array(first);
  const rowStarts = new Int32Array(rows + 1);
  let kept = 0;
  for (let row = 0; row < rows; row++) {
    const [begin, end] = [starts[row], starts[row + 1]];
    sortByColumn(columnOf, entryOf, begin, end);
    for (let at = begin; at < end; at++) {
      if (at === begin || columnOf[at] !== columnOf[kept - 1]) columnOf[kept++] = columnOf[at];
      slotOf[entryOf[at]] = kept - 1;
    }
    rowStarts[row + 1] = kept;
  }
  const slots: Int32Array[] = [];
  let from = 0;
  for (const each of placed) {
    slots.push(slotOf.subarray(from, from + each.rows.length));
    from += each.rows.length;
  }
  return { rows, columns, rowStarts, columnOf: kept === count ? columnOf : columnOf.slice(0, kept), slots };
}

/** Rows up to this length are sorted by insertion, which costs nothing where they are sorted already. */
const SHORT = 48;

function sortByColumn(columnOf: Int32Array, entryOf: Int32Array, begin: number, end: number): void {
  let sorted = true;
  for (let at = begin + 1; at < end && sorted; at++) sorted = columnOf[at - 1] <= columnOf[at];
  if (sorted) return;
  if (end - begin > SHORT) {
    sortLong(columnOf, entryOf, begin, end);
    return;
  }
  for (let at = begin + 1; at < end; at++) {
    const [column, entry] = [columnOf[at], entryOf[at]];
    let to = at;
    for (; to > begin && columnOf[to - 1] > column; to--) {
      columnOf[to] = columnOf[to - 1];
      entryOf[to] = entryOf[to - 1];
    }
    columnOf[to] = column;
    entryOf[to] = entry;
  }
}

/** By one number per entry: its column, and where it stood. */
function sortLong(columnOf: Int32Array, entryOf: Int32Array, begin: number, end: number): void {
  const length = end - begin;
  const keys = new Float64Array(length);
  for (let i = 0; i < length; i++) keys[i] = columnOf[begin + i] * length + i;
  keys.sort();
  const entries = entryOf.slice(begin, end);
  for (let i = 0; i < length; i++) {
    const column = Math.floor(keys[i] / length);
    columnOf[begin + i] = column;
    entryOf[begin + i] = entries[keys[i] - column * length];
  }
}

/** The row of each position. */
export function rowsOf({ rows, rowStarts, columnOf }: Pattern): Int32Array {
  const result = new Int32Array(columnOf.length);
  for (let row = 0; row < rows; row++) result.fill(row, rowStarts[row], rowStarts[row + 1]);
  return result;
}

export function transposed({ rows, columns, rowStarts, columnOf }: Pattern): Pattern {
  const starts = new Int32Array(columns + 1);
  for (const column of columnOf) starts[column + 1]++;
  for (let column = 0; column < columns; column++) starts[column + 1] += starts[column];
  const next = starts.slice(0, columns);
  const rowOf = new Int32Array(columnOf.length);
  for (let row = 0; row < rows; row++) {
    for (let at = rowStarts[row]; at < rowStarts[row + 1]; at++) rowOf[next[columnOf[at]]++] = row;
  }
  return { rows: columns, columns: rows, rowStarts: starts, columnOf: rowOf };
}

export function isSymmetric(pattern: Pattern): boolean {
  if (pattern.rows !== pattern.columns) return false;
  const other = transposed(pattern);
  return (
    pattern.rowStarts.every((start, i) => start === other.rowStarts[i]) &&
    pattern.columnOf.every((column, i) => column === other.columnOf[i])
  );
}

export interface Bandwidth {
  /** Diagonals below the main one that have entries. */
  readonly lower: number;
  /** And above. */
  readonly upper: number;
}

/** How far entries reach from the main diagonal. */
export function bandwidthOf({ rows, rowStarts, columnOf }: Pattern): Bandwidth {
  let [lower, upper] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const [begin, end] = [rowStarts[row], rowStarts[row + 1]];
    if (begin === end) continue;
    // Sorted, so the first and the last reach farthest.
    lower = Math.max(lower, row - columnOf[begin]);
    upper = Math.max(upper, columnOf[end - 1] - row);
  }
  return { lower, upper };
}
