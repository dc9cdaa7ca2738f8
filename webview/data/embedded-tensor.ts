/** @file The tensor of a display, as far as its numbers came with it. */
import type { MatrixDisplay } from "../../protocol/display.ts";
import type { Entries } from "../../protocol/heatmap.ts";
import { sizeOf } from "../../protocol/notation.ts";
import { type Arrangement, type Axis, arranged, axesOf, extentOf } from "./axes.ts";
import { EmbeddedSource } from "./embedded.ts";
import type { MatrixSource, TensorSource } from "./source.ts";

/** Whether the numbers that came are those of the whole tensor. */
export const isWhole = ({ preview, shape }: MatrixDisplay): boolean =>
  !preview.pooled && preview.slices.length * preview.rows * preview.columns === sizeOf(shape);

export class EmbeddedTensor implements TensorSource {
  readonly canBeArranged: boolean;
  readonly #display: MatrixDisplay;
  readonly #entries: Entries;
  readonly #axes: readonly Axis[];

  constructor(display: MatrixDisplay, entries: Entries) {
    this.#display = display;
    this.#entries = entries;
    this.#axes = axesOf(display);
    this.canBeArranged = isWhole(display) && this.#axes.length > 1;
  }

  arrange(arrangement: Arrangement): MatrixSource {
    const { rows, columns, slices } = this.#display.preview;
    if (!this.canBeArranged) return new EmbeddedSource(this.#entries, slices.length, rows, columns);
    const extent = (group: keyof Arrangement): number => extentOf(this.#axes, arrangement[group]);
    const entries = arranged(this.#entries, this.#axes, arrangement);
    return new EmbeddedSource(entries, extent("sliders"), extent("rows"), extent("columns"));
  }

  whole(): Entries | undefined {
    return isWhole(this.#display) ? this.#entries : undefined;
  }
}
