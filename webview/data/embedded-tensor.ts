/** @file The tensor of a display, as far as its numbers came with it. */
import type { MatrixDisplay } from "../../protocol/display.ts";
import type { Entries } from "../../protocol/heatmap.ts";
import { sizeOf } from "../../protocol/notation.ts";
import { type Arrangement, type Axis, arranged, axesOf, extentOf } from "./axes.ts";
import { EmbeddedSource } from "./embedded.ts";
import type { TensorSource } from "./source.ts";

/** Whether the numbers that came are those of the whole tensor. */
const isWhole = ({ preview, shape }: MatrixDisplay): boolean =>
  !preview.pooled && preview.slices.length * preview.rows * preview.columns === sizeOf(shape);

export class EmbeddedTensor implements TensorSource {
  readonly canBeArranged: boolean;
  readonly holdsAll: boolean;
  readonly #display: MatrixDisplay;
  readonly #entries: Entries;
  readonly #axes: readonly Axis[];

  constructor(display: MatrixDisplay, entries: Entries) {
    this.#display = display;
    this.#entries = entries;
    this.#axes = axesOf(display);
    this.holdsAll = isWhole(display);
    this.canBeArranged = this.holdsAll && this.#axes.length > 1;
  }

  arrange(arrangement: Arrangement): EmbeddedSource {
    const { rows, columns, slices } = this.#display.preview;
    if (!this.canBeArranged) return new EmbeddedSource(this.#entries, slices.length, rows, columns);
    const extent = (group: keyof Arrangement): number => extentOf(this.#axes, arrangement[group]);
    const entries = arranged(this.#entries, this.#axes, arrangement);
    return new EmbeddedSource(entries, extent("sliders"), extent("rows"), extent("columns"));
  }

  whole(): Entries | undefined {
    return this.holdsAll ? this.#entries : undefined;
  }
}
