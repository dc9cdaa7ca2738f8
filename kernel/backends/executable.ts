/** @file What a backend gives back for a compiled program. */
import type { TypedArray } from "../dtype.ts";
import type { Data } from "../remote.ts";

export interface Executable {
  /** Size of the code, where there is any. */
  readonly codeBytes: number;
  /**
   * Runs the program once. `inputs` are read, never kept or written. The arrays returned are fresh and the caller's; they
   * may live in the backend's residence, and then views of them must not outlive them. A backend without a place is given
   * numbers that are here; one with a place takes what is there, too, and gives results that stay there.
   */
  run(inputs: readonly Data[]): Data[];
}

/** Of a backend without a place of its own: all numbers are here. */
export interface HostExecutable extends Executable {
  run(inputs: readonly TypedArray[]): TypedArray[];
}
