/** @file Finds out by running what works for a function: forward and reverse mode, vmap, float64. */
import { checkGrads, GradientError, jvp, KernelError, stack, Tensor, vjp, vmap } from "../../../kernel/index.ts";
import { flatten } from "../../../kernel/pytree.ts";
import { data } from "../support/data.ts";
import type { Example } from "./entry.ts";

/**
 * "yes": right by comparison; "zero": the derivative is 0 everywhere, as stated; "none": there is nothing to ask for;
 * "no": refused with an error of the kernel.
 */
export type Mark = "yes" | "zero" | "none" | "no";

export interface Marks {
  readonly forward: Mark;
  readonly reverse: Mark;
  readonly vmap: Mark;
  readonly float64: Mark;
}

export const UNMEASURED: Marks = { forward: "none", reverse: "none", vmap: "none", float64: "none" };

const isFloating = (x: Tensor): boolean => x.dtype === "float32" || x.dtype === "float64";

/** The tensors of a result, wherever they are in it. */
const tensorsIn = (tree: unknown): Tensor[] =>
  flatten(tree).leaves.filter((leaf): leaf is Tensor => leaf instanceof Tensor);

/** "no" where the kernel refuses; any other error, and a wrong derivative, is one of the test. */
function unlessRefused(measure: () => Mark): Mark {
  try {
    return measure();
  } catch (error) {
    if (error instanceof KernelError && !(error instanceof GradientError)) return "no";
    throw error;
  }
}

/** Sum of all floating results, each entry with a weight of its own, so that nothing cancels. */
function weighted(out: readonly Tensor[]): Tensor {
  const parts = out.filter(isFloating).map((leaf, i) =>
    leaf
      .to("float64")
      .mul(data(leaf.shape, { seed: 70 + i, low: 0.5, high: 1.5 }))
      .sum(),
  );
  return parts.reduce((sum, part) => sum.add(part));
}

/** A scalar function of the floating arguments, and these. */
function scalarOf({ f, args }: Example): { scalar: (...point: Tensor[]) => Tensor; point: Tensor[] } {
  const point = args.filter(isFloating);
  const scalar = (...moving: Tensor[]): Tensor => {
    let next = 0;
    return weighted(tensorsIn(f(...args.map((arg) => (isFloating(arg) ? moving[next++] : arg)))));
  };
  return { scalar, point };
}

const directions = (point: readonly Tensor[]): Tensor[] =>
  point.map((x, i) => data(x.shape, { seed: 90 + i, low: 0.4, high: 1.2 }));

function pushed(example: Example): number {
  const { scalar, point } = scalarOf(example);
  return jvp(scalar, point, directions(point))[1].item();
}

function pulled(example: Example): { gradients: Tensor[]; product: number } {
  const { scalar, point } = scalarOf(example);
  const [, pullback] = vjp(scalar, ...point);
  const result: unknown = pullback(1);
  const gradients = tensorsIn(result);
  const product = gradients
    .map((gradient, i) => gradient.mul(directions(point)[i]).sum().item())
    .reduce((a, b) => a + b, 0);
  return { gradients, product };
}

function derivative(example: Example, mode: "forward" | "reverse"): Mark {
  const zero =
    mode === "forward"
      ? pushed(example) === 0
      : pulled(example).gradients.every((gradient) => gradient.dataSync().every((value) => value === 0));
  if (zero) return "zero";
  if (example.isDraw) {
    const [there, back] = [pushed(example), pulled(example).product];
    if (Math.abs(there - back) > 1e-10 * Math.abs(there)) {
      throw new GradientError(`the modes differ: ${there} and ${back}`, {
        mode,
        order: 1,
        expected: there,
        got: back,
        relativeError: Math.abs(there - back) / Math.abs(there),
      });
    }
    return "yes";
  }
  checkGrads(example.f, [...example.args], { modes: [mode] });
  return "yes";
}

/** Three examples of each argument; integers and truth values stay what they are, others might be out of range. */
const EXAMPLES = [1, 0.93, 0.85];

function mapping({ f, args }: Example): Mark {
  if (args.length === 0) return "none";
  const examples = EXAMPLES.map((scale) => args.map((arg) => (isFloating(arg) ? arg.mul(scale) : arg)));
  const stacked = args.map((_, i) => stack(examples.map((each) => each[i])));
  const together = tensorsIn(vmap((...each: Tensor[]) => f(...each), { randomness: "same" })(...stacked));
  const apart = examples.map((each) => tensorsIn(f(...each)));
  together.forEach((leaf, k) => {
    const expected = apart.flatMap((leaves) => Array.from(leaves[k].dataSync()));
    const got = leaf.dataSync();
    const scale = Math.max(1e-3, ...expected.filter(Number.isFinite).map(Math.abs));
    const wrong = expected.findIndex(
      (value, i) => !(Object.is(value, got[i]) || Math.abs(value - got[i]) <= 1e-10 * scale),
    );
    if (wrong >= 0 || got.length !== expected.length) {
      throw new Error(`vmap gives ${got[wrong]} where a loop gives ${expected[wrong]} (result ${k}, entry ${wrong})`);
    }
  });
  return "yes";
}

function inDouble(results: readonly Tensor[], args: readonly Tensor[]): Mark {
  const floating = results.filter(isFloating);
  const given = args.some((arg) => arg.dtype === "float64");
  if (floating.length > 0 && floating.every((leaf) => leaf.dtype === "float64")) return "yes";
  if (floating.length > 0) return given ? "no" : "none";
  return given ? "yes" : "none";
}

/** Floating arguments of an example are float64. */
export function measure(example: Example): Marks {
  const results = tensorsIn(example.f(...example.args));
  for (const leaf of results) leaf.dataSync();
  const differentiable = example.args.some(isFloating) && results.some(isFloating);
  return {
    forward: differentiable ? unlessRefused(() => derivative(example, "forward")) : "none",
    reverse: differentiable ? unlessRefused(() => derivative(example, "reverse")) : "none",
    vmap: unlessRefused(() => mapping(example)),
    float64: inDouble(results, example.args),
  };
}
