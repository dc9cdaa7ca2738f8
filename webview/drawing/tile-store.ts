/** @file The tiles that views have at hand: asked for once, kept while they are used, told of when they arrive. */
import { Dropped, type Level, type MatrixSource, type Tile } from "../data/source.ts";

/** Some 64 MB of float32. */
const MOST_TILES = 256;

interface Kept {
  readonly tile: Tile;
  readonly key: string;
}

let sources = 0;
const numbers = new WeakMap<MatrixSource, number>();

function numberOf(source: MatrixSource): number {
  const number = numbers.get(source) ?? ++sources;
  numbers.set(source, number);
  return number;
}

export class TileStore {
  readonly #kept = new Map<string, Kept>();
  readonly #awaited = new Map<string, AbortController>();
  /** Of those, what was asked for since the last `dropRest`. */
  readonly #asked = new Set<string>();
  readonly #onArrival: () => void;
  readonly #onFailure: (error: unknown) => void;

  constructor(onArrival: () => void, onFailure: (error: unknown) => void) {
    this.#onArrival = onArrival;
    this.#onFailure = onFailure;
  }

  /** Undefined when the tile is not there yet; it is asked for if it is wanted. */
  get(
    source: MatrixSource,
    slice: number,
    level: Level,
    row: number,
    column: number,
    wanted: boolean,
  ): Kept | undefined {
    const key = [numberOf(source), slice, level.rows, level.columns, row, column].join(" ");
    const known = this.#kept.get(key);
    if (known) {
      // Set again, so that the map stays in the order of use.
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    if (!wanted) return undefined;
    this.#asked.add(key);
    if (this.#awaited.has(key)) return undefined;
    const abort = new AbortController();
    const tile = source.tile(slice, level, row, column, abort.signal);
    if (!(tile instanceof Promise)) return this.#keep(key, tile);
    this.#awaited.set(key, abort);
    tile.then(
      (arrived) => {
        this.#awaited.delete(key);
        this.#keep(key, arrived);
        this.#onArrival();
      },
      (error: unknown) => {
        if (this.#awaited.get(key) === abort) this.#awaited.delete(key);
        if (!(error instanceof Dropped)) this.#onFailure(error);
      },
    );
    return undefined;
  }

  /** What was not asked for since the last time is no longer seen. */
  dropRest(): void {
    for (const [key, abort] of this.#awaited) {
      if (this.#asked.has(key)) continue;
      this.#awaited.delete(key);
      abort.abort();
    }
    this.#asked.clear();
  }

  #keep(key: string, tile: Tile): Kept {
    const kept = { tile, key };
    this.#kept.set(key, kept);
    if (this.#kept.size > MOST_TILES) this.#kept.delete(this.#kept.keys().next().value!);
    return kept;
  }
}
