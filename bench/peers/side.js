/**
 * @file What a side of the benchmark answers, in whatever it runs. It is asked to prepare a case, in all the ways it knows
 * (its variants), and then to run one of them so many times.
 */
import { drawn } from "../draws.js";
import { summary } from "../summary.js";

/**
 * @template Result
 * @typedef {{
 *   begin?: () => void,
 *   call: () => Result | Promise<Result>,
 *   release?: (result: Result) => void,
 *   read: (result: Result) => Leaves | Promise<Leaves> }} Variant
 * @typedef {readonly { shape: readonly number[], data: ArrayLike<number> }[]} Leaves
 * `begin` is what a turn needs beforehand; `call` computes what there is to compute; `release` gives its memory back, which is part of each call.
 */

/** Why a side has no column in a row: not an error. */
export class Unsupported extends Error {}

/** One call, whose result is released; what is not asynchronous is not awaited. @param {Variant<unknown>} variant */
function once({ call, release = () => {} }) {
  const result = call();
  return result instanceof Promise ? result.then(release) : release(result);
}

/**
 * Milliseconds of so many calls. Where they are many one more goes first, since whoever had the machine before filled its
 * caches with other arrays.
 * @param {Variant<unknown>} variant @param {number} calls
 */
async function timed(variant, calls) {
  if (calls > 1) await once(variant);
  const start = performance.now();
  for (let i = 0; i < calls; i++) {
    const pending = once(variant);
    if (pending instanceof Promise) await pending;
  }
  return performance.now() - start;
}

/**
 * @typedef {(spec: import("../cases/case.js").Case, inputs: readonly { shape: readonly number[], data: any }[]) =>
 *   Record<string, Variant<any>> | Promise<Record<string, Variant<any>>>} VariantsOf throws `Unsupported` where it has none
 * @param {VariantsOf} variantsOf
 */
export function sideAnswers(variantsOf) {
  /** @type {Record<string, Variant<any>>} */
  let variants = {};
  return {
    /** @param {import("../cases/case.js").Case} spec */
    async prepare(spec) {
      variants = {};
      const data = drawn(spec.inputs);
      const inputs = spec.inputs.map(({ shape }, i) => ({ shape, data: data[i] }));
      try {
        variants = await variantsOf(spec, inputs);
      } catch (error) {
        if (error instanceof Unsupported) return { unsupported: error.message };
        throw error;
      }
      const described = {};
      for (const [key, { begin, call, read, release }] of Object.entries(variants)) {
        begin?.();
        const start = performance.now();
        try {
          const result = await call();
          const first = performance.now() - start;
          described[key] = { first, leaves: (await read(result)).map(({ shape, data }) => summary(shape, data)) };
          release?.(result);
        } catch (error) {
          described[key] = { failed: String(error) };
        }
      }
      return { variants: described };
    },
    /** @param {{ variant: string, calls: number }} turn */
    async run({ variant, calls }) {
      variants[variant].begin?.();
      return { time: await timed(variants[variant], calls) };
    },
  };
}
