/** @file How far each function of the graphics processor is from the exact value, over all magnitudes of float32. */
import { setDefaultBackend, tensor } from "../../../kernel/index.ts";
import type { BinaryFn, UnaryFn } from "../../../kernel/loops/ir.ts";
import { binaryFunctions, unaryFunctions } from "../../../kernel/loops/scalar.ts";
import { applied } from "../../kernel/primitives/table.ts";

export interface Measured {
  readonly fn: string;
  /** Largest distance in units in the last place, and where. Numbers below the normal ones are left out: they may be taken for zero. */
  readonly ulps: number;
  readonly at: readonly number[];
  /** A result that is another of NaN, infinity and finite than it should be, if there is one. */
  readonly wrong: string | null;
}

/** The smallest normal number: below it, graphics processors may give zero. */
const LEAST = 2 ** -126;

const distance = (got: number, exact: number, size: number): number =>
  Math.abs(got - exact) / 2 ** (Math.floor(Math.log2(size)) - 23);

async function measure(fn: string, inputs: readonly Float32Array[], exact: (i: number) => number): Promise<Measured> {
  const got = await applied(fn, {})(...inputs.map((each) => tensor(each))).data();
  let [ulps, at, wrong]: [number, readonly number[], string | null] = [0, [], null];
  for (let i = 0; i < got.length; i++) {
    const args = inputs.map((each) => each[i]);
    if (args.some((arg) => arg !== 0 && Math.abs(arg) < LEAST)) continue;
    const wanted = exact(i);
    const rounded = Math.fround(wanted);
    if (!Number.isFinite(rounded) || !Number.isFinite(got[i])) {
      // The last number before infinity may be rounded to either.
      const isEdge = Math.abs(wanted) > 3.402e38 && Math.abs(wanted) < 3.4033e38;
      if (!Object.is(rounded, got[i]) && !isEdge) wrong ??= `${fn}(${args}) is ${got[i]}, expected ${rounded}`;
      continue;
    }
    if (Math.abs(wanted) < LEAST) continue;
    // Between their negative poles these have zeros, beside which only the error in relation to 1 means something.
    const hasZeros = (fn === "lgamma" || fn === "digamma") && args[0] < 0;
    const off = distance(got[i], wanted, hasZeros ? Math.max(1, Math.abs(wanted)) : Math.abs(wanted));
    if (off > ulps) [ulps, at] = [off, args];
  }
  return { fn, ulps, at, wrong };
}

/** Every so many of the bit patterns of float32. */
function sweep(every: number): Float32Array {
  const bits = new Uint32Array(Math.floor(2 ** 32 / every));
  for (let i = 0; i < bits.length; i++) bits[i] = i * every;
  return new Float32Array(bits.buffer);
}

export const UNARY = Object.keys(unaryFunctions).filter(
  (fn) => !["not", "isNaN", "isFinite"].includes(fn),
) as UnaryFn[];

export async function unary(fn: UnaryFn, every: number): Promise<Measured> {
  await setDefaultBackend("webgpu");
  const x = sweep(every);
  return measure(fn, [x], (i) => unaryFunctions[fn](x[i]));
}

/** pow, atan2 and remainder over pairs that crowd around 1 and reach far out, div over numbers of like size. */
export async function binary(fn: BinaryFn, count: number): Promise<Measured> {
  await setDefaultBackend("webgpu");
  let state = 12345;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  const number = (): number => (draw() < 0.2 ? -1 : 1) * Math.exp((draw() - 0.5) * (draw() < 0.5 ? 2 : 40));
  const x = Float32Array.from({ length: count }, number);
  const y = Float32Array.from({ length: count }, number);
  if (fn === "zeta") {
    for (let i = 0; i < count; i++) {
      x[i] = 1.1 + 10 * draw();
      y[i] = 0.1 + 30 * draw();
    }
  }
  return measure(fn, [x, y], (i) => binaryFunctions[fn](x[i], y[i]));
}
