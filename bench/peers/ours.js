/**
 * @file Cotangent's side of the benchmark: each program under `jit`, and traced anew at each call as a person writes it in a
 * cell.
 */
import * as cotangent from "../../dist/kernel.js";
import { programs } from "./programs/ours.js";
import { serveSide, Unsupported } from "./serve.js";

const { jit, tensor } = cotangent;

const leaves = (result) => (Array.isArray(result) ? result.flatMap(leaves) : [result]);

/** Computes what a result owes; a call that was not finished has done nothing. */
const finish = (result) => {
  for (const each of leaves(result)) each.dataSync();
  return result;
};

const release = (result) => {
  for (const each of leaves(result)) each.dispose?.();
};

const read = (result) => leaves(result).map((each) => ({ shape: each.shape, data: each.dataSync() }));

await serveSide(`Cotangent on Node ${process.versions.node}`, ({ program, params = {} }, inputs) => {
  if (!(program in programs)) throw new Unsupported("not written yet");
  const f = programs[program](params);
  const args = inputs.map(({ shape, data }) => finish(tensor(data).reshape([...shape])));
  const jitted = jit(f);
  return {
    jit: { call: () => finish(jitted(...args)), release, read },
    traced: { call: () => finish(f(...args)), release, read },
  };
});
