/** @file A source whose numbers lie in the page: those that came with the display, or a tensor in memory. */
import type { Entries } from "../../protocol/heatmap.ts";
import { type Plane, Pyramid, strongestIn } from "./pyramid.ts";
import {
  type Eventually,
  type Level,
  type MatrixSource,
  OVERLAP,
  type Peak,
  type Summary,
  TILE,
  type Tile,
  type Window,
} from "./source.ts";
import { summaryOf } from "./summary.ts";

/** Slices whose levels are kept: enough to go back and forth. */
const KEPT = 4;
/** Reach of a slice, relative to the largest of the stack, from which on it is worth opening with. */
const NOTICEABLE = 0.01;

export class EmbeddedSource implements MatrixSource {
  readonly slices: number;
  readonly rows: number;
  readonly columns: number;
  readonly #entries: Entries;
  readonly #pyramids = new Map<number, Pyramid>();
  readonly #summaries = new Map<number | "all", Summary>();

  /** The entries of all slices, slice by slice and row by row. */
  constructor(entries: Entries, slices: number, rows: number, columns: number) {
    this.#entries = entries;
    this.slices = slices;
    this.rows = rows;
    this.columns = columns;
  }

  tile(slice: number, level: Level, row: number, column: number): Eventually<Tile> {
    const plane = this.#pyramid(slice).level(level);
    return plane instanceof Promise ? plane.then((made) => tileOf(made, row, column)) : tileOf(plane, row, column);
  }

  get opening(): number {
    const reaches = Array.from({ length: this.slices }, (_, slice) => this.#reach(slice));
    const largest = reaches.reduce((most, reach) => Math.max(most, reach), 0);
    return Math.max(
      0,
      reaches.findIndex((reach) => reach >= NOTICEABLE * largest),
    );
  }

  summary(slice: number | "all"): Summary {
    let summary = this.#summaries.get(slice);
    if (!summary) {
      const { rows, columns, slices } = this;
      const all = { entries: this.#entries, from: 0, rows: rows * slices, columns };
      summary = summaryOf(slice === "all" ? all : this.plane(slice));
      this.#summaries.set(slice, summary);
    }
    return summary;
  }

  strongest(slice: number, window: Window): Peak {
    return strongestIn(this.plane(slice), window);
  }

  read(slice: number, { top, left, bottom, right }: Window): Entries {
    const { entries, from, columns } = this.plane(slice);
    if (left === 0 && right === columns) return entries.slice(from + top * columns, from + bottom * columns);
    const part = entries.slice(0, (bottom - top) * (right - left));
    for (let row = top; row < bottom; row++) {
      const start = from + row * columns;
      part.set(entries.subarray(start + left, start + right), (row - top) * (right - left));
    }
    return part;
  }

  plane(slice: number): Plane {
    const { rows, columns } = this;
    return { entries: this.#entries, from: slice * rows * columns, rows, columns };
  }

  /** The largest magnitude among the finite entries of a slice. */
  #reach(slice: number): number {
    let reach = 0;
    const size = this.rows * this.columns;
    for (let i = slice * size; i < (slice + 1) * size; i++) {
      const magnitude = Math.abs(this.#entries[i]);
      if (magnitude > reach && magnitude < Number.POSITIVE_INFINITY) reach = magnitude;
    }
    return reach;
  }

  #pyramid(slice: number): Pyramid {
    const pyramid = this.#pyramids.get(slice) ?? new Pyramid(this.plane(slice));
    // Set again, so that the map stays in the order of use.
    this.#pyramids.delete(slice);
    this.#pyramids.set(slice, pyramid);
    if (this.#pyramids.size > KEPT) this.#pyramids.delete(this.#pyramids.keys().next().value!);
    return pyramid;
  }
}

/** A view of the level's own array: nothing is copied. */
function tileOf({ entries, from, rows, columns }: Plane, row: number, column: number): Tile {
  const [top, left] = [row * TILE, column * TILE];
  return {
    entries,
    from: from + top * columns + left,
    stride: columns,
    rows: Math.min(TILE + OVERLAP, rows - top),
    columns: Math.min(TILE + OVERLAP, columns - left),
  };
}
