/** @file What went wrong and a person can mend. */

/** Arguments that say nothing we know, a file that cannot be read or written: the message says what to do. */
export class Problem extends Error {
  override readonly name = "Problem";
}
