/**
 * @file Draws whose distribution depends on a tensor in a way that no formula of uniform numbers says. Each entry has a key
 * of two words, and the draw is a function of parameter and key: evaluated again it is the same.
 */
import { broadcastLeading, emit, mul } from "../emit.ts";
import { ArgumentError, DTypeError, ShapeError, showShape } from "../errors.ts";
import { NO_PARAMS, type TensorType } from "../graph/node.ts";
import { type Derivative, define, type PrimitiveName } from "../primitive.ts";
import { logGammaDraw, logGammaSlope } from "../random/gamma.ts";
import { PhiloxStream } from "../random/philox.ts";
import { poissonDraw } from "../random/poisson.ts";
import { sameShape } from "../shape.ts";

type NoParams = typeof NO_PARAMS;
declare module "../primitive.ts" {
  interface PrimitiveParams {
    /** The logarithm of a gamma draw; shape parameter and two int32 words of the key. */
    logGammaDraw: NoParams;
    /** The derivative of `logGammaDraw` with respect to the shape parameter, from that and from the draw. */
    logGammaSlope: NoParams;
    /** A Poisson draw; rate and two int32 words of the key. */
    poissonDraw: NoParams;
  }
}

function infer(name: string, inputs: readonly TensorType[]): TensorType {
  const [first] = inputs;
  if (first.dtype !== "float32" && first.dtype !== "float64") {
    throw new DTypeError(`${name}: expected float32 or float64, got ${first.dtype}${showShape(first.shape)}.`);
  }
  if (inputs.some((input) => !sameShape(input.shape, first.shape))) {
    throw new ShapeError(
      `${name}: expected equal shapes, got ${inputs.map(({ shape }) => showShape(shape)).join(", ")}.`,
    );
  }
  return { shape: first.shape, dtype: first.dtype };
}

/** Entry by entry, in JavaScript. */
function defineEntries(
  name: PrimitiveName & ("logGammaDraw" | "logGammaSlope" | "poissonDraw"),
  entry: (values: readonly number[]) => number,
  derivative: Derivative<NoParams>,
): void {
  define(name, {
    infer: (inputs) => infer(name, inputs),
    evaluate(inputs, out) {
      for (let i = 0; i < out.data.length; i++) out.data[i] = entry(inputs.map(({ data }) => data[i]));
    },
    derivative,
    batch: (inputs, batched, size) =>
      emit(
        name,
        inputs.map((input, i) => (batched[i] ? input : broadcastLeading(input, [size]))),
        NO_PARAMS,
      ),
    lowering: { kind: "host" },
  });
}

const stream = new PhiloxStream();

defineEntries("logGammaDraw", ([alpha, key0, key1]) => logGammaDraw(alpha, stream.start(key0, key1)), {
  kind: "jvp",
  jvp: ([alpha], [tangent], out) =>
    tangent === null ? null : mul(tangent, emit("logGammaSlope", [alpha, out], NO_PARAMS)),
});

defineEntries("logGammaSlope", ([alpha, logDraw]) => logGammaSlope(alpha, logDraw), {
  kind: "jvp",
  jvp() {
    throw new ArgumentError(
      "gamma: draws have a first derivative with respect to their shape parameter, but no second one here. Stop it with " +
        "stopGradient(alpha), or differentiate the density instead of the draws.",
    );
  },
});

defineEntries("poissonDraw", ([rate, key0, key1]) => poissonDraw(rate, stream.start(key0, key1)), { kind: "none" });
