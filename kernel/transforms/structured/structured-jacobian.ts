/** @file What jacobian and hessian give with `structured: true`: the matrix by its terms, written out only as far as asked. */

import { requireMemory } from "../../budget.ts";
import { type DType, promote } from "../../dtype.ts";
import { cast, reshape } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape, TraceError } from "../../errors.ts";
import { grouped } from "../../format.ts";
import { requireTensor } from "../../functions/operands.ts";
import { constantNode } from "../../graph/node.ts";
import { computedHere } from "../../runtime/evaluate.ts";
import { type Shape, sameShape, sizeOf } from "../../shape.ts";
import { columnColoring, rowColoring, starColoring } from "../../structure/coloring.ts";
import { densified, toNode } from "../../structure/dense.ts";
import { blocksOf, commonAxes, diagonalOf, timesVector, transposedMatrix } from "../../structure/parts.ts";
import {
  type Bandwidth,
  bandwidthOf,
  isSymmetric,
  type PlacedPattern,
  patternOf,
  rowsOf,
} from "../../structure/pattern.ts";
import { hasKnownPositions, matrixExtents } from "../../structure/positions.ts";
import { entriesOf, isDense, isInjective, type Structured } from "../../structure/term.ts";
import { type Provenance, Tensor } from "../../tensor.ts";
import { entriesAt, entryValues } from "./entries.ts";
import { foundKind, type MatrixKind, statedKind } from "./kinds.ts";
import { solveLowRank } from "./low-rank.ts";
import { pictureOf } from "./picture.ts";
import { areHere, canBeRead, solveBanded, solveBlocks, solveDiagonal, solveWhole, tooSparse } from "./solve.ts";

/** A matrix by coordinates: entry i is at (`rows[i]`, `columns[i]`). Sorted by row and column, each position once. */
export interface COO {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** `[nnz]` */
  readonly values: Tensor;
}

/** A matrix by compressed sparse rows: row r has entries `rowStarts[r]` to `rowStarts[r + 1]`, by ascending column. */
export interface CSR {
  readonly rowStarts: Int32Array;
  readonly columns: Int32Array;
  /** `[nnz]` */
  readonly values: Tensor;
}

/** Numbers of colours, which are numbers of products that give all entries. */
export interface Colors {
  /** Columns without a row in common: products with vectors, forward mode. */
  readonly column: number;
  /** Rows without a column in common: reverse mode. */
  readonly row: number;
  /** Products of a symmetric matrix that is known to be one; null for others. */
  readonly star: number | null;
}

/** Rows up to which a matrix without structure that helps is solved as a dense one. */
const MOST_ROWS_DENSE = 2048;
/** Rows from which a block that is a band itself is solved as one. */
const LARGE_BLOCK = 32;
/** What the pattern of one entry takes while it is put together. */
const BYTES_PER_ENTRY = 24;
/** Side of the picture of where entries are. */
const PICTURE_SIDE = 128;

/**
 * A Jacobian or Hessian that keeps its structure: which entries can be other than 0, and from what they are computed. As a
 * matrix, its rows are the positions of the output and its columns those of the input, both in row-major order.
 *
 * Nothing is computed until a value is asked for, and only what is asked for is. Inside `vmap`, `jit` and `grad`, what gives
 * tensors works as everywhere; `solve` of a banded or sparse matrix needs numbers.
 */
export class StructuredJacobian {
  /** Of what it would be as a tensor: `[...outputShape, ...inputShape]`. */
  readonly shape: Shape;
  /** What rows stand for. For a Hessian the output's axes and those of the first input. */
  readonly outputShape: Shape;
  /** What columns stand for. */
  readonly inputShape: Shape;
  readonly dtype: DType;
  /** How its axes are named when shown. */
  readonly provenance: Provenance | undefined;
  readonly #matrix: Structured;
  /** Axes in front of those that the diagonal runs along: a Hessian's output. */
  readonly #lead: number;
  #pattern: PlacedPattern | null = null;
  #bandwidth: Bandwidth | null = null;
  #values: Tensor | null = null;

  /** For the kernel's own use; `jacobian` and `hessian` make them. */
  constructor(matrix: Structured, outputAxes: number, lead: number, provenance?: Provenance) {
    this.#matrix = matrix;
    this.#lead = lead;
    this.shape = matrix.shape;
    this.outputShape = matrix.shape.slice(0, outputAxes);
    this.inputShape = matrix.shape.slice(outputAxes);
    this.dtype = matrix.dtype;
    this.provenance = provenance;
  }

  get #split(): number {
    return this.outputShape.length;
  }

  get #extents(): [rows: number, columns: number] {
    return matrixExtents(this.shape, this.#split);
  }

  #placed(asked: string): PlacedPattern {
    if (this.#pattern === null) {
      if (!this.hasPattern) {
        throw new TraceError(
          `${asked}: where the entries of this matrix are depends on indices that have no value inside a transform. Use ` +
            "toDense(), matvec(x) or transposeMatvec(y), which need none, or read it outside.",
        );
      }
      const entries = this.#matrix.terms.reduce((sum, term) => sum + entriesOf(term), 0);
      requireMemory(entries * BYTES_PER_ENTRY, () => ({
        name: asked,
        what: `the pattern of ${grouped(entries)} entries`,
        remedy: "Use matvec(x), diagonal() or blocks(), or setMemoryBudget(…).",
      }));
      // Indices decide it, and they must be here; what is made of them is too.
      this.#pattern = computedHere(() => patternOf(this.#matrix, this.#split));
    }
    return this.#pattern;
  }

  /** `[nnz]`, in the order of the pattern. */
  #entries(asked: string): Tensor {
    this.#values ??= new Tensor(entryValues(this.#matrix, this.#placed(asked)));
    return this.#values;
  }

  /** Whether some term has an entry at every position. */
  get #isFull(): boolean {
    return this.#matrix.terms.some((term) => isDense(term, this.shape));
  }

  /** The blocks along all axes that rows and columns have in common; the whole matrix where there are none. */
  get #blocks(): Structured {
    return blocksOf(this.#matrix, this.#split, commonAxes(this.#matrix, this.#split));
  }

  get #hasFullBlocks(): boolean {
    const blocks = this.#blocks;
    return blocks.terms.some((term) => isDense(term, blocks.shape));
  }

  /** Whether it is known where entries are: inside a transform, indices may have no value. */
  get hasPattern(): boolean {
    return hasKnownPositions(this.#matrix);
  }

  /** How many entries can be other than 0, each position counted once. */
  get nnz(): number {
    const { terms } = this.#matrix;
    if (terms.length === 0) return 0;
    if (this.#isFull) return sizeOf(this.shape);
    if (this.#hasFullBlocks) return sizeOf(this.#blocks.shape);
    const [only] = terms;
    if (terms.length === 1 && isInjective(only, this.#matrix.shape)) return entriesOf(only);
    return this.#placed("nnz").columnOf.length;
  }

  /** How far entries reach from the main diagonal, below and above. */
  get bandwidth(): Bandwidth {
    const [rows, columns] = this.#extents;
    if (this.#isFull) return { lower: Math.max(0, rows - 1), upper: Math.max(0, columns - 1) };
    this.#bandwidth ??= bandwidthOf(this.#placed("bandwidth"));
    return this.#bandwidth;
  }

  /** How the matrix looks: "diagonal", "block diagonal", "banded", "low rank plus diagonal", "sparse", "dense" and so on. */
  get kind(): MatrixKind {
    const stated = statedKind(this.#matrix, this.#split);
    if (stated !== null) return stated;
    return this.#isFull ? "dense" : foundKind(this.nnz, ...this.#extents, this.bandwidth);
  }

  /**
   * The entries on the diagonal, with the shape of the input: ∂out_i/∂x_i; for a Hessian ∂²out/∂x_i², behind the axes of the
   * output. In time linear in their number where the terms allow.
   * @example jacobian((x: Tensor) => x.tanh(), { structured: true })(x).diagonal()
   */
  diagonal(): Tensor {
    const rest = this.outputShape.slice(this.#lead);
    if (!sameShape(rest, this.inputShape)) {
      throw new ShapeError(
        `diagonal: output and input must have one shape, got ${showShape(rest)} and ${showShape(this.inputShape)}. ` +
          "Read entries with toCOO() or toDense().",
      );
    }
    const rank = this.inputShape.length;
    const found = diagonalOf(this.#matrix, rank);
    if (found !== null) return new Tensor(toNode(found));
    if (!this.hasPattern) {
      const whole = { ...this.#matrix, terms: [densified(this.#matrix)] };
      return new Tensor(toNode(diagonalOf(whole, rank)!));
    }
    const [, columns] = this.#extents;
    const values = this.#entries("diagonal").node;
    return new Tensor(entriesAt(values, this.#placed("diagonal"), this.outputShape, (row) => row % columns));
  }

  /**
   * The blocks of a block diagonal matrix, such as the Jacobian of a function that treats each example of a batch by
   * itself: the leading axes that output and input have in common, then the other axes of the output, then those of the
   * input.
   * @param axes how many leading axes number the blocks; as many as possible by default
   * @example jacobian((x: Tensor) => x.softmax(-1), { structured: true })(x).blocks()   // [batch, classes, classes]
   */
  blocks(axes?: number): Tensor {
    const most = commonAxes(this.#matrix, this.#split);
    const count = axes ?? most;
    if (!Number.isInteger(count) || count < 1 || count > most) {
      const found =
        most === 0
          ? "entries couple different positions along the first axis"
          : `output and input go together along the first ${most === 1 ? "axis" : `${most} axes`}`;
      throw new ArgumentError(
        `blocks: ${axes === undefined ? "" : `expected blocks along ${axes} leading axes, but `}this matrix of shape ` +
          `${showShape(this.outputShape)} × ${showShape(this.inputShape)} is ${this.kind}: ${found}. ` +
          "Use toCOO(), toCSR() or toDense().",
      );
    }
    return new Tensor(toNode(blocksOf(this.#matrix, this.#split, count)));
  }

  /** All entries by coordinates. */
  toCOO(): COO {
    const pattern = this.#placed("toCOO");
    return { rows: rowsOf(pattern), columns: pattern.columnOf.slice(), values: this.#entries("toCOO") };
  }

  /** All entries by compressed sparse rows. */
  toCSR(): CSR {
    const { rowStarts, columnOf } = this.#placed("toCSR");
    return { rowStarts: rowStarts.slice(), columns: columnOf.slice(), values: this.#entries("toCSR") };
  }

  /** The tensor with all its zeros, as without `structured`. */
  toDense(): Tensor {
    const dense = new Tensor(toNode(this.#matrix));
    dense.provenance = this.provenance;
    return dense;
  }

  /**
   * The product with a vector of the input's shape; work grows with the entries.
   * @example jacobian(f, { structured: true })(x).matvec(direction)   // as jvp
   */
  matvec(x: Tensor): Tensor {
    return this.#times("matvec", this.#matrix, x, this.inputShape);
  }

  /**
   * The transpose's product with a vector of the output's shape; work grows with the entries.
   * @example jacobian(f, { structured: true })(x).transposeMatvec(cotangent)   // as vjp
   */
  transposeMatvec(y: Tensor): Tensor {
    return this.#times("transposeMatvec", transposedMatrix(this.#matrix, this.#split), y, this.outputShape);
  }

  #times(name: string, matrix: Structured, x: Tensor, shape: Shape): Tensor {
    const vector = this.#vector(name, x, shape);
    return new Tensor(toNode(timesVector(matrix, vector.node, vector.dtype)));
  }

  /** Checked, and of a floating type. */
  #vector(name: string, x: Tensor, shape: Shape): Tensor {
    requireTensor(name, x);
    if (!sameShape(x.shape, shape)) {
      const side = name === "matvec" ? "input" : "output";
      throw new ShapeError(
        `${name}: expected a tensor of the ${side}'s shape ${showShape(shape)}, got ${showShape(x.shape)}. Reshape it.`,
      );
    }
    return new Tensor(cast(x.node, promote(x.dtype, this.dtype)));
  }

  /**
   * x with `matvec(x) = b`, for a square matrix. Diagonal and block diagonal ones are solved block by block, banded ones
   * within the band (LU with partial pivoting, O(n · bandwidth²)), large diagonal ones plus outer products by Woodbury's
   * formula, others as dense ones while they are small. An `ArgumentError` when the matrix is singular.
   * @param b of the output's shape
   * @returns of the input's shape
   * @example const step = hessian(loss, { structured: true })(x).solve(grad(loss)(x))
   */
  solve(b: Tensor): Tensor {
    const [rows, columns] = this.#extents;
    if (rows !== columns) {
      throw new ShapeError(
        `solve: expected a square matrix, got ${rows} rows ${showShape(this.outputShape)} and ${columns} columns ` +
          `${showShape(this.inputShape)}. For least squares use lstsq(jacobian.toDense(), b).`,
      );
    }
    const right = this.#vector("solve", b, this.outputShape);
    const solution = this.#solved(right, rows);
    return new Tensor(reshape(cast(solution.node, right.dtype), this.inputShape));
  }

  #solved(right: Tensor, rows: number): Tensor {
    const { kind } = this;
    if (kind === "zero") throw new ArgumentError("solve: the matrix is zero. Does the function depend on this input?");
    if (kind === "diagonal") return solveDiagonal(this.blocks(), right);
    if (kind === "block diagonal") {
      const lead = this.outputShape.slice(0, commonAxes(this.#matrix, this.#split));
      const side = rows / sizeOf(lead);
      const isBanded = side > LARGE_BLOCK && !this.#hasFullBlocks && this.hasPattern && this.#isNarrow(side);
      // Blocks written out are solved without numbers too.
      if (isBanded && canBeRead(this.#entries("solve"), right)) return this.#solvedInBand(right);
      return solveBlocks(this.blocks(), lead, right);
    }
    const isSmall = rows <= MOST_ROWS_DENSE;
    if (kind === "low rank plus diagonal" && !isSmall) return solveLowRank(this.#matrix, this.#split, right);
    if (this.#isFull) return solveWhole(this.toDense(), right);
    const inBand = kind === "banded" || this.#isNarrow(rows);
    // A device solves a small one as a dense matrix, for which nothing need be fetched.
    if (inBand && (!isSmall || areHere(this.#entries("solve"), right))) return this.#solvedInBand(right);
    if (isSmall || kind === "dense") return solveWhole(this.toDense(), right);
    throw tooSparse(kind, rows, this.bandwidth, this.outputShape);
  }

  /** Whether elimination within the band is less work than a dense matrix with that many rows. */
  #isNarrow(rows: number): boolean {
    const { lower, upper } = this.bandwidth;
    return 2 * lower + upper < rows / 2;
  }

  #solvedInBand(right: Tensor): Tensor {
    return solveBanded(this.#entries("solve"), this.#placed("solve"), this.bandwidth, right);
  }

  /** Into how few groups columns, rows, and for a symmetric matrix its vertices fall, whose products with vectors give all entries. */
  colors(): Colors {
    const pattern = this.#placed("colors");
    return {
      column: columnColoring(pattern).count,
      row: rowColoring(pattern).count,
      star: this.#lead === 0 && isSymmetric(pattern) ? starColoring(pattern).count : null,
    };
  }

  /**
   * A picture of where entries are: the matrix in at most 128 × 128 fields, each with the number of entries in it.
   * @example hessian(loss, { structured: true })(x).pattern()
   */
  pattern(): Tensor {
    const [rows, columns] = this.#extents;
    const side = { rows: Math.min(rows, PICTURE_SIDE), columns: Math.min(columns, PICTURE_SIDE) };
    const counts = pictureOf(this.#isFull ? null : this.#placed("pattern"), rows, columns, side);
    return new Tensor(constantNode({ shape: [side.rows, side.columns], dtype: "int32" }, counts));
  }

  toString(): string {
    const name = `StructuredJacobian ${showShape(this.outputShape)} × ${showShape(this.inputShape)}, ${this.dtype}`;
    if (!this.hasPattern) return `${name}, inside a transform`;
    const { nnz } = this;
    const size = sizeOf(this.shape);
    const share = size === 0 ? "" : ` (${percent(nnz / size)})`;
    return `${name}, ${this.kind}: ${grouped(nnz)} of ${grouped(size)} entries${share}`;
  }

  /** Node's `console.log` shows what `toString` says. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** Two digits, and no exponent as long as that is short. */
const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;
