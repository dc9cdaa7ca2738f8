/** @file The runtime does one thing at a time: while a call waits for a device, its WebAssembly must not be entered again. */

let last: Promise<unknown> = Promise.resolve();

/** Begins the work when all that was asked for before is done. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = last.then(work);
  last = done.catch(() => {});
  return done;
}
