/**
 * @file One matrix at every level of detail. An entry of a level is the largest by magnitude of the two or four below it,
 * so that a lone entry among millions is there at every level; a NaN stays a NaN, an infinity infinite.
 */
import { type Entries, isStronger, stronger } from "../../protocol/heatmap.ts";
import { type Eventually, extentAt, type Level, type Peak, type Window } from "./source.ts";

/** Up to here a level is made at once: some 20 ms. */
const AT_ONCE = 1 << 22;
/** Entries read between two breaths of the page. */
const PORTION = 1 << 20;

export interface Plane {
  readonly entries: Entries;
  readonly from: number;
  readonly rows: number;
  readonly columns: number;
}

export class Pyramid {
  readonly base: Plane;
  readonly #levels = new Map<string, Eventually<Plane>>();

  constructor(base: Plane) {
    this.base = base;
  }

  level({ rows, columns }: Level): Eventually<Plane> {
    if (rows === 0 && columns === 0) return this.base;
    const key = `${rows} ${columns}`;
    const known = this.#levels.get(key);
    if (known) return known;
    // Where the two differ, the side that is put together more comes first: zooming keeps their difference.
    const halved = { rows: rows >= columns && rows > 0, columns: columns >= rows && columns > 0 };
    const finer = this.level({ rows: rows - Number(halved.rows), columns: columns - Number(halved.columns) });
    const made = finer instanceof Promise ? finer.then((plane) => coarser(plane, halved)) : coarser(finer, halved);
    this.#levels.set(key, made);
    if (made instanceof Promise) void made.then((plane) => this.#levels.set(key, plane));
    return made;
  }
}

interface Halved {
  readonly rows: boolean;
  readonly columns: boolean;
}

function coarser(plane: Plane, halved: Halved): Eventually<Plane> {
  const rows = extentAt(plane.rows, Number(halved.rows));
  const columns = extentAt(plane.columns, Number(halved.columns));
  const entries = new (plane.entries.constructor as Float32ArrayConstructor)(rows * columns);
  const target = { entries, from: 0, rows, columns };
  if (plane.rows * plane.columns <= AT_ONCE) {
    halve(plane, halved, target, 0, rows);
    return target;
  }
  return inPortions(plane, halved, target);
}

async function inPortions(plane: Plane, halved: Halved, target: Plane): Promise<Plane> {
  const portion = Math.max(1, Math.floor(PORTION / plane.columns / (halved.rows ? 2 : 1)));
  for (let row = 0; row < target.rows; row += portion) {
    halve(plane, halved, target, row, Math.min(row + portion, target.rows));
    await breath();
  }
  return target;
}

/** Lets the page draw and hear. A message, since timers wait longer the more of them there are. */
const breath = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

function halve(source: Plane, halved: Halved, target: Plane, fromRow: number, toRow: number): void {
  const { entries } = source;
  const across = halved.columns ? 2 : 1;
  for (let row = fromRow; row < toRow; row++) {
    const first = halved.rows ? 2 * row : row;
    const above = source.from + first * source.columns;
    // At the last row of an odd number of rows, the row itself stands in for the one that is not there.
    const below = halved.rows && first + 1 < source.rows ? above + source.columns : above;
    const out = row * target.columns;
    for (let column = 0; column < target.columns; column++) {
      const left = column * across;
      const right = left + across <= source.columns ? left + across - 1 : left;
      const upper = stronger(entries[above + left], entries[above + right]);
      const lower = stronger(entries[below + left], entries[below + right]);
      target.entries[out + column] = stronger(upper, lower);
    }
  }
}

/** The first entry of largest magnitude, NaN before all. */
export function strongestIn({ entries, from, columns }: Plane, { top, left, bottom, right }: Window): Peak {
  let peak = { row: top, column: left, value: entries[from + top * columns + left] };
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const value = entries[from + row * columns + column];
      if (isStronger(value, peak.value)) peak = { row, column, value };
    }
  }
  return peak;
}
