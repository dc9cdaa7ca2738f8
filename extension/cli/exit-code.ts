/** @file What `cotangent` ends with, as its help says it. */

export const EXIT_OK = 0;
/** A cell failed, or has a problem. */
export const EXIT_FAILED = 1;
/** Nothing was done: the arguments are wrong, a file is no notebook, or the outcome could not be written. */
export const EXIT_BAD_INPUT = 2;
/** Ended by a signal, as a shell says it. */
export const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;
