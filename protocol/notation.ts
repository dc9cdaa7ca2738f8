/**
 * @file How numbers, times, shapes and entries are written. One place, so that the picture in a notebook, the PNG
 * beside it and the text below it never disagree.
 */
import type { MatrixDisplay, Side } from "./display.ts";

/** The typographic minus: as wide as a digit, and not broken from its number. */
const MINUS = "\u2212";

const typographic = (text: string): string => text.replaceAll("-", MINUS).replace("e+", "e");

/** Significant digits of numbers beside a picture, unless its display says otherwise. */
const DIGITS = 4;

/** How exactly the numbers of a display are written: those beside the picture, its scale, one entry, a number alone. */
export const digitsOf = ({ digits = DIGITS }: Pick<MatrixDisplay, "digits">) => ({
  summary: digits,
  // A scale is read at a glance, an entry because somebody asks.
  scale: Math.max(1, digits - 1),
  entry: digits + 2,
  alone: digits + 3,
});

/** A number for reading: `digits` significant ones, integers up to a million in full. */
export function formatNumber(value: number, digits = DIGITS): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return typographic(String(value + 0));
  if (size < 1e-4 || size >= 1e6) return typographic(value.toExponential(digits - 1).replace(/\.?0+e/, "e"));
  if (size >= 10 ** (digits - 1)) return typographic(value.toFixed(0));
  return typographic(trimZeros(value.toPrecision(digits)));
}

const trimZeros = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** A count with its thousands set apart: `4,194,304`. */
export const formatCount = (count: number): string => count.toLocaleString("en-US");

const TIME_UNITS: readonly [seconds: number, unit: string][] = [
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
  [1e-9, "ns"],
];

/** Seconds in the unit that suits them, three significant digits: `98.2 µs`. */
export const formatSeconds = (seconds: number): string => formatTimes([seconds]);

/** `82.2 to 85.7 µs`: both ends in the unit that suits the upper. */
export const formatSecondsRange = (lower: number, upper: number): string => formatTimes([lower, upper]);

/** A round time, for an axis: `100 µs`. */
export function formatSecondsTick(seconds: number): string {
  const [number, unit] = formatSeconds(seconds).split(" ");
  return `${Number(number)} ${unit}`;
}

function formatTimes(times: readonly number[]): string {
  // Rounded first, so that 999.9996 µs reads "1.00 ms" and not "1000 µs".
  const longest = Number(Math.max(...times).toPrecision(3));
  const [scale, unit] = TIME_UNITS.find(([limit]) => longest >= limit) ?? TIME_UNITS[TIME_UNITS.length - 1];
  const amounts = times.map((time) => {
    const amount = Number((time / scale).toPrecision(3));
    return amount >= 100 ? amount.toFixed(0) : amount.toPrecision(3);
  });
  return `${amounts.join(" to ")} ${unit}`;
}

const BYTE_UNITS: readonly [bytes: number, unit: string][] = [
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
  [1, "bytes"],
];

/** `262 kB`, three significant digits. */
export function formatBytes(bytes: number): string {
  const rounded = Number(bytes.toPrecision(3));
  const [scale, unit] = BYTE_UNITS.find(([limit]) => rounded >= limit) ?? BYTE_UNITS[BYTE_UNITS.length - 1];
  return `${Number((bytes / scale).toPrecision(3))} ${unit}`;
}

/** Bytes per second: `12.4 GB/s`. */
export const formatRate = (bytesPerSecond: number): string => `${formatBytes(bytesPerSecond)}/s`;

/** `3.2×`; with an interval `3.21× (3.12 to 3.28×)`, as many decimals as tell its ends apart. */
export function formatRatio(ratio: number, interval?: readonly [lower: number, upper: number]): string {
  const needed = interval ? Math.ceil(-Math.log10(Math.max(interval[1] - interval[0], Number.MIN_VALUE))) : 0;
  const write = (value: number): string => {
    const least = value < 1.995 ? 2 : value < 9.95 ? 1 : 0;
    return value.toFixed(Math.min(Math.max(needed, least), least + 1));
  };
  return interval ? `${write(ratio)}× (${interval.map(write).join(" to ")}×)` : `${write(ratio)}×`;
}

/** `16 × 16`. */
export const formatShape = (shape: readonly number[]): string => shape.join(" × ");

/** "16 × 16, float32", "5 entries, float64", "a single int32". */
export function describeShape({ shape, dtype }: Pick<MatrixDisplay, "shape" | "dtype">): string {
  if (shape.length === 0) return `a single ${dtype}`;
  if (shape.length === 1) return `${formatCount(shape[0])} ${shape[0] === 1 ? "entry" : "entries"}, ${dtype}`;
  return `${formatShape(shape)}, ${dtype}`;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** The index along each axis of the `flat`-th entry in row-major order. */
export function unravel(flat: number, shape: readonly number[]): number[] {
  const index = new Array<number>(shape.length);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

/** The `flat`-th entry of a side: `weight[3, 7]`, `example 5`, `loss` for a side without axes. */
export function entryOfSide(side: Side, flat: number): string {
  const index = unravel(flat, side.shape).join(", ");
  if (index === "") return side.name || side.label;
  return side.name ? `${side.name}[${index}]` : `${side.label} ${index}`;
}

/** Where a slice of the stack is: one flat index for each side that numbers slices. */
export const unravelSlice = (display: Pick<MatrixDisplay, "slices">, slice: number): number[] =>
  unravel(
    slice,
    display.slices.map((side) => sizeOf(side.shape)),
  );

/** A slice of the stack: `example 3, predict[7]`. Empty when there is one matrix and nothing to tell apart. */
export function sliceName(display: Pick<MatrixDisplay, "slices">, slice: number): string {
  const indices = unravelSlice(display, slice);
  return display.slices
    .map((side, i) => (side.shape.length > 0 ? entryOfSide(side, indices[i]) : ""))
    .filter(Boolean)
    .join(", ");
}

/** A stretch of entries, for the blocks of a reduced picture: `x[8–11]`; `x[0, 8] to x[1, 3]` over several axes. */
export function stretchOfSide(side: Side, first: number, last: number): string {
  if (first === last) return entryOfSide(side, first);
  if (side.shape.length === 1) {
    return side.name ? `${side.name}[${first}–${last}]` : `${side.label}s ${first}–${last}`;
  }
  return `${entryOfSide(side, first)} to ${entryOfSide(side, last)}`;
}

const INDEX_LETTERS = "ijklmnpqrs";

/** Titles of the two axes with one letter for each index: "output predict[i]" and "input weight[j, k]". */
export function axisTitles({ rows, columns }: Pick<MatrixDisplay, "rows" | "columns">): {
  rows: string;
  columns: string;
} {
  const title = (side: Side, from: number): string => {
    const letters = side.shape.map((_, axis) => INDEX_LETTERS[from + axis] ?? "…").join(", ");
    if (side.name) {
      const name = `${side.name}${letters && `[${letters}]`}`;
      return side.name === side.label ? name : `${side.label} ${name}`.trimStart();
    }
    return letters && `${side.label} ${letters}`;
  };
  return { rows: title(rows, 0), columns: title(columns, rows.shape.length) };
}

/**
 * Which entries of a side, from `from` up to `to`, get a tick, at most `most` of them: round steps along one axis, whole
 * outer indices when several axes are laid along the side. `labels` are written as indices, `flat` counts entries.
 */
export function ticksOf(
  { shape }: Pick<Side, "shape">,
  most: number,
  from = 0,
  to = sizeOf(shape),
): { readonly flat: number; readonly label: string }[] {
  if (shape.length === 0 || sizeOf(shape) <= 1) return [];
  // With several axes, step by the innermost block that leaves few enough ticks.
  let block = 1;
  let axis = shape.length - 1;
  while (axis > 0 && (to - from) / block > most) block *= shape[axis--];
  const step = block * roundStep((to - from) / block / Math.max(most, 1));
  const ticks: { flat: number; label: string }[] = [];
  for (let flat = Math.ceil(from / step) * step; flat < to; flat += step) {
    const index = unravel(flat, shape);
    ticks.push({ flat, label: index.slice(0, axis + 1).join(", ") });
  }
  return ticks;
}

/** The smallest of 1, 2, 4, 8, 16 … or of 5, 10, 20, 50, 100 … not below `least`: tensors come in both kinds of size. */
function roundStep(least: number): number {
  let power = 1;
  while (power < least) power *= 2;
  let decimal = 1;
  for (let i = 0; decimal < least; i++) decimal *= i % 3 === 1 ? 2.5 : 2;
  return Math.min(power, decimal);
}
