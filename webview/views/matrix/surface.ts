/** @file What the parts of a matrix view tell each other: what is shown, and who shows it. */
import type { ColourScale } from "../../../protocol/colours.ts";
import type { Summary } from "../../data/source.ts";
import type { Pen } from "../../drawing/pen.ts";
import type { Size } from "../../drawing/viewport.ts";
import type { Content } from "./content.ts";

/** One slice, in its colours. */
export interface Subject {
  readonly content: Content;
  readonly slice: number;
  readonly summary: Summary;
  readonly scale: ColourScale;
}

/** A picture that can be moved about: a heat map, or a chart of a vector. */
export interface Surface {
  readonly element: HTMLElement;
  show(subject: Subject): void;
  /** Nothing is seen larger or smaller than this allows, so any factor may be asked for. */
  zoom(factor: number): void;
  reset(): void;
  /** Whether the next drag of the pointer chooses what to zoom to. */
  selectBox(on: boolean): void;
  /** Draws what is seen, with axes, into a picture to be saved; the size it takes, before anything is drawn. */
  picture(): { readonly size: Size; draw(pen: Pen, left: number, top: number): void };
}

/** What a surface tells its view. */
export interface SurfaceEvents {
  /** What lies under the pointer or the keyboard's cursor, in words; undefined for nothing. */
  onReading(words: string | undefined): void;
  onFailure(error: unknown): void;
  /** The box was chosen, or given up. */
  onBoxDone(): void;
}
