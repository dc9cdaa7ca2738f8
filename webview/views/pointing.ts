/** @file Which cell of a heat map is meant: by the pointer over it, or by a key. */
import { blockStart, type Slice } from "../../protocol/heatmap.ts";

export interface Position {
  readonly row: number;
  readonly column: number;
}

/** The entry drawn at a pixel: where a pixel stands for several, the one of largest magnitude gave it its colour. */
export function positionAt(
  slice: Slice,
  pixel: { readonly x: number; readonly y: number },
  picture: { readonly width: number; readonly height: number },
): Position {
  const [firstRow, lastRow] = covered(pixel.y, slice.rows, picture.height);
  const [firstColumn, lastColumn] = covered(pixel.x, slice.columns, picture.width);
  let found = { row: firstRow, column: firstColumn };
  let largest = -1;
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const value = slice.entries[slice.from + row * slice.columns + column];
      const size = Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.abs(value);
      if (size > largest) {
        largest = size;
        found = { row, column };
      }
    }
  }
  return found;
}

/** The entries along one side that a pixel covers: one of them, or a block where pixels are fewer. */
function covered(pixel: number, entries: number, pixels: number): [first: number, last: number] {
  const at = clamp(Math.floor(pixel), pixels);
  if (entries <= pixels) {
    const entry = Math.floor((at * entries) / pixels);
    return [entry, entry];
  }
  return [blockStart(at, entries, pixels), blockStart(at + 1, entries, pixels) - 1];
}

/** Where a key takes the cursor, which starts in the first cell; undefined for a key that is not ours. */
export function positionAfter(
  { key, ctrlKey, altKey, metaKey }: KeyboardEvent,
  from: Position | undefined,
  { rows, columns }: Pick<Slice, "rows" | "columns">,
): Position | undefined {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  const edge = { Home: 0, End: columns - 1 }[key];
  if (altKey || metaKey || ctrlKey || (!step && edge === undefined)) return undefined;
  if (!from) return { row: 0, column: 0 };
  if (step) return { row: clamp(from.row + step[0], rows), column: clamp(from.column + step[1], columns) };
  return { row: from.row, column: edge ?? from.column };
}

const clamp = (index: number, count: number): number => Math.min(Math.max(index, 0), count - 1);
