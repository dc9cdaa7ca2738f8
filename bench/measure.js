/** @file One case on all sides: what they compute is compared, then they are timed in turns. */
import { columnOf, columnsOf, isBase } from "./sides.js";
import { median, quantile } from "./statistics.js";
import { agreement, callsPerTurn } from "./turns.js";

/** All that comes before timing: several calls, and whatever is compiled (milliseconds). */
const LONGEST_PREPARATION = 60_000;
/** A call that takes longer (milliseconds) is timed once, not in turns. */
const LONGEST_CALL = 1500;
const LEAST_TURNS = 5;
const DIFFERS = "another result";

/**
 * What stands in one cell of a row.
 * @typedef {{ median: number, quartiles: [number, number], turns: number, first: number, mode: string, ratio?: number }} Timed
 * @typedef {Timed | { failed: string } | { unsupported: string }} Cell
 */

/**
 * A variant of a side while it is measured.
 * @typedef {{ side: import("./sides.js").Side, variant: string, key: string, first: number, leaves: readonly object[],
 *   calls: number, times: Map<number, number>, spent: number }} Contender
 * `times` are per call, by round; `spent` is in turns so far.
 */

/** Asks one side what it computes. @param {import("./sides.js").Side} side @param {import("./cases/case.js").Case} spec */
async function prepared(side, spec) {
  try {
    return await side.ask({ prepare: spec }, LONGEST_PREPARATION);
  } catch (error) {
    return { failed: error.message };
  }
}

/**
 * @param {import("./cases/case.js").Case} spec
 * @param {readonly import("./sides.js").Side[]} sides the first is the one that others are compared with
 * @param {{ milliseconds: number, warmUp: number }} limits
 * @returns {Promise<{ cells: Record<string, Cell>, error?: string }>}
 */
export async function measure(spec, sides, { milliseconds, warmUp }) {
  /** @type {Record<string, Cell>} */
  const cells = {};
  /** @type {Contender[]} */
  const contenders = [];
  const failures = [];
  for (const side of sides) {
    const answer = await prepared(side, spec);
    if (!answer.variants) {
      for (const { key } of columnsOf(side.key)) cells[key] = answer;
      if (answer.failed) failures.push({ key: side.key, reason: answer.failed });
      continue;
    }
    for (const [variant, { first, leaves, failed }] of Object.entries(answer.variants)) {
      const key = columnOf(side.key, variant)?.key ?? `${side.key}, ${variant}`;
      const reason = failed ?? difference(leaves, contenders[0], spec, variant);
      if (!reason) contenders.push({ side, variant, key, first, leaves, calls: 0, times: new Map(), spent: 0 });
      else {
        cells[key] = { failed: reason };
        failures.push({ key, reason });
      }
    }
  }
  // Who stands alone against ours and another is wrong alone; where ours stands alone, nobody knows.
  const outvoted = contenders.some(({ key }) => !isOurs(key));
  const errors = failures.filter(({ key, reason }) => isOurs(key) || (reason.startsWith(DIFFERS) && !outvoted));
  await timeInTurns(contenders, { milliseconds, warmUp, cells });
  const ours = contenders.find(({ side, key }) => side === sides[0] && isBase(key));
  for (const contender of contenders) {
    if (contender.times.size) cells[contender.key] = cellOf(contender, ours);
  }
  return errors.length ? { cells, error: errors.map(({ key, reason }) => `${key}: ${reason}`).join("; ") } : { cells };
}

const isOurs = (/** @type {string} */ key) => isBase(key) || key.startsWith("ours");

/** How a result differs from that of the first side, if it does. */
function difference(leaves, first, { tolerance }, variant) {
  // A copy computes nothing that could be compared.
  if (!first || variant === "copy") return "";
  const outcome = agreement(leaves, first.leaves, tolerance);
  return outcome === "same" ? "" : `${DIFFERS}: ${outcome}`;
}

/** @param {Contender} contender @param {number} calls */
const turn = ({ side, variant }, calls) => side.ask({ run: { variant, calls } }, LONGEST_PREPARATION);

async function timeInTurns(contenders, { milliseconds, warmUp, cells }) {
  /** @type {Contender[]} */
  let open = [];
  /** Whoever fails is out of this row, whatever was measured before. @param {Contender} contender @param {() => Promise<void>} work */
  const attempt = async (contender, work) => {
    try {
      await work();
    } catch (error) {
      cells[contender.key] = { failed: error.message };
      contender.times.clear();
      open = open.filter((each) => each !== contender);
    }
  };
  for (const contender of contenders) {
    await attempt(contender, async () => {
      const { time } = await turn(contender, 1);
      if (time > LONGEST_CALL) contender.times.set(0, time);
      else {
        contender.calls = await callsPerTurn((calls) => turn(contender, calls), warmUp);
        open.push(contender);
      }
    });
  }
  // Who is slow has its least number of turns and no more, or it would take the time of all others.
  const share = milliseconds / open.length;
  const isDone = (/** @type {Contender} */ { times, spent }) => times.size >= LEAST_TURNS && spent >= share;
  for (let round = 0; !open.every(isDone); round++) {
    // Each goes first every other time.
    for (const contender of round % 2 ? [...open].reverse() : [...open]) {
      if (isDone(contender)) continue;
      await attempt(contender, async () => {
        const { time } = await turn(contender, contender.calls);
        contender.times.set(round, time / contender.calls);
        contender.spent += time;
      });
    }
  }
}

/** @param {Contender} contender @param {Contender | undefined} ours @returns {Timed} */
function cellOf({ times, first, variant }, ours) {
  const sample = [...times.values()];
  return {
    median: median(sample),
    quartiles: [quantile(sample, 0.25), quantile(sample, 0.75)],
    turns: sample.length,
    first,
    mode: variant,
    ratio: ours?.times.size ? ratio(times, ours.times) : undefined,
  };
}

/**
 * Of turns of the same round, so that a slow moment of the machine cancels.
 * @param {Contender["times"]} theirs @param {Contender["times"]} ours
 */
const ratio = (theirs, ours) =>
  median([...theirs].flatMap(([round, time]) => (ours.has(round) ? [time / ours.get(round)] : [])));
