/**
 * @file How a value looks: the JSON that travels from a session to a renderer, and is kept in the saved notebook.
 * Plain data, self-contained, and readable by a later version of us: `version` grows when a field changes its meaning.
 */

/** MIME type of `Display` in a cell's output. */
export const DISPLAY_MIME = "application/vnd.cotangent.v1+json";

/** A renderer draws this version and says so when it meets another. */
export const DISPLAY_VERSION = 1;

export type Display = MatrixDisplay | BenchmarkDisplay | GroupDisplay;

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
    readonly zeros: number;
    readonly nan: number;
    readonly infinite: number;
  };
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

/** Timings side by side, as bars and a table. Times in seconds per call. */
export interface BenchmarkDisplay {
  readonly version: 1;
  readonly kind: "benchmark";
  readonly title: string;
  /** Who won and by how much, in one sentence; empty for a single timing. */
  readonly verdict: string;
  /** Which row is the fastest beyond the noise; absent for a tie or a single timing. */
  readonly winner?: number;
  readonly rows: readonly BenchmarkRow[];
}

export interface BenchmarkRow {
  readonly label: string;
  readonly mean: number;
  readonly median: number;
  /** The middle half of the repetitions lies between these two. */
  readonly quartiles: readonly [lower: number, upper: number];
  /** Measured repetitions, and calls in each of them. */
  readonly repetitions: number;
  readonly callsPerRepetition: number;
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

/** A MIME bundle: the forms of one value, richest first. Text as it is, binary types as base64. */
export type MimeBundle = Readonly<Record<string, string | object>>;
