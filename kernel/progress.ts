/**
 * @file What the kernel says of long work while it does it, to whoever listens. It says all of it and keeps no clock: what
 * is worth showing, and how often, is the listener's business. While nobody listens, nothing is counted or written.
 */

/** A piece of work from its beginning to its end: the same object in all that is said of it. */
export interface Work {
  /** What is done: "jacrev of loss", "compiling 214 operations". */
  readonly label: string;
  readonly done: number;
  /** Absent when nobody can know. */
  readonly total?: number;
  /** What is counted: "chunks", "calls"; empty without a count. */
  readonly unit: string;
}

export type ProgressListener = (work: Work, event: "begin" | "advance" | "end") => void;

const listeners = new Set<ProgressListener>();

/**
 * Tells `listener` of work that may take long: compiling, Jacobians and maps in chunks, large results in pieces, timings.
 * Work inside of other work begins after it and ends before it. A compiled program, with all of its loops and scans, is
 * one call into WebAssembly, which says nothing until it returns.
 * @returns a function that ends it
 * @example const stop = onProgress(({ label, done, total }) => console.log(label, done, total));
 */
export function onProgress(listener: ProgressListener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export interface WorkOptions {
  readonly label: () => string;
  readonly total?: number;
  readonly unit?: string;
}

export type Advance = (by?: number) => void;

const unheard: Advance = () => {};

/** Does `action`, which says through `advance` how far it is. However it ends, its end is said. */
export function working<T>({ label, total, unit = "" }: WorkOptions, action: (advance: Advance) => T): T {
  if (listeners.size === 0) return action(unheard);
  const work = { label: label(), done: 0, total, unit };
  const tell = (event: "begin" | "advance" | "end"): void => {
    for (const listener of listeners) listener(work, event);
  };
  try {
    tell("begin");
    return action((by = 1) => {
      work.done += by;
      tell("advance");
    });
  } finally {
    tell("end");
  }
}
