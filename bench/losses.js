/** @file The rows in which somebody else is faster. */
import { COLUMNS } from "./sides.js";

/** Turns of equal sides differ by a few hundredths. */
const NOISE = 0.97;

/** Whom we compare ourselves with: what they all are is a library, not a kernel written for one program. */
const RIVALS = ["jax-js", "tfjs", "onnxruntime", "pytorch, 1 thread", "pytorch", "numpy"];

/** @typedef {{ id: string, peer: string, title: string, ratio: number,
 *   limit?: number }} Loss `limit` is what the kernel written by hand takes, also by ours */

/**
 * One thread against one thread; all of theirs against the better of ours.
 * @param {readonly import("./report.js").Row[]} rows
 * @returns {Loss[]}
 */
export function lossesOf(rows) {
  return rows.flatMap(({ id, cells }) =>
    RIVALS.flatMap((peer) => {
      const [theirs, ours, all] = [cells[peer], cells.ours, cells["ours, all threads"]];
      if (!theirs?.median || !ours?.median) return [];
      const threaded = peer === "pytorch" && all?.median < ours.median;
      const ratio = threaded ? theirs.median / all.median : theirs.ratio;
      if (ratio >= NOISE) return [];
      const { title } = COLUMNS.find(({ key }) => key === peer);
      return [{ id, peer, title, ratio, limit: cells.limit?.ratio }];
    }),
  );
}
