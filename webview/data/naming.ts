/** @file What an entry of a picture is called, by the names of the axes. */
import type { MatrixDisplay, Side } from "../../protocol/display.ts";
import { blockStart } from "../../protocol/heatmap.ts";
import {
  axisTitles,
  digitsOf,
  entryOfSide,
  formatNumber,
  sizeOf,
  stretchOfSide,
  unravel,
} from "../../protocol/notation.ts";
import { type Arrangement, type Axis, extentOf } from "./axes.ts";

/** The entries that something stands for: one, or those of a block. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** `∂predict[3] / ∂x[7] = −0.595584`; for a block of a reduced picture, its extent and its largest entry. */
export function describeValue(display: MatrixDisplay, name: string, value: number, isReduced: boolean): string {
  const { dtype } = display;
  const written = dtype === "bool" ? String(value !== 0) : formatNumber(value, digitsOf(display).entry);
  return isReduced ? `${name}: largest ${written}` : `${name} = ${written}`;
}

/** The entries of a whole side that the `index`-th of `drawn` stands for. */
export const stretchOf = (index: number, drawn: number, whole: number): Stretch => ({
  first: blockStart(index, whole, drawn),
  last: blockStart(index + 1, whole, drawn) - 1,
});

/** Where an entry is on every side of the display (its slices, its rows, its columns), given where it is drawn. */
export function placesOf(
  { slices, rows, columns }: MatrixDisplay,
  axes: readonly Axis[],
  arrangement: Arrangement,
  drawn: Readonly<Record<keyof Arrangement, Stretch>>,
): Stretch[] {
  const ends = (["first", "last"] as const).map((end) => {
    const index = new Array<number>(axes.length);
    for (const group of ["sliders", "rows", "columns"] as const) {
      const extents = arrangement[group].map((axis) => axes[axis].extent);
      unravel(drawn[group][end], extents).forEach((at, i) => {
        index[arrangement[group][i]] = at;
      });
    }
    let next = 0;
    return [...slices, rows, columns].map(({ shape }) =>
      shape.reduce((flat, extent) => flat * extent + index[next++], 0),
    );
  });
  return ends[0].map((first, side) => ({ first, last: ends[1][side] }));
}

/** `places` are those of `placesOf`. */
export function nameOfEntry({ role, slices, rows, columns }: MatrixDisplay, places: readonly Stretch[]): string {
  const sides = [...slices, rows, columns];
  if (role === "tensor") {
    const index = sides.flatMap((side, i) => indexIn(side, places[i]));
    return `[${index.join(", ")}]`;
  }
  const names = sides.map((side, i) =>
    side.shape.length > 0 || i >= slices.length - 1 ? stretchOfSide(side, places[i].first, places[i].last) : "",
  );
  const [row, column] = names.splice(-2);
  if (role === "jacobian") return prefixed(names, `∂${row} / ∂${column}`);
  // The last side that numbers slices is the output; those before it are batches.
  const output = names.pop() ?? "output";
  return prefixed(names, `∂²${output} / ${row === column ? `∂${row}²` : `∂${row} ∂${column}`}`);
}

function prefixed(slices: readonly string[], entry: string): string {
  const place = slices.filter(Boolean).join(", ");
  return place ? `${place}: ${entry}` : entry;
}

/** A side of a plain tensor: its index along each axis; `8–11` for a block, of which there is one axis. */
function indexIn({ shape }: Side, { first, last }: Stretch): string[] {
  if (first === last || shape.length !== 1) return unravel(first, shape).map(String);
  return [`${first}–${last}`];
}

/** `weight j`: an axis by itself, as the titles of the display call it. */
export function nameOfAxis(display: MatrixDisplay, axes: readonly Axis[], number: number): string {
  const { side, place, extent } = axes[number];
  if (display.role === "tensor") return `axis ${number} (${extent})`;
  const what = side.name || side.label;
  return side.shape.length > 1 ? `${what}, axis ${place} (${extent})` : `${what} (${extent})`;
}

/** What stands at rows and columns: as the display says, or the axes that were laid there. */
export function titlesOf(
  display: MatrixDisplay,
  axes: readonly Axis[],
  arrangement: Arrangement,
  isInitial: boolean,
): { readonly rows: string; readonly columns: string } {
  if (isInitial) return axisTitles(display);
  const title = (group: readonly number[]): string => group.map((axis) => nameOfAxis(display, axes, axis)).join(" × ");
  return { rows: title(arrangement.rows), columns: title(arrangement.columns) };
}

/** `example 3, predict[7]`: where a slice is. Empty when there is one matrix and nothing to tell apart. */
export function nameOfSlice(
  display: MatrixDisplay,
  axes: readonly Axis[],
  arrangement: Arrangement,
  slice: number,
): string {
  const index = unravel(
    slice,
    arrangement.sliders.map((axis) => axes[axis].extent),
  );
  const at = new Map(arrangement.sliders.map((axis, i) => [axis, index[i]]));
  let next = 0;
  return [...display.slices, display.rows, display.columns]
    .map((side) => {
      const own = side.shape.map(() => next++);
      if (own.length === 0 || !own.some((axis) => at.has(axis))) return "";
      // Of a side whose other axes are drawn, the index is open there.
      if (own.every((axis) => at.has(axis))) {
        return entryOfSide(
          side,
          side.shape.reduce((flat, extent, i) => flat * extent + (at.get(own[i]) ?? 0), 0),
        );
      }
      return `${side.name || side.label}[${own.map((axis) => at.get(axis) ?? ":").join(", ")}]`;
    })
    .filter(Boolean)
    .join(", ");
}

export const wholeExtents = (
  axes: readonly Axis[],
  { rows, columns }: Arrangement,
): { readonly rows: number; readonly columns: number } => ({
  rows: extentOf(axes, rows),
  columns: extentOf(axes, columns),
});

export const stackSize = ({ slices }: MatrixDisplay): number => sizeOf(slices.flatMap((side) => side.shape));
