/**
 * @file The discrete Fourier transform along one axis. There is no complex type: real and imaginary parts are the two
 * entries of an axis of extent 2.
 */
import { emit } from "../emit.ts";
import { DTypeError, ShapeError, showShape } from "../errors.ts";
import { define } from "../primitive.ts";
import { range, stridesOf } from "../shape.ts";
import { fourierPlan } from "./fourier-plan.ts";

declare module "../primitive.ts" {
  interface PrimitiveParams {
    /** `Σⱼ xⱼ exp(∓2πi jk/n)` along `axis`, minus unless `inverse`, without a factor. The parts are along axis `pair`. */
    fft: { readonly pair: number; readonly axis: number; readonly inverse: boolean };
  }
}

define("fft", {
  infer([x], { pair, axis }) {
    if (x.dtype !== "float32" && x.dtype !== "float64") {
      throw new DTypeError(
        `fft: expected float32 or float64, got ${x.dtype}${showShape(x.shape)}. Convert with x.to("float32").`,
      );
    }
    if (x.shape[pair] !== 2 || pair === axis) {
      throw new ShapeError(`fft: expected a real and an imaginary part along axis ${pair}, got ${showShape(x.shape)}.`);
    }
    return { shape: x.shape, dtype: x.dtype };
  },
  evaluate([x], out, { pair, axis, inverse }) {
    const { shape, data: from } = x;
    const { data: to } = out;
    const n = shape[axis];
    if (from.length === 0) return;
    const strides = stridesOf(shape);
    const [step, across] = [strides[axis], strides[pair]];
    const transform = fourierPlan(n);
    const real = new Float64Array(n);
    const imag = new Float64Array(n);
    const others = shape.map((extent, d) => (d === axis || d === pair ? 1 : extent));
    const counter = new Array<number>(shape.length).fill(0);
    let start = 0;
    for (let lines = from.length / (2 * n); lines > 0; lines--) {
      for (let i = 0, at = start; i < n; i++, at += step) {
        real[i] = from[at];
        imag[i] = from[at + across];
      }
      // Exchanging the parts of what goes in and of what comes out changes the sign of the exponent.
      if (inverse) transform(imag, real);
      else transform(real, imag);
      for (let i = 0, at = start; i < n; i++, at += step) {
        to[at] = real[i];
        to[at + across] = imag[i];
      }
      for (let d = shape.length - 1; d >= 0; d--) {
        start += strides[d];
        if (++counter[d] < others[d]) break;
        start -= strides[d] * others[d];
        counter[d] = 0;
      }
    }
  },
  derivative: {
    kind: "linear",
    // The matrix is symmetric; as a real matrix of twice the size its transpose is that of the conjugate.
    transpose: (cotangent, _, __, { pair, axis, inverse }) =>
      emit("fft", [cotangent], { pair, axis, inverse: !inverse }),
  },
  independent: (_, [x], { pair, axis }) => range(x.shape.length).filter((d) => d !== pair && d !== axis),
  batch: ([x], _, __, { pair, axis, inverse }) => emit("fft", [x], { pair: pair + 1, axis: axis + 1, inverse }),
  lowering: { kind: "host" },
});
