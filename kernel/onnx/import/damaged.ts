/** @file What damaged files have beyond measure, and the error that says so. */
import { ArgumentError } from "../../errors.ts";

export const MOST_AXES = 64;
/** An axis longer than this has no positions in int32. */
export const LONGEST_AXIS = 0x7fffffff;

/** @param what is wrong, and where */
export const damaged = (what: string): ArgumentError =>
  new ArgumentError(`importOnnx: ${what} The file is damaged, or its maker has an error.`);
