/** @file Timing in turns of a few milliseconds, and whether peers agree on what they computed. */

/** A turn lasts about this long (milliseconds): far above a clock's tick, far below the machine's moods. */
const TURN = 5;
export const WARM_UP = 300;
/** Relative to the norm of a result: float32 rounding is a hundred times less, a wrong entry far more. */
const TOLERANCE = 1e-5;

/**
 * Warms a peer up and says how many calls make a turn.
 * @param {import("./peer.js").Peer} peer
 * @param {number} [warmUp] milliseconds
 */
export async function callsPerTurn(peer, warmUp = WARM_UP) {
  let calls = 1;
  for (let spent = 0; ; ) {
    const { time } = await peer.ask({ run: calls });
    spent += time;
    if (spent >= warmUp) return Math.max(1, Math.round((TURN * calls) / time));
    // Never more than doubling: a first call may be far slower than the rest, or far faster.
    if (time < warmUp / 4) calls *= 2;
  }
}

/** Whether both computed the same tensors: "same", or how they differ. */
export function agreement(a, b) {
  if (a.length !== b.length) return `${a.length} tensors against ${b.length}`;
  for (const [i, ours] of a.entries()) {
    const theirs = b[i];
    if (ours.shape.join() !== theirs.shape.join()) return `shape [${ours.shape}] against [${theirs.shape}]`;
    const norm = Math.sqrt(theirs.squares);
    const off = Math.max(Math.abs(Math.sqrt(ours.squares) - norm), Math.abs(ours.weighed - theirs.weighed));
    if (!(off <= TOLERANCE * norm)) return `values differ by ${(off / norm).toExponential(1)} of the norm`;
  }
  return "same";
}
