/**
 * @file How a value looks: the JSON that travels from a session to a renderer, and is kept in the saved notebook.
 * Plain data, self-contained, and readable by a later version of us: `version` grows when a field changes its meaning.
 */
import type { BenchmarkDisplay } from "./benchmark.ts";

import type { MatrixFacts } from "./facts.ts";

/** MIME type of `Display` in a cell's output. */
export const DISPLAY_MIME = "application/vnd.cotangent.v1+json";

/** A renderer draws this version and says so when it meets another. */
export const DISPLAY_VERSION = 1;

export type Display = ValueDisplay | ProgressDisplay | GraphicsDisplay;

/** What a value of a cell is shown as. */
export type ValueDisplay = MatrixDisplay | BenchmarkDisplay | GroupDisplay | ObjectDisplay;

/** One side of a matrix: which axes of the tensor are laid along it, outermost first. */
export interface Side {
  /** What the side is, as a person would say it: "output", "input", "row", "example". */
  readonly label: string;
  /** Name written before the index of an entry, e.g. `weight` in `weight[3, 7]`; empty for a plain tensor. */
  readonly name: string;
  /** Extents of the axes along this side; empty for a single entry. */
  readonly shape: readonly number[];
}

/** A tensor of any rank as a matrix, or as a stack of them. */
export interface MatrixDisplay {
  readonly version: 1;
  readonly kind: "matrix";
  readonly role: "tensor" | "jacobian" | "hessian";
  /** Short and plain: "Jacobian of predict with respect to x". */
  readonly title: string;
  readonly dtype: "float32" | "float64" | "int32" | "bool";
  /** Of the whole tensor. */
  readonly shape: readonly number[];
  /** Significant digits of the numbers beside the picture; 4 where nothing is said. */
  readonly digits?: number;
  /** What numbers the matrices of a stack, outermost first: a batch, a Hessian's output. Empty for one matrix. */
  readonly slices: readonly Side[];
  readonly rows: Side;
  readonly columns: Side;
  readonly preview: {
    /** Which matrices of the stack are sent, ascending: all, or those with the largest entries. */
    readonly slices: readonly number[];
    /** Extents of each matrix as sent. Smaller than the real ones when `pooled`. */
    readonly rows: number;
    readonly columns: number;
    /** Each entry sent is then the one of largest magnitude in its block, so that a lone entry is not lost. */
    readonly pooled: boolean;
    /** The entries as the dtype stores them (bool: one byte), little-endian, base64, slices × rows × columns. */
    readonly data: string;
  };
  /** Of a vector that is reduced: the least and the greatest entry of each block, as `preview.data` is written. */
  readonly envelope?: { readonly lows: string; readonly highs: string };
  /** What a structured Jacobian knows of itself, of which the picture may show counts alone. */
  readonly structure?: StructureFacts;
  /** Over the whole tensor; min and max over its finite entries (0 when there are none). */
  readonly statistics: {
    readonly min: number;
    readonly max: number;
    /** Of the finite entries: their mean, and the root of the sum of their squares. Absent where they overflow. */
    readonly mean?: number;
    readonly norm?: number;
    readonly zeros: number;
    readonly nan: number;
    readonly infinite: number;
  };
  /** By which the session that made the picture knows the tensor, for as long as it holds it. */
  readonly handle?: string;
  /** Of each matrix in `preview.slices`, where they were found at once: of a small Jacobian or Hessian. */
  readonly facts?: readonly MatrixFacts[];
}

export interface StructureFacts {
  /** In words: "diagonal", "banded". */
  readonly kind: string;
  /** Entries that can be other than zero, of how many. */
  readonly nonzero: number;
  readonly of: number;
  /** Diagonals with entries below the main one, and above it. */
  readonly bandwidth: readonly [lower: number, upper: number];
  /** Into how few groups the columns fall whose products with a vector give all entries. */
  readonly colours?: number;
}

/** Several values of one result, each with its path in it (`[0]`, `weight`). */
export interface GroupDisplay {
  readonly version: 1;
  readonly kind: "group";
  /** What stands above the pictures, as lines of one width per character. */
  readonly text?: string;
  readonly items: readonly GroupItem[];
  /** Values of the same result that were too many to send. */
  readonly omitted: number;
}

export interface GroupItem {
  readonly path: string;
  readonly display: MatrixDisplay | BenchmarkDisplay;
}

/** A large value as a tree to open part by part; what was looked at is here, however large the value was. */
export interface ObjectDisplay {
  readonly version: 1;
  readonly kind: "object";
  readonly root: ObjectPart;
}

export interface ObjectPart {
  /** As a person would write it: the name of a property, an index, the key of a map. Empty for the whole. */
  readonly name: string;
  /** What the value is, where it does not say so itself: `Map (3)`, `float32 [4, 3]`, the name of a class. */
  readonly head: string;
  /** The value in one line, or the first few of its parts. */
  readonly text: string;
  /** Absent for what has no parts, or none that were looked at. */
  readonly parts?: readonly ObjectPart[];
  /** Parts beyond those; absent for 0. */
  readonly more?: number;
}

/** How far long work is. Replaced by its next state again and again, and in a saved notebook by its last. */
export interface ProgressDisplay {
  readonly version: 1;
  readonly kind: "progress";
  /** In the order in which they began: what is inside of other work comes after it. At least one. */
  readonly bars: readonly ProgressBar[];
}

export interface ProgressBar {
  /** What is done; may be empty. */
  readonly label: string;
  readonly done: number;
  /** Absent when nobody can know. */
  readonly total?: number;
  /** What is counted: "chunks", "images"; may be empty. */
  readonly unit: string;
  /** "stopped": ended before its end, by an error, an interrupt or a `break`. */
  readonly state: "running" | "done" | "stopped";
  readonly seconds: number;
  /** An estimate, when there is enough to go by. */
  readonly secondsLeft?: number;
}

/** Says that the page which draws it computes. It is also what loads the page's script, where nothing else of ours is drawn. */
export interface GraphicsDisplay {
  readonly version: 1;
  readonly kind: "graphics";
  /** One line. */
  readonly text: string;
}

/** A MIME bundle: the forms of one value, richest first. Text as it is, binary types as base64. */
export type MimeBundle = Readonly<Record<string, string | object>>;
