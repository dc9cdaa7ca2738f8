/** @file Cotangent's side of the benchmark on WebGPU. */
import { jit, setDefaultBackend, tensor } from "../../../dist/kernel.js";
import { leaves } from "../leaves.js";
import { programs } from "../programs/ours.js";
import { Unsupported } from "../side.js";
import { settled } from "./settled.js";

await setDefaultBackend("webgpu");

const finish = async (result) => {
  for (const each of leaves(result)) each.evaluate();
  await settled();
  return result;
};

/** @type {import("../side.js").VariantsOf} */
export async function variantsOf({ program, params = {} }, inputs) {
  if (!(program in programs)) throw new Unsupported("not written for Cotangent");
  if (inputs.some(({ data }) => data instanceof Float64Array)) throw new Unsupported("has no float64");
  const args = await Promise.all(
    inputs.map(({ shape, data }) =>
      tensor(data)
        .reshape([...shape])
        .to("webgpu"),
    ),
  );
  const jitted = jit(programs[program](params));
  return {
    jit: {
      call: () => finish(jitted(...args)),
      release: (result) => {
        for (const each of leaves(result)) each.dispose();
      },
      read: (result) =>
        Promise.all(leaves(result).map(async (each) => ({ shape: each.shape, data: await each.data() }))),
    },
  };
}
