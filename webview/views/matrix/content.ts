/** @file A tensor laid out: its matrices, and what its rows, columns, slices and entries are called. */
import type { MatrixDisplay, Side } from "../../../protocol/display.ts";
import { ticksOf } from "../../../protocol/notation.ts";
import { type Arrangement, axesOf, initialArrangement, isSame } from "../../data/axes.ts";
import {
  describeValue,
  nameOfEntry,
  nameOfSlice,
  placesOf,
  stackSize,
  stretchOf,
  titlesOf,
  wholeExtents,
} from "../../data/naming.ts";
import type { MatrixSource, Peak, TensorSource } from "../../data/source.ts";

export interface Tick {
  /** In entries as drawn: the middle of the entry. */
  readonly at: number;
  readonly label: string;
}

export interface Content {
  readonly display: MatrixDisplay;
  readonly arrangement: Arrangement;
  readonly source: MatrixSource;
  readonly titles: { readonly rows: string; readonly columns: string };
  /** What a slice is called, given its place among those that are there; and its number among all. */
  sliceName(place: number): string;
  sliceNumber(place: number): number;
  readonly allSlices: number;
  /** Whether an entry as drawn stands for several of the tensor. */
  readonly isReduced: boolean;
  /** Names an entry as drawn, with its value. */
  describe(place: number, peak: Peak): string;
  ticks(side: "rows" | "columns", most: number, from: number, to: number): Tick[];
}

export function contentOf(display: MatrixDisplay, tensor: TensorSource, arrangement?: Arrangement): Content {
  const axes = axesOf(display);
  const first = initialArrangement(display);
  const layout = arrangement ?? first;
  const source = tensor.arrange(layout);
  const isInitial = isSame(layout, first);
  const whole = wholeExtents(axes, layout);
  const sideShape = (side: "rows" | "columns"): Pick<Side, "shape"> => ({
    shape: layout[side].map((axis) => axes[axis].extent),
  });
  const shapes = { rows: sideShape("rows"), columns: sideShape("columns") };
  // What came with a display may be some of its slices; what is arranged anew is all there.
  const sliceNumber = (place: number): number =>
    isInitial && !tensor.holdsAll ? (display.preview.slices[place] ?? place) : place;
  const isReduced = source.rows < whole.rows || source.columns < whole.columns;
  return {
    display,
    arrangement: layout,
    isReduced,
    source,
    titles: titlesOf(display, axes, layout, isInitial),
    sliceNumber,
    sliceName: (place) => nameOfSlice(display, axes, layout, sliceNumber(place)),
    allSlices: isInitial ? stackSize(display) : source.slices,
    describe(place, { row, column, value }) {
      const slice = sliceNumber(place);
      const places = placesOf(display, axes, layout, {
        sliders: { first: slice, last: slice },
        rows: stretchOf(row, source.rows, whole.rows),
        columns: stretchOf(column, source.columns, whole.columns),
      });
      return describeValue(display, nameOfEntry(display, places), value, isReduced);
    },
    ticks(side, most, from, to) {
      const scale = source[side] / whole[side];
      return ticksOf(shapes[side], most, from / scale, to / scale).map(({ flat, label }) => ({
        at: (flat + 0.5) * scale,
        label,
      }));
    },
  };
}
