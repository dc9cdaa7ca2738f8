/** @file What a backend gives back for a compiled program. */
import type { TypedArray } from "../dtype.ts";

export interface Executable {
  /** Size of the code, where there is any. */
  readonly codeBytes: number;
  /**
   * Runs the program once. `inputs` are read, never kept or written. The arrays returned are fresh and the caller's; they
   * may live in the backend's residence, and then views of them must not outlive them.
   */
  run(inputs: readonly TypedArray[]): TypedArray[];
}
