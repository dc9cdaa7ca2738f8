/**
 * @file A picture before it has colours: which tiles it takes, and which entries each pixel covers. Both painters follow
 * the same plan, so they draw the same.
 */
import { coarsest, extentAt, type Level, type MatrixSource, TILE, type Tile } from "../data/source.ts";
import type { TileStore } from "./tile-store.ts";
import type { Size, Viewport } from "./viewport.ts";

/** A rectangle of pixels that is drawn from one tile. */
export interface Patch {
  readonly tile: Tile;
  /** Names the tile among all tiles of all sources. */
  readonly key: string;
  /** The tile's first entry, at its own level. */
  readonly row: number;
  readonly column: number;
  /** How much coarser than the frame the tile is, while the right one is on its way. */
  readonly rowShift: number;
  readonly columnShift: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Frame extends Size {
  /** The entry of the frame's level at which each pixel begins, and where the last one ends. */
  readonly columnStarts: Int32Array;
  readonly rowStarts: Int32Array;
  readonly patches: readonly Patch[];
  /** Whether all of it is drawn at the level it should have. */
  readonly complete: boolean;
}

/** The finest level of which a pixel covers less than two entries along each side. */
export function levelFor({ across, down }: Viewport, { width, height }: Size): Level {
  const shift = (entries: number, pixels: number): number => Math.max(0, Math.floor(Math.log2(entries / pixels)));
  return { rows: shift(down, height), columns: shift(across, width) };
}

/** Where each pixel begins, among the entries of a level. Every entry that is seen belongs to one pixel at least. */
export function startsOf(from: number, seen: number, pixels: number, shift: number, extent: number): Int32Array {
  const starts = new Int32Array(pixels + 1);
  const scale = 2 ** -shift;
  for (let pixel = 0; pixel <= pixels; pixel++) {
    starts[pixel] = Math.min(Math.floor((from + (pixel * seen) / pixels) * scale), extent);
  }
  // What is at the end may stand for fewer entries than the others, and is seen all the same.
  starts[pixels] = Math.min(Math.ceil((from + seen) * scale), extent);
  // Nor may rounding leave a pixel at the end without an entry.
  for (let pixel = pixels - 1; pixel >= 0 && starts[pixel] >= extent; pixel--) starts[pixel] = extent - 1;
  return starts;
}

export function planFrame(source: MatrixSource, slice: number, view: Viewport, size: Size, store: TileStore): Frame {
  const level = levelFor(view, size);
  const extents = { rows: extentAt(source.rows, level.rows), columns: extentAt(source.columns, level.columns) };
  const columnStarts = startsOf(view.left, view.across, size.width, level.columns, extents.columns);
  const rowStarts = startsOf(view.top, view.down, size.height, level.rows, extents.rows);
  const patches: Patch[] = [];
  let complete = true;
  for (const [top, bottom, row] of runsOf(rowStarts)) {
    for (const [left, right, column] of runsOf(columnStarts)) {
      const found = nearest(source, slice, level, row, column, store);
      if (found?.level !== level) complete = false;
      if (found) patches.push({ ...found.patch, left, top, right, bottom });
    }
  }
  store.dropRest();
  return { width: size.width, height: size.height, columnStarts, rowStarts, patches, complete };
}

/** Stretches of pixels that begin in the same tile. */
function* runsOf(starts: Int32Array): Generator<[from: number, to: number, tile: number]> {
  const pixels = starts.length - 1;
  for (let from = 0; from < pixels; ) {
    const tile = Math.floor(starts[from] / TILE);
    let to = from + 1;
    while (to < pixels && Math.floor(starts[to] / TILE) === tile) to++;
    yield [from, to, tile];
    from = to;
  }
}

/** The tile itself, or while it is not there the least coarse one that covers the same entries. */
function nearest(
  source: MatrixSource,
  slice: number,
  level: Level,
  row: number,
  column: number,
  store: TileStore,
): { level: Level; patch: Omit<Patch, "left" | "top" | "right" | "bottom"> } | undefined {
  const most = Math.max(coarsest(source.rows) - level.rows, coarsest(source.columns) - level.columns, 0);
  for (let shift = 0; shift <= most; shift++) {
    const at = shift === 0 ? level : { rows: level.rows + shift, columns: level.columns + shift };
    const [tileRow, tileColumn] = [row >> shift, column >> shift];
    // Only the right tile and the coarsest of all are asked for; between them, what happens to be there is used.
    const wanted = shift === 0 || shift === most;
    const found = store.get(source, slice, at, tileRow, tileColumn, wanted);
    if (!found) continue;
    const origin = { row: tileRow * TILE, column: tileColumn * TILE };
    return { level: at, patch: { ...found, ...origin, rowShift: shift, columnShift: shift } };
  }
  return undefined;
}
