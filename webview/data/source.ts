/**
 * @file Where a picture's numbers come from. A view asks for what it shows and no more: tiles at the level of detail that
 * its pixels can hold. They may lie in the page, or come from a session one by one.
 */
import type { Entries } from "../../protocol/heatmap.ts";
import type { Arrangement } from "./axes.ts";

/** At once where the numbers are at hand, so that nothing flickers. */
export type Eventually<Value> = Value | Promise<Value>;

/** What was asked for is no longer wanted, and so does not come. Not a failure to speak of. */
export class Dropped extends Error {
  override readonly name = "Dropped";
}

/** Entries along each side of a tile. */
export const TILE = 256;
/** Rows and columns of its neighbours that a tile has too: a pixel at its edge may cover as many of their entries. */
export const OVERLAP = 2;

/**
 * How much is put together: an entry of a level stands for 2^rows × 2^columns entries of the matrix, and is the one of
 * largest magnitude, NaN before all. The two differ for a matrix that is drawn stretched.
 */
export interface Level {
  readonly rows: number;
  readonly columns: number;
}

/** A rectangle of entries somewhere in a larger array. */
export interface Tile {
  readonly entries: Entries;
  /** Where the first entry is, and how far apart two rows are. */
  readonly from: number;
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
}

/** Half open: `top` and `left` are inside, `bottom` and `right` are not. */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** An entry and where it is. */
export interface Peak {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/** What is to be known of a slice before it is coloured. */
export interface Summary {
  /** Over the finite entries; 0 when there are none. */
  readonly min: number;
  readonly max: number;
  readonly nan: number;
  readonly infinite: number;
  readonly nonzero: number;
  /** A low, a middle and a high quantile of the magnitudes of the finite entries that are not 0. */
  readonly small: number;
  readonly typical: number;
  readonly usual: number;
  /** How many finite entries are larger than `usual`. */
  readonly beyond: number;
  /** Known from the largest entries of blocks alone: what is counted and what is usual are blocks, not entries. */
  readonly isOfBlocks?: true;
}

/** A stack of matrices of one size. */
export interface MatrixSource {
  readonly slices: number;
  /** Which slice to open with: the first that is not next to nothing beside the others. */
  readonly opening: number;
  readonly rows: number;
  readonly columns: number;
  /**
   * The tile whose first entry, at this level, is (`TILE · row`, `TILE · column`). Where the matrix goes on, it has
   * `OVERLAP` more rows and columns than `TILE`. One that is no longer wanted is rejected as `Dropped`.
   */
  tile(slice: number, level: Level, row: number, column: number, signal?: AbortSignal): Eventually<Tile>;
  /** Of one slice, or of the whole stack. */
  summary(slice: number | "all"): Eventually<Summary>;
  /** The entry of largest magnitude (NaN before all) in a part of a slice. */
  strongest(slice: number, window: Window): Eventually<Peak>;
  /** The entries of a part of a slice, row by row. */
  read(slice: number, window: Window): Eventually<Entries>;
}

/** A tensor, of which matrices can be made in several ways. */
export interface TensorSource {
  /** Whether its axes can be laid out in other ways than they came. */
  readonly canBeArranged: boolean;
  /** Whether its matrices are all there, in full, as far as they are not arranged. */
  readonly holdsAll: boolean;
  arrange(arrangement: Arrangement): MatrixSource;
  /** All entries in the order of memory; undefined when they are not at hand, or are too many to be. */
  whole(): Eventually<Entries | undefined>;
}

/** Uses a value as soon as it is there: now, if it is there now. */
export function whenReady<Value>(
  value: Eventually<Value>,
  use: (value: Value) => void,
  fail: (error: unknown) => void,
): void {
  if (value instanceof Promise) value.then(use, fail);
  else use(value);
}

export const extentAt = (extent: number, shift: number): number => Math.ceil(extent / 2 ** shift);

/** The coarsest level worth having: one tile holds the whole matrix. */
export const coarsest = (extent: number): number => Math.max(0, Math.ceil(Math.log2(extent / TILE)));
