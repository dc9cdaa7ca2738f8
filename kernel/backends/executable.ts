/** @file What a backend gives back for a compiled program. */
import type { TypedArray } from "../dtype.ts";

export interface Executable {
  /** Size of the code, where there is any. */
  readonly codeBytes: number;
  /**
   * Runs the program once. `inputs` are read, never kept or written; the arrays returned are fresh and the caller's.
   */
  run(inputs: readonly TypedArray[]): TypedArray[];
}
