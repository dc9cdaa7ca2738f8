/**
 * @file Errors a person can meet. Each message says what was expected, what came and what to do; each class has a
 * static `is` that also recognises an error of another copy of the kernel.
 */

const BRAND = Symbol.for("cotangent.error");

/** What every error of the kernel is. */
export class KernelError extends Error {
  override name = "KernelError";
  readonly [BRAND] = true;

  static is(error: unknown): error is KernelError {
    return error instanceof Error && BRAND in error;
  }
}

/** Shapes that do not fit together, or an axis or index out of range. */
export class ShapeError extends KernelError {
  override name = "ShapeError";
  static override is(error: unknown): error is ShapeError {
    return KernelError.is(error) && error.name === "ShapeError";
  }
}

/** An element type that the operation does not take. */
export class DTypeError extends KernelError {
  override name = "DTypeError";
  static override is(error: unknown): error is DTypeError {
    return KernelError.is(error) && error.name === "DTypeError";
  }
}

/** Arguments whose nesting does not match, or that hold something which is not a tensor or number. */
export class StructureError extends KernelError {
  override name = "StructureError";
  static override is(error: unknown): error is StructureError {
    return KernelError.is(error) && error.name === "StructureError";
  }
}

/** An option or argument with a value it cannot have. */
export class ArgumentError extends KernelError {
  override name = "ArgumentError";
  static override is(error: unknown): error is ArgumentError {
    return KernelError.is(error) && error.name === "ArgumentError";
  }
}

/** A value asked for where a transform has none to give, or a tensor used after its transform ended. */
export class TraceError extends KernelError {
  override name = "TraceError";
  static override is(error: unknown): error is TraceError {
    return KernelError.is(error) && error.name === "TraceError";
  }
}

/** A result that does not fit in memory. */
export class MemoryError extends KernelError {
  override name = "MemoryError";
  static override is(error: unknown): error is MemoryError {
    return KernelError.is(error) && error.name === "MemoryError";
  }
}

/** Where a NaN or an infinity was made. */
export interface NumericsFinding {
  readonly value: "NaN" | "Infinity" | "-Infinity";
  /** The primitive that made it, or that met it first when `given`. */
  readonly primitive: string;
  /** Set when it was not made, but came in with the data. */
  readonly given: boolean;
  /** The result's shape, and the first position in it. */
  readonly shape: readonly number[];
  readonly position: readonly number[];
  /** What each input has at that position, for an elementwise primitive. */
  readonly inputs?: readonly number[];
}

/** A NaN or an infinity, found while `debugNumerics` is on. Its stack is that of the line that asked for the operation. */
export class NumericsError extends KernelError {
  override name = "NumericsError";
  readonly finding: NumericsFinding;

  constructor(message: string, finding: NumericsFinding) {
    super(message);
    this.finding = finding;
  }

  static override is(error: unknown): error is NumericsError {
    return KernelError.is(error) && error.name === "NumericsError";
  }
}

/** What two ways to the same derivative gave. */
export interface GradientMismatch {
  readonly mode: "forward" | "reverse";
  /** Which derivative: 1 is the first. */
  readonly order: number;
  readonly expected: number;
  readonly got: number;
  /** The difference, divided by the larger of the two. */
  readonly relativeError: number;
}

/** A derivative that finite differences, or the other mode, contradict. */
export class GradientError extends KernelError {
  override name = "GradientError";
  readonly mismatch: GradientMismatch;

  constructor(message: string, mismatch: GradientMismatch) {
    super(message);
    this.mismatch = mismatch;
  }

  static override is(error: unknown): error is GradientError {
    return KernelError.is(error) && error.name === "GradientError";
  }
}

/** A shape as people write it: `[2, 3]`; a scalar is `[]`. */
export const showShape = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
