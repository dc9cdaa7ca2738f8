/** @file Where the entries of a matrix are, counted in fields of a grid: what is drawn of it, however large it is. */
import type { Pattern } from "../../structure/pattern.ts";

interface Side {
  readonly rows: number;
  readonly columns: number;
}

/** @param pattern null for a matrix with all entries */
export function pictureOf(pattern: Pattern | null, rows: number, columns: number, side: Side): Int32Array {
  const counts = new Int32Array(side.rows * side.columns);
  const rowField = (row: number): number => Math.floor((row * side.rows) / rows);
  const columnField = (column: number): number => Math.floor((column * side.columns) / columns);
  if (pattern === null) {
    const [high, wide] = [new Int32Array(side.rows), new Int32Array(side.columns)];
    for (let row = 0; row < rows; row++) high[rowField(row)]++;
    for (let column = 0; column < columns; column++) wide[columnField(column)]++;
    counts.forEach((_, i) => {
      counts[i] = high[Math.floor(i / side.columns)] * wide[i % side.columns];
    });
    return counts;
  }
  for (let row = 0; row < rows; row++) {
    const base = rowField(row) * side.columns;
    for (let at = pattern.rowStarts[row]; at < pattern.rowStarts[row + 1]; at++) {
      counts[base + columnField(pattern.columnOf[at])]++;
    }
  }
  return counts;
}
