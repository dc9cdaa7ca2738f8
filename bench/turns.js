/** @file Timing in turns of a few milliseconds, and whether peers agree on what they computed. */

/** A turn lasts about this long (milliseconds): far above a clock's tick, far below the machine's moods. */
const TURN = 5;
/** Relative to the size of a result: float32 rounding is a hundred times less, a wrong entry far more. */
const TOLERANCE = 1e-5;

/**
 * Warms something up and says how many calls make a turn: by the fastest of its runs, as others may disturb them.
 * @param {(calls: number) => Promise<{ time: number }>} run
 * @param {number} warmUp milliseconds
 */
export async function callsPerTurn(run, warmUp) {
  let calls = 1;
  let fastest = Number.POSITIVE_INFINITY;
  for (let spent = 0; ; ) {
    const { time } = await run(calls);
    spent += time;
    fastest = Math.min(fastest, time / calls);
    if (spent >= warmUp) return Math.max(1, Math.round(TURN / fastest));
    // Never more than doubling: a first call may be far slower than the rest, or far faster.
    if (time < warmUp / 4) calls *= 2;
  }
}

/** Whether both computed the same tensors: "same", or how they differ. */
export function agreement(a, b, tolerance = TOLERANCE) {
  if (a.length !== b.length) return `${a.length} tensors against ${b.length}`;
  for (const [i, ours] of a.entries()) {
    const theirs = b[i];
    if (ours.shape.join() !== theirs.shape.join()) return `shape [${ours.shape}] against [${theirs.shape}]`;
    const norm = Math.sqrt(theirs.squares);
    const off = Math.max(
      Math.abs(Math.sqrt(ours.squares) - norm) / norm,
      Math.abs(ours.weighed - theirs.weighed) / theirs.absolute,
    );
    // Zeros agree with zeros, and NaN with nothing.
    const both = norm === 0 && ours.squares === 0;
    if (!both && !(off <= tolerance)) return `off by ${off.toExponential(1)} of its size`;
  }
  return "same";
}
