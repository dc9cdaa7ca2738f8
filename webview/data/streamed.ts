/**
 * @file A tensor whose numbers are in the session, and come from there tile by tile as they are looked at. All of it can
 * be reached: every entry, every slice, its axes laid out in any way.
 */
import type { MatrixDisplay } from "../../protocol/display.ts";
import type { TileRequest } from "../../protocol/exploring.ts";
import { type Entries, isStronger } from "../../protocol/heatmap.ts";
import { formatCount, sizeOf } from "../../protocol/notation.ts";
import { decodeEntries } from "../read-display.ts";
import { type Arrangement, type Axis, axesOf, extentOf, initialArrangement, isSame, matrixAxes } from "./axes.ts";
import type { EmbeddedSource } from "./embedded.ts";
import type { PictureChannel } from "./picture-channel.ts";
import { strongestIn } from "./pyramid.ts";
import {
  coarsest,
  Dropped,
  type Eventually,
  extentAt,
  type Level,
  type MatrixSource,
  OVERLAP,
  type Peak,
  type Summary,
  type TensorSource,
  TILE,
  type Tile,
  type Window,
} from "./source.ts";
import { summaryOf } from "./summary.ts";
import { TileCache } from "./tile-cache.ts";

/** Of tiles that were seen, for each tensor. */
const MOST_BYTES = 64 * 1024 ** 2;
/** Entries in one answer; the session gives no more. */
const MOST_ASKED = 1024 * 1024;
/** Entries that are read at once, to be saved or charted. */
const MOST_READ = 32 * 1024 * 1024;
const FULL: Level = { rows: 0, columns: 0 };

/** The session holds the tensor no longer. */
export class Gone extends Error {
  override readonly name = "Gone";
}

export type Streamable = MatrixDisplay & { readonly handle: string };

/** Whether the session has numbers that did not come with the display. A vector that was reduced is a band of its own. */
export const isStreamable = (display: MatrixDisplay, slices: number): display is Streamable =>
  display.handle !== undefined &&
  display.envelope === undefined &&
  (display.preview.pooled || display.preview.slices.length < slices);

export interface StreamEvents {
  /** A question has to wait until a cell is done. */
  onBusy(): void;
  /** The session answers, and has the tensor. */
  onAnswer(): void;
}

export class StreamedTensor implements TensorSource {
  readonly holdsAll = true;
  readonly canBeArranged: boolean;
  readonly #display: Streamable;
  readonly #channel: PictureChannel;
  readonly #embedded: EmbeddedSource;
  readonly #events: StreamEvents;
  readonly #axes: readonly Axis[];
  readonly #cache = new TileCache(MOST_BYTES);
  readonly #matrices = new Map<string, StreamedMatrix>();

  /** `embedded` is what came with the display. */
  constructor(display: Streamable, channel: PictureChannel, embedded: EmbeddedSource, events: StreamEvents) {
    this.#display = display;
    this.#channel = channel;
    this.#embedded = embedded;
    this.#events = events;
    this.#axes = axesOf(display);
    this.canBeArranged = this.#axes.length > 1;
  }

  arrange(arrangement: Arrangement): MatrixSource {
    const key = JSON.stringify(arrangement);
    const opening = isSame(arrangement, initialArrangement(this.#display))
      ? this.#display.preview.slices[this.#embedded.opening]
      : 0;
    const matrix =
      this.#matrices.get(key) ?? new StreamedMatrix(this.#stream(arrangement, key), opening, this.#summary());
    this.#matrices.set(key, matrix);
    return matrix;
  }

  whole(): undefined {
    return undefined;
  }

  /** Its extremes and counts are known; what is usual is taken from what came with the display. */
  #summary(): Summary {
    const { min, max, zeros, nan, infinite } = this.#display.statistics;
    const nonzero = sizeOf(this.#display.shape) - zeros - nan - infinite;
    const embedded = this.#embedded.summary("all");
    const blocks = this.#display.preview.pooled ? ({ isOfBlocks: true } as const) : {};
    return { ...embedded, min, max, nan, infinite, nonzero, ...blocks };
  }

  #stream(arrangement: Arrangement, key: string): Stream {
    const { dtype, handle } = this.#display;
    const extent = (group: keyof Arrangement): number => extentOf(this.#axes, arrangement[group]);
    return {
      slices: extent("sliders"),
      rows: extent("rows"),
      columns: extent("columns"),
      cached: (name) => this.#cache.get(`${key} ${name}`),
      keep: (name, tile) => this.#cache.set(`${key} ${name}`, tile),
      ask: async (slice, part, signal) => {
        const request = { handle, axes: matrixAxes(this.#axes, arrangement, slice), ...part };
        const answer = await this.#channel.tile(request, { signal, onBusy: this.#events.onBusy });
        if (answer.status === "gone") throw new Gone("The session no longer holds these numbers.");
        this.#events.onAnswer();
        if (answer.status === "failed") throw new Error(answer.message);
        return decodeEntries({ dtype }, answer.data, part.rows * part.columns);
      },
    };
  }
}

type Part = Pick<TileRequest, "level" | "row" | "column" | "rows" | "columns">;

/** The matrices of one arrangement, as they are asked for. */
interface Stream {
  readonly slices: number;
  readonly rows: number;
  readonly columns: number;
  cached(name: string): Tile | undefined;
  keep(name: string, tile: Tile): void;
  ask(slice: number, part: Part, signal?: AbortSignal): Promise<Entries>;
}

/** A tile that is on its way, and how many want it. */
interface Coming {
  readonly tile: Promise<Tile>;
  readonly abort: AbortController;
  wanted: number;
}

class StreamedMatrix implements MatrixSource {
  readonly slices: number;
  readonly opening: number;
  readonly rows: number;
  readonly columns: number;
  readonly #stream: Stream;
  readonly #coming = new Map<string, Coming>();
  readonly #all: Summary;
  readonly #summaries = new Map<number, Eventually<Summary>>();
  #reading: AbortController | undefined;

  constructor(stream: Stream, opening: number, all: Summary) {
    this.#stream = stream;
    this.#all = all;
    this.opening = opening;
    this.slices = stream.slices;
    this.rows = stream.rows;
    this.columns = stream.columns;
  }

  tile(slice: number, level: Level, row: number, column: number, signal?: AbortSignal): Eventually<Tile> {
    const name = [slice, level.rows, level.columns, row, column].join(" ");
    const known = this.#stream.cached(name);
    if (known) return known;
    const coming = this.#coming.get(name) ?? this.#fetch(name, slice, level, row, column);
    coming.wanted++;
    if (!signal) return coming.tile;
    return new Promise((resolve, reject) => {
      coming.tile.then(resolve, reject);
      signal.addEventListener("abort", () => {
        if (--coming.wanted === 0) coming.abort.abort();
        reject(new Dropped());
      });
    });
  }

  summary(slice: number | "all"): Eventually<Summary> {
    if (slice === "all") return this.#all;
    const known = this.#summaries.get(slice);
    if (known) return known;
    const made = this.#summaryOf(slice);
    this.#summaries.set(slice, made);
    if (made instanceof Promise) {
      made.then(
        (summary) => this.#summaries.set(slice, summary),
        () => this.#summaries.delete(slice),
      );
    }
    return made;
  }

  strongest(slice: number, window: Window): Eventually<Peak> {
    this.#reading?.abort();
    const tiles = this.#tilesAt(slice, window);
    if (tiles) {
      const peaks = tiles.map(({ tile, origin, part }) => {
        const plane = { entries: tile.entries, from: tile.from, rows: tile.rows, columns: tile.stride };
        const { row, column, value } = strongestIn(plane, part);
        return { row: origin.row + row, column: origin.column + column, value };
      });
      return peaks.reduce((best, peak) => (isStronger(peak.value, best.value) ? peak : best));
    }
    // The pointer has moved on when the next question comes: the one before it is dropped.
    this.#reading = new AbortController();
    const columns = window.right - window.left;
    return this.#readBands(slice, window, this.#reading.signal).then((entries) => {
      const { row, column, value } = strongestIn(
        { entries, from: 0, rows: window.bottom - window.top, columns },
        { top: 0, left: 0, bottom: window.bottom - window.top, right: columns },
      );
      return { row: window.top + row, column: window.left + column, value };
    });
  }

  read(slice: number, window: Window): Eventually<Entries> {
    const tiles = this.#tilesAt(slice, window);
    if (!tiles) return this.#readBands(slice, window);
    const columns = window.right - window.left;
    const [{ tile: first }] = tiles;
    const read = new (first.entries.constructor as Float32ArrayConstructor)((window.bottom - window.top) * columns);
    for (const { tile, origin, part } of tiles) {
      for (let row = part.top; row < part.bottom; row++) {
        const start = tile.from + row * tile.stride;
        const to = (origin.row + row - window.top) * columns + origin.column + part.left - window.left;
        read.set(tile.entries.subarray(start + part.left, start + part.right), to);
      }
    }
    return read;
  }

  #fetch(name: string, slice: number, level: Level, row: number, column: number): Coming {
    const [top, left] = [row * TILE, column * TILE];
    const rows = Math.min(TILE + OVERLAP, extentAt(this.rows, level.rows) - top);
    const columns = Math.min(TILE + OVERLAP, extentAt(this.columns, level.columns) - left);
    const abort = new AbortController();
    const asked = this.#stream.ask(slice, { level, row: top, column: left, rows, columns }, abort.signal);
    const tile = asked
      .then((entries) => {
        const made: Tile = { entries, from: 0, stride: columns, rows, columns };
        this.#stream.keep(name, made);
        return made;
      })
      .finally(() => {
        if (this.#coming.get(name)?.abort === abort) this.#coming.delete(name);
      });
    // Those who wait hear of a failure by themselves.
    tile.catch(() => {});
    abort.signal.addEventListener("abort", () => this.#coming.delete(name));
    const coming = { tile, abort, wanted: 0 };
    this.#coming.set(name, coming);
    return coming;
  }

  /** The tiles in which a part of a slice lies, in full detail; undefined unless all are here. */
  #tilesAt(slice: number, { top, left, bottom, right }: Window): TilePart[] | undefined {
    const parts: TilePart[] = [];
    for (let row = Math.floor(top / TILE); row * TILE < bottom; row++) {
      for (let column = Math.floor(left / TILE); column * TILE < right; column++) {
        const tile = this.#stream.cached([slice, FULL.rows, FULL.columns, row, column].join(" "));
        if (!tile) return undefined;
        const origin = { row: row * TILE, column: column * TILE };
        const part = {
          top: Math.max(top - origin.row, 0),
          left: Math.max(left - origin.column, 0),
          bottom: Math.min(bottom - origin.row, TILE),
          right: Math.min(right - origin.column, TILE),
        };
        parts.push({ tile, origin, part });
      }
    }
    return parts;
  }

  /** In as few answers as hold it. */
  async #readBands(slice: number, { top, left, bottom, right }: Window, signal?: AbortSignal): Promise<Entries> {
    const columns = right - left;
    const size = (bottom - top) * columns;
    if (size > MOST_READ) {
      throw new Error(`these are ${formatCount(size)} entries, and at most ${formatCount(MOST_READ)} are read at once`);
    }
    const ask = (row: number, column: number, rows: number, wide: number): Promise<Entries> =>
      this.#stream.ask(slice, { level: 0, row, column, rows, columns: wide }, signal);
    const most = Math.max(1, Math.floor(MOST_ASKED / columns));
    if (bottom - top <= most && columns <= MOST_ASKED) return ask(top, left, bottom - top, columns);
    const wide = Math.min(columns, MOST_ASKED);
    let read: Entries | undefined;
    for (let row = top; row < bottom; row += most) {
      for (let column = left; column < right; column += wide) {
        const [high, across] = [Math.min(most, bottom - row), Math.min(wide, right - column)];
        const band = await ask(row, column, high, across);
        read ??= new (band.constructor as Float32ArrayConstructor)(size);
        // Either bands of whole rows, or parts of one row: both lie in one piece.
        read.set(band, (row - top) * columns + column - left);
      }
    }
    return read!;
  }

  /** From the coarsest level, which has the entry of largest magnitude of every block. */
  #summaryOf(slice: number): Eventually<Summary> {
    const shift = Math.max(coarsest(this.rows), coarsest(this.columns));
    const tile = this.tile(slice, { rows: shift, columns: shift }, 0, 0);
    const summary = ({ entries, from, rows, columns }: Tile): Summary => ({
      ...summaryOf({ entries, from, rows, columns }),
      ...(shift > 0 ? { isOfBlocks: true } : {}),
    });
    return tile instanceof Promise ? tile.then(summary) : summary(tile);
  }
}

interface TilePart {
  readonly tile: Tile;
  readonly origin: { readonly row: number; readonly column: number };
  readonly part: Window;
}
