/** @file Which part of a matrix a picture shows. Pure: every move makes a new one, which stays inside of the matrix. */
import type { Window } from "../data/source.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Extents {
  readonly rows: number;
  readonly columns: number;
}

/** The entry coordinates of the top left corner, and how many entries are seen across and down. */
export interface Viewport {
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
}

/** An entry is drawn no larger than this, unless the whole matrix is. */
const LARGEST_ENTRY = 96;

export const wholeOf = ({ rows, columns }: Extents): Viewport => ({ left: 0, top: 0, across: columns, down: rows });

export const isWhole = ({ across, down }: Viewport, { rows, columns }: Extents): boolean =>
  across >= columns && down >= rows;

/** Zooms in by `factor`, out if it is below 1; what is at `at`, in shares of the picture, stays there. */
export function zoomed(view: Viewport, factor: number, at: Point, extents: Extents, size: Size): Viewport {
  // One factor for both sides: entries keep their shape.
  const most = Math.max(
    1,
    Math.min((LARGEST_ENTRY * view.across) / size.width, (LARGEST_ENTRY * view.down) / size.height),
  );
  const least = Math.max(view.across / extents.columns, view.down / extents.rows);
  const by = Math.min(Math.max(factor, least), most);
  const [across, down] = [view.across / by, view.down / by];
  const left = view.left + at.x * (view.across - across);
  const top = view.top + at.y * (view.down - down);
  return inside({ left, top, across, down }, extents);
}

/** Moves the matrix under the picture by shares of the picture. */
export const panned = (view: Viewport, { x, y }: Point, extents: Extents): Viewport =>
  inside({ ...view, left: view.left - x * view.across, top: view.top - y * view.down }, extents);

/** As large as shows the whole box, whose corners are in shares of the picture. */
export function zoomedToBox(view: Viewport, from: Point, to: Point, extents: Extents, size: Size): Viewport {
  const [width, height] = [Math.abs(to.x - from.x), Math.abs(to.y - from.y)];
  const centre = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const next = zoomed(view, 1 / Math.max(width, height), centre, extents, size);
  const left = view.left + centre.x * view.across - next.across / 2;
  const top = view.top + centre.y * view.down - next.down / 2;
  return inside({ ...next, left, top }, extents);
}

/** The same part of a matrix that has come to have other extents: more entries where it had been reduced. */
export function resized({ left, top, across, down }: Viewport, from: Extents, to: Extents): Viewport {
  const [wide, high] = [to.columns / from.columns, to.rows / from.rows];
  return inside({ left: left * wide, top: top * high, across: across * wide, down: down * high }, to);
}

/** Moved by as little as brings the entry into sight. */
export function showing(view: Viewport, { row, column }: { row: number; column: number }, extents: Extents): Viewport {
  const along = (from: number, seen: number, entry: number): number =>
    entry < from ? entry : entry + 1 > from + seen ? entry + 1 - seen : from;
  const left = along(view.left, view.across, column);
  const top = along(view.top, view.down, row);
  return inside({ ...view, left, top }, extents);
}

function inside({ left, top, across, down }: Viewport, { rows, columns }: Extents): Viewport {
  const [wide, high] = [Math.min(across, columns), Math.min(down, rows)];
  return {
    left: Math.min(Math.max(left, 0), columns - wide),
    top: Math.min(Math.max(top, 0), rows - high),
    across: wide,
    down: high,
  };
}

/** The entries that are seen, whole or in part. */
export const entriesIn = ({ left, top, across, down }: Viewport, { rows, columns }: Extents): Window => ({
  top: Math.floor(top),
  left: Math.floor(left),
  bottom: Math.min(rows, Math.ceil(top + down)),
  right: Math.min(columns, Math.ceil(left + across)),
});
