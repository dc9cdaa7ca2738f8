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

function begun({ label, total, unit = "" }: WorkOptions): { readonly advance: Advance; readonly end: () => void } {
  if (listeners.size === 0) return { advance: unheard, end: () => {} };
  const work = { label: label(), done: 0, total, unit };
  const tell = (event: "begin" | "advance" | "end"): void => {
    for (const listener of listeners) listener(work, event);
  };
  tell("begin");
  return {
    advance: (by = 1) => {
      work.done += by;
      tell("advance");
    },
    end: () => tell("end"),
  };
}

/** Does `action`, which says through `advance` how far it is. However it ends, its end is said. */
export function working<T>(options: WorkOptions, action: (advance: Advance) => T): T {
  const { advance, end } = begun(options);
  try {
    return action(advance);
  } finally {
    end();
  }
}

/** The same for work that others go on beside. */
export async function workingUntil<T>(options: WorkOptions, action: (advance: Advance) => Promise<T>): Promise<T> {
  const { advance, end } = begun(options);
  try {
    return await action(advance);
  } finally {
    end();
  }
}
