/** @file Tiles that came from a session, as many as a bound on their bytes allows; those used last are kept. */
import type { Tile } from "./source.ts";

export class TileCache {
  readonly #tiles = new Map<string, Tile>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get(key: string): Tile | undefined {
    const tile = this.#tiles.get(key);
    if (tile) {
      // Set again, so that the map stays in the order of use.
      this.#tiles.delete(key);
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  set(key: string, tile: Tile): void {
    this.#tiles.set(key, tile);
    this.#bytes += tile.entries.byteLength;
    for (const [oldest, { entries }] of this.#tiles) {
      if (this.#bytes <= this.#mostBytes || oldest === key) break;
      this.#tiles.delete(oldest);
      this.#bytes -= entries.byteLength;
    }
  }
}
