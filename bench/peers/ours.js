/**
 * @file Cotangent's side of the benchmark: each program under `jit`, and traced anew at each call as a person writes it in a
 * cell. Its argument is the number of threads, or "auto".
 */
import { jit, setFusedMultiplyAdd, setThreads, tensor } from "../../dist/kernel.js";
import { leaves } from "./leaves.js";
import { programs } from "./programs/ours.js";
import { serveSide } from "./serve.js";
import { Unsupported } from "./side.js";

const [threads] = process.argv.slice(2);
setThreads(threads === "auto" ? threads : Number(threads));

/** Computes what a result owes and leaves it where it is, as it is elsewhere; a call that was not finished has done nothing. */
const finish = (result) => {
  for (const each of leaves(result)) each.evaluate();
  return result;
};

/** PyTorch's results are freed when nobody refers to them, jax-js's when they are disposed of. */
const release = (result) => {
  for (const each of leaves(result)) each.dispose();
};

const read = (result) => leaves(result).map((each) => ({ shape: each.shape, data: each.dataSync() }));

await serveSide(threads === "auto" ? "all threads" : "Cotangent", ({ program, params = {} }, inputs) => {
  if (!(program in programs)) throw new Unsupported("not written for Cotangent");
  const f = programs[program](params);
  const args = inputs.map(({ shape, data }) => finish(tensor(data).reshape([...shape])));
  const jitted = jit(f);
  const fused = (allowed) => () => setFusedMultiplyAdd(allowed);
  const compiled = { begin: fused(true), call: () => finish(jitted(...args)), release, read };
  if (threads === "auto") return { jit: compiled };
  const traced = { begin: fused(true), call: () => finish(f(...args)), release, read };
  if (program !== "matmul") return { jit: compiled, traced };
  return { jit: compiled, traced, strict: { ...compiled, begin: fused(false) } };
});
