/** @file What jax-js answers, on whichever of its backends: under its jit or without, whichever is faster. */
import { blockUntilReady, jit, numpy as np, tree } from "@jax-js/jax";
import { programs } from "./programs/jax-js.js";
import { Unsupported } from "./side.js";

/** Milliseconds: a call that takes longer is not repeated to see how fast it can be; one that takes too long is not timed. */
const PATIENCE = 1000;
const TOO_LONG = 5000;

const DTYPES = { Float32Array: np.float32, Float64Array: np.float64, Int32Array: np.int32 };

const read = (result) =>
  Promise.all(tree.leaves(result).map(async (each) => ({ shape: each.shape, data: await each.ref.data() })));
const release = (result) => tree.dispose(result);

const once = async (call) => {
  const start = performance.now();
  release(await call());
  return performance.now() - start;
};

/** Milliseconds of one call: the fastest of a few. */
async function timeOf(call) {
  const first = await once(call);
  if (first > PATIENCE) return first;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0, spent = 0; i < 2 || (spent < 50 && i < 100); i++) {
    const time = await once(call);
    best = Math.min(best, time);
    spent += time;
    if (spent > 1000) break;
  }
  return best;
}

/** @type {import("./side.js").VariantsOf} */
export async function jaxVariants({ program, params = {} }, inputs) {
  if (!(program in programs)) throw new Unsupported("not written for jax-js");
  const f = programs[program](params);
  const args = inputs.map(({ shape, data }) =>
    np.array(data, { dtype: DTYPES[data.constructor.name] }).reshape([...shape]),
  );
  const borrowed = () => args.map((each) => each.ref);
  const compiled = jit(f);
  const calls = {
    eager: () => blockUntilReady(f(...borrowed())),
    jit: () => blockUntilReady(compiled(...borrowed())),
  };
  const times = {};
  const failures = [];
  for (const [mode, call] of Object.entries(calls)) {
    try {
      times[mode] = await timeOf(call);
    } catch (error) {
      failures.push(`${mode}: ${error}`);
    }
  }
  const modes = Object.keys(times);
  if (!modes.length) throw new Error(failures.join("; "));
  const mode = modes.reduce((best, each) => (times[each] < times[best] ? each : best));
  if (times[mode] > TOO_LONG) throw new Unsupported(`takes ${(times[mode] / 1000).toPrecision(2)} s a call`);
  return { [mode]: { call: calls[mode], release, read } };
}
