/**
 * @file checkGrads: derivatives against finite differences, and the two modes against each other, in random directions.
 * A direction at a time costs four evaluations of the function however many arguments it has, and a wrong derivative
 * agrees in a random direction only by chance.
 */
import { allocate, type DType, isFloating, type TypedArray } from "../dtype.ts";
import { ArgumentError, DTypeError, GradientError, showShape } from "../errors.ts";
import { tensor, zeros } from "../functions/creation.ts";
import { flatten, leafPaths } from "../pytree.ts";
import { Generator } from "../random/torch-generator.ts";
import { withNumbers } from "../runtime/device-get.ts";
import { stridesOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { callOn, nodesOf, resultNodes } from "./arguments.ts";
import { jvp } from "./forward.ts";
import { parameterName } from "./naming.ts";
import { requireOptions } from "./options.ts";
import { vjp } from "./reverse.ts";
import type { AnyFunction } from "./types.ts";

const MODES = ["forward", "reverse"] as const;
type Mode = (typeof MODES)[number];

export interface Tolerances {
  /** Allowed error in relation to what is expected. */
  readonly rtol?: number;
  /** Allowed error besides. */
  readonly atol?: number;
}

export interface CheckGradsOptions {
  /** How many times to differentiate, all combinations of the modes. Default 1. */
  readonly order?: number;
  /** Default: both, which also compares them with each other. */
  readonly modes?: readonly Mode[];
  /** The step of the finite differences, taken in both directions. Default: 1e-5; with float32 5e-3. */
  readonly eps?: number;
  /**
   * Default: `{ rtol: 1e-5, atol: 1e-7 }`; with float32 `{ rtol: 1e-2, atol: 1e-3 }`. What rounding of large function
   * values does to differences is allowed besides.
   */
  readonly tolerances?: Tolerances;
}

/** The step balances what a difference leaves out, which grows with it, and rounding, which grows as it shrinks. */
const DEFAULTS = {
  float64: { eps: 1e-5, rtol: 1e-5, atol: 1e-7 },
  float32: { eps: 5e-3, rtol: 1e-2, atol: 1e-3 },
};

/** The relative error of one rounding. */
const unitRoundoff = (dtype: DType): number => (dtype === "float32" ? 2 ** -24 : 2 ** -53);

/** Between the modes there is no step, only rounding: a hundredth of the tolerances is left. */
const WITHOUT_STEP = 0.01;

interface Settings extends Required<Tolerances> {
  readonly modes: readonly Mode[];
  readonly eps: number;
}

/** A function from a list of floating tensors to another, at a point. */
interface Subject {
  readonly call: (inputs: readonly Tensor[]) => Tensor[];
  readonly point: readonly Tensor[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Some input or output is float32. */
  readonly isFloat32: boolean;
  /** The modes it was made with, the outermost first. */
  readonly made: readonly Mode[];
}

/** A sum of products, with the size that a sum of such terms has when they are independent: it may cancel to zero. */
interface Product {
  readonly value: number;
  readonly scale: number;
  readonly terms: number;
  /** What rounding may have added. */
  readonly noise: number;
}

interface Claim {
  readonly mode: Mode;
  readonly what: string;
  readonly by: "finite differences" | "jvp";
  readonly expected: Product;
  readonly got: number;
}

/** Without the last digits that scaling leaves behind. */
const short = (tolerance: number): number => Number(tolerance.toPrecision(3));

function requireClaim({ mode, what, by, expected, got }: Claim, subject: Subject, settings: Settings): void {
  const factor = by === "jvp" ? WITHOUT_STEP : 1;
  const [rtol, atol] = [settings.rtol * factor, settings.atol * factor];
  const { value, scale, terms, noise } = expected;
  const difference = Math.abs(got - value);
  if (Number.isFinite(difference) && difference <= atol * Math.sqrt(terms) + rtol * scale + noise) return;
  const order = subject.made.length + 1;
  const path = order === 1 ? "" : ` (${[mode, ...subject.made].join(" over ")})`;
  const relativeError = difference / Math.max(Math.abs(value), Math.abs(got));
  const precision = subject.isFloat32 ? "check in float64, " : "";
  throw new GradientError(
    `checkGrads: ${mode} mode, order ${order}${path}: ${what} should be ${value} by ${by}, but ` +
      `${mode === "forward" ? "jvp" : "vjp"} gives ${got}: relative error ${relativeError.toPrecision(3)}, with rtol ${short(rtol)}, ` +
      `atol ${short(atol)}, eps ${settings.eps}. Look for a stopGradient or a derivative that is stated wrong. If the function has ` +
      `a kink or leaves its domain near the arguments, move them; else ${precision}try another eps, or widen tolerances.`,
    { mode, order, expected: value, got, relativeError },
  );
}

const normal = ({ dtype, size }: Tensor, generator: Generator): TypedArray =>
  dtype === "float32" ? generator.normalFloat32(size) : generator.normalFloat64(size);

const randomLike = (x: Tensor, generator: Generator): Tensor =>
  tensor(normal(x, generator), { shape: x.shape, dtype: x.dtype });

const zeroLike = ({ shape, dtype }: Tensor): Tensor => zeros(shape, { dtype });

/** `x + by · direction`. */
function moved(x: Tensor, direction: TypedArray, by: number): Tensor {
  const { shape, dtype, size } = x;
  const at = x.dataSync();
  const values = allocate(dtype, size);
  for (let i = 0; i < size; i++) values[i] = at[i] + by * direction[i];
  return tensor(values, { shape, dtype });
}

/** A derivative by differences, one output leaf. */
interface Difference {
  readonly values: Float64Array;
  /** What rounding of the function's values alone can make of an entry. */
  readonly noise: number;
}

/** The derivative of all outputs in a direction; where that is null, an input stays. */
function differences({ call, point }: Subject, direction: readonly (Tensor | null)[], eps: number): Difference[] {
  const at = (by: number): Tensor[] =>
    call(point.map((x, i) => (direction[i] === null ? x : moved(x, direction[i].dataSync(), by))));
  const [low, high] = [at(-eps), at(eps)];
  const [lowInner, highInner] = [at(-eps / 2), at(eps / 2)];
  return high.map((leaf, k) => {
    const [a, b, c, d] = [low[k], lowInner[k], highInner[k], leaf].map((each) => each.dataSync());
    // Two steps are combined so that the error in the square of the step cancels.
    const values = Float64Array.from(d, (value, i) => (8 * (c[i] - b[i]) - (value - a[i])) / (6 * eps));
    let largest = 0;
    for (const value of d) largest = Math.max(largest, Math.abs(value));
    return { values, noise: (8 * unitRoundoff(leaf.dtype) * largest) / eps };
  });
}

const pushed = ({ call, point }: Subject, tangents: readonly Tensor[]): Tensor[] =>
  jvp(call, [point], [tangents])[1] as Tensor[];

const pulled = ({ call, point }: Subject, cotangents: readonly Tensor[]): Tensor[] =>
  vjp(call, point)[1](cotangents) as Tensor[];

/** `[1, 0]` for an entry of a tensor given by its place in the flat data. */
const positionOf = (place: number, { shape }: Tensor): string =>
  showShape(stridesOf(shape).map((stride, d) => Math.floor(place / stride) % shape[d]));

/** Every entry of the tangent that jvp gives for a random direction in all inputs. */
function checkForward(subject: Subject, settings: Settings, generator: Generator): void {
  const direction = subject.point.map((x) => randomLike(x, generator));
  const expected = differences(subject, direction, settings.eps);
  const got = pushed(subject, direction);
  got.forEach((output, k) => {
    output.dataSync().forEach((value, i) => {
      const what = `the derivative of ${subject.outputNames[k]} at ${positionOf(i, output)}`;
      const { values, noise } = expected[k];
      const entry: Product = { value: values[i], scale: Math.abs(values[i]), terms: 1, noise };
      requireClaim({ mode: "forward", what, by: "finite differences", expected: entry, got: value }, subject, settings);
    });
  });
}

/** `⟨weights, derivative⟩` over all leaves. */
function product(weights: readonly TypedArray[], derivative: readonly Difference[]): Product {
  let [value, squares, noises, terms] = [0, 0, 0, 0];
  derivative.forEach(({ values, noise }, k) => {
    values.forEach((entry, i) => {
      const term = weights[k][i] * entry;
      value += term;
      squares += term ** 2;
      noises += (weights[k][i] * noise) ** 2;
      terms++;
    });
  });
  return { value, scale: Math.sqrt(squares), terms, noise: Math.sqrt(noises) };
}

const exact = (x: Tensor): Difference => ({ values: Float64Array.from(x.dataSync()), noise: 0 });

/** For random c and, input by input, random v: ⟨Jᵀc, v⟩ must be ⟨c, Jv⟩. */
function checkReverse(subject: Subject, outputs: readonly Tensor[], settings: Settings, generator: Generator): void {
  const cotangents = outputs.map((output) => randomLike(output, generator));
  const weights = cotangents.map((each) => each.dataSync());
  const gradients = pulled(subject, cotangents);
  subject.point.forEach((x, at) => {
    const v = randomLike(x, generator);
    const got = product([v.dataSync()], [exact(gradients[at])]).value;
    const compare = (derivative: readonly Difference[], by: Claim["by"]): void => {
      const what = `for a random direction in ${subject.inputNames[at]} and a random cotangent, their product with the derivative`;
      requireClaim({ mode: "reverse", what, by, expected: product(weights, derivative), got }, subject, settings);
    };
    const alone = subject.point.map((_, i) => (i === at ? v : null));
    compare(differences(subject, alone, settings.eps), "finite differences");
    if (!settings.modes.includes("forward")) return;
    const tangents = subject.point.map((each, i) => (i === at ? v : zeroLike(each)));
    compare(pushed(subject, tangents).map(exact), "jvp");
  });
}

/** The derivative of `subject` in a fixed direction, as a function to be checked in turn. */
function derivativeOf(subject: Subject, outputs: readonly Tensor[], mode: Mode, generator: Generator): Subject {
  const made = [mode, ...subject.made];
  if (mode === "forward") {
    const tangents = subject.point.map((x) => randomLike(x, generator));
    const call = (inputs: readonly Tensor[]): Tensor[] => pushed({ ...subject, point: inputs }, tangents);
    return { ...subject, call, made, outputNames: subject.outputNames.map((name) => `the tangent of ${name}`) };
  }
  const cotangents = outputs.map((output) => randomLike(output, generator));
  const call = (inputs: readonly Tensor[]): Tensor[] => pulled({ ...subject, point: inputs }, cotangents);
  return { ...subject, call, made, outputNames: subject.inputNames.map((name) => `the gradient of ${name}`) };
}

function check(subject: Subject, order: number, settings: Settings, generator: Generator): void {
  const outputs = subject.call(subject.point);
  for (const mode of settings.modes) {
    if (mode === "forward") checkForward(subject, settings, generator);
    else checkReverse(subject, outputs, settings, generator);
  }
  if (order === 1) return;
  for (const mode of settings.modes) {
    check(derivativeOf(subject, outputs, mode, generator), order - 1, settings, generator);
  }
}

/** The floating leaves of arguments and result; other arguments stay as they are. */
function subjectOf(f: AnyFunction, args: readonly unknown[]): Subject {
  const { nodes, def } = nodesOf("checkGrads", args);
  const names = args.flatMap((arg, place) => leafPaths(flatten(arg).def, parameterName(f, place)));
  const places = nodes.flatMap((node, place) => (isFloating(node.dtype) ? [place] : []));
  if (places.length === 0) {
    const got = nodes.map((node) => node.dtype).join(", ") || "no arguments";
    throw new DTypeError(
      `checkGrads: expected an argument of type float32 or float64, got ${got}. Convert one with x.to("float64").`,
    );
  }
  const result = (inputs: readonly Tensor[]): ReturnType<typeof resultNodes> => {
    const leaves = [...nodes];
    places.forEach((place, i) => {
      leaves[place] = inputs[i].node;
    });
    return resultNodes("checkGrads", callOn(f, def, leaves));
  };
  const point = places.map((place) => new Tensor(nodes[place]));
  const out = result(point);
  const outputs = out.nodes.filter((node) => isFloating(node.dtype));
  if (outputs.length === 0) {
    const got = out.nodes.map((node) => node.dtype).join(", ");
    throw new DTypeError(`checkGrads: the function must return float32 or float64, got ${got}.`);
  }
  const call = (inputs: readonly Tensor[]): Tensor[] =>
    result(inputs)
      .nodes.filter((node) => isFloating(node.dtype))
      .map((node) => new Tensor(node));
  return {
    call,
    point,
    inputNames: places.map((place) => names[place]),
    outputNames: leafPaths(out.def, "output").filter((_, k) => isFloating(out.nodes[k].dtype)),
    isFloat32: [...point, ...outputs].some(({ dtype }) => dtype === "float32"),
    made: [],
  };
}

function requireSettings({
  order = 1,
  modes = MODES,
  eps = 1,
  tolerances: { rtol = 0, atol = 0 } = {},
}: CheckGradsOptions): void {
  if (!Number.isInteger(order) || order < 1) {
    throw new ArgumentError(`checkGrads: order must be an integer of at least 1, got ${order}.`);
  }
  if (!Array.isArray(modes) || modes.length === 0 || modes.some((mode) => !MODES.includes(mode))) {
    const known = MODES.map((mode) => `"${mode}"`).join(", ");
    throw new ArgumentError(`checkGrads: modes must be a list with some of ${known}, got ${JSON.stringify(modes)}.`);
  }
  if (!(eps > 0 && eps < Infinity)) throw new ArgumentError(`checkGrads: eps must be a positive number, got ${eps}.`);
  if (!(rtol >= 0 && atol >= 0)) {
    throw new ArgumentError(`checkGrads: tolerances must not be negative, got rtol ${rtol}, atol ${atol}.`);
  }
}

/**
 * Checks the derivatives of `f` at `args`: jvp against central finite differences, vjp against
 * both. Floating leaves of
 * the arguments are varied, others held. Use float64: in float32 finite differences can tell little. Directions are the
 * same in each call, and the stream of `manualSeed` is not touched. All of it is computed here: arguments that are on a
 * device first need `await deviceGet(args)`, and so does what `f` closes over.
 * @throws GradientError at the first disagreement
 * @example checkGrads(f, [x, y], { order: 2 })
 */
export function checkGrads<Args extends readonly unknown[]>(
  f: (...args: Args) => unknown,
  args: Args,
  options: CheckGradsOptions = {},
): void {
  requireOptions("checkGrads", options, ["order", "modes", "eps", "tolerances"], "{ order: 2 }");
  requireSettings(options);
  withNumbers("checkGrads", args, () => {
    const subject = subjectOf(f, args);
    const defaults = DEFAULTS[subject.isFloat32 ? "float32" : "float64"];
    const { order = 1, modes = MODES, eps = defaults.eps, tolerances } = options;
    const { rtol = defaults.rtol, atol = defaults.atol } = tolerances ?? {};
    check(subject, order, { modes, eps, rtol, atol }, new Generator());
  });
}
