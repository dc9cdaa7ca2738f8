/** @file Looking for the first NaN or infinity: the switch, evaluation node by node, and the message. */
import type { TypedArray } from "../dtype.ts";
import { isFloating } from "../dtype.ts";
import { ArgumentError, NumericsError, type NumericsFinding, showShape } from "../errors.ts";
import type { Graph, GraphNode } from "../graph/graph.ts";
import { type Origin, originOf, rememberOrigins } from "../graph/origin.ts";
import { interpret, whileObserving } from "../interpret.ts";
import { type NDArray, primitiveOf } from "../primitive.ts";
import { sameShape, stridesOf } from "../shape.ts";

export interface NumericsChecks {
  /** Default: true. */
  readonly nan?: boolean;
  /** Default: false, since masks are full of infinities on purpose. */
  readonly inf?: boolean;
}

const OF_A_DOMAIN: ReadonlySet<string> = new Set([
  "log",
  "log1p",
  "sqrt",
  "rsqrt",
  "div",
  "pow",
  "asin",
  "acos",
  "atanh",
  "acosh",
]);

let checks: Required<NumericsChecks> = { nan: false, inf: false };

export const isChecking = (): boolean => checks.nan || checks.inf;

/**
 * Makes the first NaN (or infinity) an error: a `NumericsError` that names the operation that made it, its shape, the
 * position, what went in there, and the line of your code that asked for it, also inside derivatives. While it is on,
 * everything is evaluated operation by operation, which is slow, and lines are remembered only for what is made while it
 * is on: switch it on, run the cells anew, switch it off.
 * @param what true: NaN; `{ nan, inf }`: choose; false: off
 * @example debugNumerics(true); grad((x: Tensor) => x.sqrt().sum())(tensor([-1]))
 */
export function debugNumerics(what: boolean | NumericsChecks): void {
  if (typeof what !== "boolean" && (typeof what !== "object" || what === null)) {
    throw new ArgumentError(`debugNumerics: expected true, false or {nan, inf}, got ${String(what)}.`);
  }
  const { nan = true, inf = false } = typeof what === "boolean" ? { nan: what, inf: false } : what;
  checks = { nan, inf };
  rememberOrigins(isChecking());
}

const isBad = (value: number): boolean =>
  Number.isNaN(value)
    ? checks.nan
    : checks.inf && (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY);

const firstBad = (data: TypedArray): number => {
  for (let i = 0; i < data.length; i++) if (isBad(data[i])) return i;
  return -1;
};

const positionOf = (flat: number, shape: readonly number[]): number[] =>
  stridesOf(shape).map((stride, d) => Math.floor(flat / stride) % shape[d]);

/** Whether an entry of the output is made of the entries at the same position. */
function isElementwise({ op, shape }: GraphNode, inputs: readonly NDArray[]): boolean {
  if (inputs.length === 0 || inputs.some((input) => !sameShape(input.shape, shape))) return false;
  return primitiveOf(op!).derivative.kind === "partials" || op!.name === "where" || op!.name === "cast";
}

interface Offence {
  readonly flat: number;
  /** Nothing that was computed: the data, or a constant, already had it. */
  readonly given: boolean;
}

/**
 * The first entry that an operation made bad, or that it took over from data that was bad before. What is infinite may
 * stay infinite: that was told when it was made, or is meant.
 */
function offenceIn(node: GraphNode, inputs: readonly NDArray[], { data, shape }: NDArray): Offence | null {
  const flat = firstBad(data);
  if (flat < 0) return null;
  const elementwise = isElementwise({ ...node, shape }, inputs);
  const floating = inputs.filter((input) => isFloating(input.dtype));
  if (Number.isNaN(data[flat])) {
    const was = floating.some((input) =>
      elementwise ? Number.isNaN(input.data[flat]) : input.data.some((value) => Number.isNaN(value)),
    );
    return { flat, given: was };
  }
  const isInfinite = (value: number): boolean => Math.abs(value) === Number.POSITIVE_INFINITY;
  if (!elementwise) return floating.some((input) => input.data.some(isInfinite)) ? null : { flat, given: false };
  for (let i = flat; i < data.length; i++) {
    if (isBad(data[i]) && !floating.some((input) => isInfinite(input.data[i]))) {
      return { flat: i, given: floating.some((input) => Number.isNaN(input.data[i])) };
    }
  }
  return null;
}

const showValue = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/** The first line of a stack that is not the kernel's own, as a person reads it. */
function lineOf({ error }: Origin): string | null {
  return framesOf(error.stack ?? "").find((frame) => !isKernelFrame(frame)) ?? null;
}

const framesOf = (stack: string): string[] =>
  stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim().slice("at ".length));

/**
 * What the kernel's own frames have in common: its folder, or the one file it was bundled into. Null where its frames are
 * not shown at all, as in a notebook's session. Asked when this file is loaded: no frame is a person's then.
 */
const kernelRoot = ((): string | null => {
  const [frame] = framesOf(new Error("where am I").stack ?? "");
  const place = frame?.match(/\(?([^()\s]*\/[^()]*?):\d+:\d+\)?$/)?.[1];
  return place?.replace(/runtime\/numerics\.[a-z]+$/, "") ?? null;
})();

/** The kernel's, or the engine's. */
const isKernelFrame = (frame: string): boolean =>
  frame.includes("node:") || (kernelRoot !== null && frame.includes(kernelRoot));

function ordinal(order: number): string {
  return order === 1 ? "the derivative" : order === 2 ? "the second derivative" : `the derivative of order ${order}`;
}

function report(node: GraphNode, inputs: readonly NDArray[], out: NDArray, { flat, given }: Offence): NumericsError {
  const { shape, dtype } = out;
  const value = Number.isNaN(out.data[flat]) ? "NaN" : out.data[flat] > 0 ? "Infinity" : "-Infinity";
  const primitive = node.op!.name;
  const position = positionOf(flat, shape);
  const before = isElementwise({ ...node, shape }, inputs) ? inputs.map((input) => input.data[flat]) : undefined;
  const origin = originOf(node);
  const line = origin === undefined ? null : lineOf(origin);

  const derivative = origin?.derivative ?? null;
  const inside = derivative === null ? "" : `, in ${ordinal(derivative.order)} of ${derivative.of}`;
  const types = inputs.map((input) => `${input.dtype}${showShape(input.shape)}`).join(" and ");
  const call = before === undefined ? `${primitive} of ${types}` : `${primitive}(${before.map(showValue).join(", ")})`;
  const type = `${dtype}${showShape(shape)}`;
  const where = position.length === 0 ? type : `first at ${showShape(position)} of ${type}`;
  const at = line === null ? "" : ` Asked for at ${line}.`;
  const message = given
    ? `debugNumerics: ${value} was in the data that ${primitive} was given: it was not computed while debugNumerics was on ` +
      `(${call}, ${where})${inside}.${at} Check where the data comes from.`
    : `debugNumerics: ${primitive} made ${value}: ${call}, ${where}${inside}.${at} ${remedyFor(primitive, before ?? [], derivative !== null)}`;
  const finding: NumericsFinding = {
    value,
    primitive,
    given,
    shape: [...shape],
    position,
    ...(before === undefined ? {} : { inputs: before }),
  };
  return origin === undefined ? new NumericsError(message, finding) : thrownFrom(origin, message, finding);
}

function remedyFor(primitive: string, inputs: readonly number[], inDerivative: boolean): string {
  if (inputs.some((value) => Math.abs(value) === Number.POSITIVE_INFINITY)) {
    return "To see where the infinity was made, use debugNumerics({ inf: true }).";
  }
  if (inDerivative) return "Keep the function's argument away from there, with a where before it rather than after it.";
  return OF_A_DOMAIN.has(primitive)
    ? "Keep its argument in the domain, with clip, or with a where before it."
    : "Check what goes in there.";
}

/** The error that was made with the node: its stack begins at the line that asked for it. */
function thrownFrom({ error }: Origin, message: string, finding: NumericsFinding): NumericsError {
  const lines = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line) && !isKernelFrame(line));
  return Object.assign(error, { message, finding, stack: [`NumericsError: ${message}`, ...lines].join("\n") });
}

/** The outputs of a graph, every operation checked when it is done. */
export function evaluateChecked(graph: Graph, given: readonly TypedArray[]): TypedArray[] {
  const check = (node: GraphNode, inputs: readonly NDArray[], out: NDArray): void => {
    for (const each of out.results ?? [out]) {
      // A constant that a person wrote is not computed.
      if (!isFloating(each.dtype) || node.op!.name === "full") continue;
      const offence = offenceIn(node, inputs, each);
      if (offence !== null) throw report(node, inputs, each, offence);
    }
  };
  return whileObserving(check, () => interpret(graph, given).map(({ data }) => data.slice()));
}
