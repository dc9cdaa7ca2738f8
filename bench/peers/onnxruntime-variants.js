/** @file What onnxruntime-web answers, by one of its execution providers. */
import { model } from "./onnx.js";
import { programs } from "./programs/onnx.js";
import { Unsupported } from "./side.js";

const TYPES = { Float32Array: "float32", Float64Array: "float64", Int32Array: "int32" };
const LETTERS = "abcdefgh";

/** @param {typeof import("onnxruntime-web")} ort */
const hostInput = (ort) => (type, data, shape) => new ort.Tensor(type, data, [...shape]);

/**
 * @param {typeof import("onnxruntime-web")} ort @param {"wasm" | "webgpu"} provider
 * @param {{ settled?: () => Promise<unknown>, input?: (type: string, data: any, shape: readonly number[]) => object }} device
 *   what there is to do where results are ready later, and inputs lie elsewhere
 * @returns {import("./side.js").VariantsOf}
 */
export function onnxVariants(ort, provider, { settled, input = hostInput(ort) } = {}) {
  /** @type {import("onnxruntime-web").InferenceSession | undefined} */
  let session;
  return async ({ program, params = {} }, inputs) => {
    await session?.release();
    session = undefined;
    if (!(program in programs)) throw new Unsupported("is not a plain graph");
    const values = inputs.map(({ shape, data }, i) => ({
      name: LETTERS[i],
      shape,
      type: TYPES[data.constructor.name],
      data,
    }));
    session = await ort.InferenceSession.create(model({ ...programs[program](params), inputs: values }), {
      executionProviders: [provider],
      // Results stay where they were computed, as those of the other sides do.
      preferredOutputLocation: provider === "webgpu" ? "gpu-buffer" : "cpu",
    });
    const created = session;
    const feeds = Object.fromEntries(values.map(({ name, type, data, shape }) => [name, input(type, data, shape)]));
    return {
      [provider]: {
        call: async () => {
          const result = await created.run(feeds);
          await settled?.();
          return result;
        },
        release: (result) => {
          for (const each of Object.values(result)) each.dispose();
        },
        read: (result) =>
          Promise.all(
            created.outputNames.map(async (name) => ({
              shape: result[name].dims,
              data: await result[name].getData(),
            })),
          ),
      },
    };
  };
}
